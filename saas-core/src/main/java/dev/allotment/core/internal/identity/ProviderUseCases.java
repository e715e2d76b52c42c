// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.identity;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Permission;
import dev.allotment.SaasException;
import dev.allotment.TeamRole;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Door;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.outgoing.TargetUrl;
import dev.allotment.core.internal.record.IdentityRows;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.core.internal.record.TeamRows;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.core.internal.team.Manager;
import dev.allotment.identity.IdentityProvider;
import dev.allotment.identity.IdentityProviderId;
import dev.allotment.identity.IdentityProviders;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.team.TenantLimit;
import dev.allotment.webhook.WebhookTargets;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Manages identity providers. */
final class ProviderUseCases extends RecordLookup<IdentityProviderId, IdentityProvider> implements IdentityProviders {
    private static final int LONGEST_NAME = 64;
    private static final Pattern CLIENT_ID = Pattern.compile("[!-~]{1,256}");
    private static final Pattern SECRET = Pattern.compile("[!-~]{1,512}");

    private final CoreContext context;
    private final @Nullable AskedProviders asked;
    private final ProviderSecrets secrets;
    private final Callbacks callbacks;
    private final WebhookTargets targets;
    private final Actor actor;

    ProviderUseCases(
            CoreContext context,
            @Nullable AskedProviders asked,
            ProviderSecrets secrets,
            Callbacks callbacks,
            WebhookTargets targets,
            Actor actor) {
        super(context.work(), RecordTypes.IDENTITY_PROVIDERS, "Identity provider");
        this.context = context;
        this.asked = asked;
        this.secrets = secrets;
        this.callbacks = callbacks;
        this.targets = targets;
        this.actor = actor;
    }

    @Override
    protected long number(IdentityProviderId id) {
        return id.value();
    }

    @Override
    protected Filter<IdentityProvider> visible(Transaction tx) {
        if (actor.seesAll()) {
            return Filter.all();
        }
        CustomerId own = seesAllOfCustomer() ? actor.customer() : null;
        return own == null ? Filter.none() : Filter.equal(IdentityProvider.CUSTOMER_ID, own);
    }

    private boolean seesAllOfCustomer() {
        return actor.member() != null && !actor.limited() && (!actor.limitedToTenants() || actor.provided());
    }

    @Override
    public boolean available() {
        return asked != null;
    }

    @Override
    public URI callback(@Nullable CustomerId customer) {
        if (!actor.seesAll() && (customer == null || !customer.equals(actor.customer()))) {
            throw TeamRows.missing(customer == null ? new CustomerId(0) : customer);
        }
        return callbacks.of(customer);
    }

    private AskedProviders asked() {
        if (asked == null) {
            throw unavailable();
        }
        return asked;
    }

    static SaasException unavailable() {
        return new SaasException(
                ErrorCategory.UNSUPPORTED,
                ErrorCodes.IDENTITY_UNAVAILABLE,
                "This installation has no identity providers. They need the module allotment-openid.",
                Map.of(),
                false,
                null);
    }

    @Override
    public IdentityProvider create(IdentityProvider wanted, @Nullable String secret) {
        var unused = asked();
        IdentityProvider provider = checked(wanted.toBuilder()
                .id(new IdentityProviderId(0))
                .createdAt(context.now())
                .build());
        String checkedSecret = checked(secret);
        return work().transact(tx -> {
            requireManager(tx, provider.customerId(), provider.newAccounts());
            requireTested(tx, provider, provider);
            Records<IdentityProvider> providers = tx.records(RecordTypes.IDENTITY_PROVIDERS);
            if (providers.count(Filter.equal(IdentityProvider.CUSTOMER_ID, provider.customerId())) >= MAX_PROVIDERS) {
                throw SaasException.conflict(
                        ErrorCodes.IDENTITY_LIMIT_REACHED,
                        "There are " + MAX_PROVIDERS + " identity providers, which is the limit. Delete one.");
            }
            IdentityProvider stored = providers.insert(provider);
            secrets.replace(tx, stored, checkedSecret);
            record(tx, EventType.IDENTITY_PROVIDER_CREATED, stored);
            return stored;
        });
    }

    /** Locks the customer, and reads the rights of the actor after that. */
    private void requireManager(Transaction tx, @Nullable CustomerId customer, @Nullable TeamRole role) {
        if (customer == null) {
            actor.requireAdministrator("manage the identity providers for everyone");
            if (!actor.seesAll()) {
                throw actor.refused("manage the identity providers for everyone");
            }
            return;
        }
        if (!actor.seesAll() && !customer.equals(actor.customer())) {
            throw TeamRows.missing(customer);
        }
        Manager manager = Manager.lock(tx, actor.seesAll() ? actor.actingFor(customer) : actor, Permission.MANAGE_TEAM);
        manager.requireWhole();
        if (role != null) {
            manager.requireWithin(role, TenantLimit.ALL);
        }
    }

