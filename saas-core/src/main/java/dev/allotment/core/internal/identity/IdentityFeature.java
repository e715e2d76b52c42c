// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.identity;

import dev.allotment.core.internal.access.SignInUseCases;
import dev.allotment.core.internal.account.AccountFeature;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.SecretCipher;
import dev.allotment.core.internal.feature.DueWork;
import dev.allotment.core.internal.feature.DueWork.Stage;
import dev.allotment.core.internal.feature.Feature;
import dev.allotment.hook.TxtRecords;
import dev.allotment.identity.IdentityProviders;
import dev.allotment.identity.MailDomains;
import dev.allotment.identity.ProviderSignIns;
import dev.allotment.spi.openid.OpenIdReader;
import dev.allotment.webhook.WebhookTargets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The identity providers, and the sign-ins with them. */
public final class IdentityFeature implements Feature {
    private final CoreContext context;
    private final AccountFeature accounts;
    private final WebhookTargets targets;
    private final ProviderSecrets secrets;
    private final SignInStates states;
    private final Callbacks callbacks;
    private final @Nullable AskedProviders asked;
    private final MailDomainChecks checks;

    private IdentityFeature(
            CoreContext context,
            SecretCipher cipher,
            AccountFeature accounts,
            @Nullable OpenIdReader reader,
            WebhookTargets targets,
            @Nullable TxtRecords txtRecords) {
        this.context = context;
        this.accounts = accounts;
        this.targets = targets;
        this.secrets = new ProviderSecrets(cipher);
        this.states = new SignInStates(context, accounts.content().secrets());
        this.callbacks = new Callbacks(context);
        this.asked = reader == null ? null : new AskedProviders(context, reader, targets);
        this.checks = new MailDomainChecks(context, txtRecords);
    }

    /**
     * Creates the feature.
     *
     * @param reader null: there are no providers
     * @param txtRecords null: no mail domain can be verified
     */
    public static IdentityFeature of(
            CoreContext context,
            SecretCipher cipher,
            AccountFeature accounts,
            @Nullable OpenIdReader reader,
            WebhookTargets targets,
            @Nullable TxtRecords txtRecords) {
        return new IdentityFeature(context, cipher, accounts, reader, targets, txtRecords);
    }

    @Override
    public List<DueWork> dueWork() {
        return List.of(
                DueWork.of(
                        Stage.EXPIRY,
                        "provider-secrets",
                        "Encrypting secrets of identity providers with the new key",
                        () -> context.catalog().transact(secrets::renew)),
                new DueWork(Stage.DELIVERY, "mail-domains", "Checking the records of mail domains", checks::check));
    }

    public IdentityProviders providers(Actor actor) {
        return new ProviderUseCases(context, asked, secrets, callbacks, targets, actor);
    }

    public MailDomains mailDomains(Actor actor) {
        return new MailDomainUseCases(context, checks, actor);
    }

    public ProviderSignIns signIns(Actor actor) {
        return new ProviderSignInUseCases(
                context,
                accounts,
                new ProviderDoor(context, asked, secrets, callbacks, states),
                new SignInUseCases(context, accounts, actor),
                actor);
    }
}
