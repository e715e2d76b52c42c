// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.identity;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.SecretCipher;
import dev.allotment.identity.IdentityProvider;
import dev.allotment.spi.backend.ProviderSecret;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the secrets with which this installation proves itself to identity providers, encrypted. A secret is bound to
 * the issuer and the client id that it was given for, so that no other provider can get it.
 */
final class ProviderSecrets {
    private final SecretCipher cipher;

    ProviderSecrets(SecretCipher cipher) {
        this.cipher = cipher;
    }

    /** @throws SaasException {@code identity.key-missing} */
    void replace(Transaction tx, IdentityProvider provider, @Nullable String secret) {
        Records<ProviderSecret> secrets = tx.records(RecordTypes.PROVIDER_SECRETS);
        secrets.deleteAll(Filter.equal(ProviderSecret.PROVIDER_ID, provider.id()));
        if (secret != null) {
            if (!cipher.hasKey()) {
                throw keyMissing("This process has no secret key, and secrets of identity providers are stored only"
                        + " encrypted. Give every node the same one: Saas.builder().secretKey(…), or --secret-key or"
                        + " SAAS_SECRET_KEY of the server.");
            }
            secrets.insert(new ProviderSecret(0, provider.id(), cipher.encrypt(purpose(provider), secret)));
        }
    }

    /**
     * The secret of a provider; empty: it has none.
     *
     * @throws SaasException {@code identity.key-missing}
     */
    Optional<String> find(Transaction tx, IdentityProvider provider) {
        List<ProviderSecret> found = tx.records(RecordTypes.PROVIDER_SECRETS)
                .list(Query.where(Filter.equal(ProviderSecret.PROVIDER_ID, provider.id())));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(cipher.decrypt(purpose(provider), found.get(0).sealed())
                .orElseThrow(() -> keyMissing("The secret of identity provider " + provider.id()
                        + " was encrypted with another secret key. Give this process that key, or replace the"
                        + " secret.")));
    }

    /** Encrypts with the first key what another one has encrypted. Returns how many secrets. */
    int renew(Transaction tx) {
        if (!cipher.hasOlderKeys()) {
            return 0;
        }
        int renewed = 0;
        for (ProviderSecret each : tx.records(RecordTypes.PROVIDER_SECRETS).list(Query.all())) {
            renewed += renew(tx, each) ? 1 : 0;
        }
        return renewed;
    }

    private boolean renew(Transaction tx, ProviderSecret secret) {
        Optional<IdentityProvider> provider = tx.records(RecordTypes.IDENTITY_PROVIDERS)
                .find(secret.providerId().value())
                .filter(each -> !cipher.isCurrent(purpose(each), secret.sealed()));
        Optional<String> text = provider.flatMap(each -> cipher.decrypt(purpose(each), secret.sealed()));
        Records<ProviderSecret> secrets = tx.records(RecordTypes.PROVIDER_SECRETS);
        if (text.isEmpty() || secrets.lock(secret.id()).filter(secret::equals).isEmpty()) {
            return false;
        }
        secrets.update(new ProviderSecret(
                secret.id(), secret.providerId(), cipher.encrypt(purpose(provider.get()), text.get())));
        return true;
    }

    private static String purpose(IdentityProvider provider) {
        return "client " + provider.clientId() + " of identity provider " + provider.id() + " at " + provider.issuer();
    }

    private static SaasException keyMissing(String message) {
        return SaasException.conflict(ErrorCodes.IDENTITY_KEY_MISSING, message);
    }
}