    private IdentityProvider checked(IdentityProvider provider) {
        String name = TextRules.name(provider.name(), ErrorCodes.IDENTITY_INVALID, "An identity provider");
        if (name.length() > LONGEST_NAME) {
            throw invalid("The name of an identity provider has at most " + LONGEST_NAME + " characters, found "
                    + name.length() + ".");
        }
        var unused = TargetUrl.of(
                provider.issuer(),
                targets,
                expected -> invalid("The issuer of an identity provider " + expected + "."));
        if (provider.issuer().indexOf('?') >= 0) {
            throw invalid("The issuer of an identity provider has no query, found "
                    + TextRules.describe(provider.issuer()) + ".");
        }
        if (!CLIENT_ID.matcher(provider.clientId()).matches()) {
            throw invalid("The client id at an identity provider has 1 to 256 printable characters of ASCII and no"
                    + " spaces, found " + TextRules.describe(provider.clientId()) + ".");
        }
        if (provider.newAccounts() != null
                && (provider.customerId() == null) != (provider.newAccounts() == TeamRole.OWNER)) {
            throw invalid(
                    provider.customerId() == null
                            ? "An identity provider for everyone makes accounts with the role OWNER, or none; found "
                                    + provider.newAccounts() + "."
                            : "An identity provider of a customer makes no owners. Choose another role.");
        }
        if (provider.required() && (provider.customerId() == null || !provider.active())) {
            throw invalid("An identity provider can be required if it is active and of a customer.");
        }
        return provider.toBuilder().name(name).build();
    }

    private static @Nullable String checked(@Nullable String secret) {
        if (secret != null && !SECRET.matcher(secret).matches()) {
            throw invalid("The secret of an identity provider has 1 to 512 printable characters of ASCII and no spaces,"
                    + " found " + secret.length() + " characters.");
        }
        return secret;
    }

    static SaasException invalid(String message) {
        return SaasException.invalid(ErrorCodes.IDENTITY_INVALID, message);
    }

    @Override
    public IdentityProvider update(IdentityProviderId id, UnaryOperator<IdentityProvider> change) {
        return work().transact(tx -> {
            IdentityProvider present = locked(tx, id);
            IdentityProvider changed = checked(change.apply(present).toBuilder()
                    .id(present.id())
                    .customerId(present.customerId())
                    .createdAt(present.createdAt())
                    .build());
            requireManager(tx, changed.customerId(), changed.newAccounts());
            requireTested(tx, present, changed);
            if (!changed.issuer().equals(present.issuer())
                    || !changed.clientId().equals(present.clientId())) {
                IdentityRows.unlinkAll(tx, id);
            }
            if (!changed.active()) {
                SessionRows.closeProvided(tx, id);
            }
            tx.records(RecordTypes.IDENTITY_PROVIDERS).update(changed);
            record(tx, EventType.IDENTITY_PROVIDER_CHANGED, changed);
            return changed;
        });
    }

    private static boolean hasSignedInAMember(Transaction tx, IdentityProvider provider) {
        CustomerId customer = provider.customerId();
        return customer != null
                && IdentityRows.signedIn(tx, provider.id()).stream()
                        .anyMatch(each -> Door.membership(tx, customer, each).isPresent());
    }

    /** A provider that signs in no one must not lock the team out. */
    private static void requireTested(Transaction tx, IdentityProvider present, IdentityProvider wanted) {
        boolean same =
                wanted.issuer().equals(present.issuer()) && wanted.clientId().equals(present.clientId());
        boolean kept = same && present.required() && present.id().value() != 0;
        if (wanted.required() && !kept && !(same && hasSignedInAMember(tx, present))) {
            throw SaasException.conflict(
                    ErrorCodes.IDENTITY_UNTESTED,
                    "The identity provider has signed in no member of the team. Link an account to it, and sign in with"
                            + " it once. Then it can be required.");
        }
    }

    /** The customer first, then the provider, as everywhere. */
    private IdentityProvider locked(Transaction tx, IdentityProviderId id) {
        requireManager(tx, get(tx, id).customerId(), null);
        return lock(tx, id);
    }

    @Override
    public void replaceSecret(IdentityProviderId id, @Nullable String secret) {
        String checkedSecret = checked(secret);
        work().transact(tx -> {
            IdentityProvider provider = locked(tx, id);
            secrets.replace(tx, provider, checkedSecret);
            record(tx, EventType.IDENTITY_PROVIDER_CHANGED, provider);
            return null;
        });
    }

    @Override
    public void delete(IdentityProviderId id) {
        work().transact(tx -> {
            IdentityProvider provider = locked(tx, id);
            IdentityRows.delete(tx, id);
            record(tx, EventType.IDENTITY_PROVIDER_DELETED, provider);
            return null;
        });
    }

    @Override
    public void check(IdentityProviderId id) {
        AskedProviders asking = asked();
        asking.readAgain(work().transact(tx -> get(tx, id)));
    }

    private void record(Transaction tx, EventType type, IdentityProvider provider) {
        Map<String, String> details = new HashMap<>();
        details.put("provider", provider.id().toString());
        if (provider.customerId() != null) {
            details.put("customer", provider.customerId().toString());
        }
        context.events().add(tx, actor, type, null, null, details);
    }
}
