// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.record;

import dev.allotment.CustomerId;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.UserId;
import dev.allotment.core.internal.rule.MailRules;
import dev.allotment.identity.IdentityProvider;
import dev.allotment.identity.IdentityProviderId;
import dev.allotment.spi.backend.ProvidedIdentity;
import dev.allotment.spi.backend.ProviderSecret;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredMailDomain;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Optional;

/** The rows of identity providers, and of the persons that they sign in. */
public final class IdentityRows {
    private IdentityRows() {}

    /** The identities of an account, the oldest first. */
    public static List<ProvidedIdentity> of(Transaction tx, UserId account) {
        return tx.records(RecordTypes.PROVIDED_IDENTITIES)
                .list(Query.where(Filter.equal(ProvidedIdentity.USER_ID, account))
                        .orderBy(ProvidedIdentity.ID));
    }

    /** The person that a provider calls by this name, locked. */
    public static Optional<ProvidedIdentity> lock(Transaction tx, IdentityProviderId provider, String subject) {
        return tx
                .records(RecordTypes.PROVIDED_IDENTITIES)
                .list(Query.where(Filter.and(
                        Filter.equal(ProvidedIdentity.PROVIDER_ID, provider),
                        Filter.equal(ProvidedIdentity.SUBJECT, subject))))
                .stream()
                .findFirst()
                .flatMap(each -> tx.records(RecordTypes.PROVIDED_IDENTITIES).lock(each.id()));
    }

    /** The accounts that a provider has signed in with the links that they have now. */
    public static List<UserId> signedIn(Transaction tx, IdentityProviderId provider) {
        return tx
                .records(RecordTypes.PROVIDED_IDENTITIES)
                .list(Query.where(Filter.and(
                        Filter.equal(ProvidedIdentity.PROVIDER_ID, provider),
                        Filter.notEqual(ProvidedIdentity.LAST_USED_AT, null))))
                .stream()
                .map(ProvidedIdentity::userId)
                .toList();
    }

    /** Removes all identities of an account. */
    public static void removeAll(Transaction tx, UserId account) {
        tx.records(RecordTypes.PROVIDED_IDENTITIES).deleteAll(Filter.equal(ProvidedIdentity.USER_ID, account));
    }

    /** Removes the links of all accounts to a provider, its secret, and the sessions that it has opened. */
    public static void unlinkAll(Transaction tx, IdentityProviderId provider) {
        SessionRows.closeProvided(tx, provider);
        tx.records(RecordTypes.PROVIDED_IDENTITIES).deleteAll(Filter.equal(ProvidedIdentity.PROVIDER_ID, provider));
        tx.records(RecordTypes.PROVIDER_SECRETS).deleteAll(Filter.equal(ProviderSecret.PROVIDER_ID, provider));
    }

    /** Deletes a provider with all that belongs to it. */
    public static void delete(Transaction tx, IdentityProviderId provider) {
        unlinkAll(tx, provider);
        tx.records(RecordTypes.IDENTITY_PROVIDERS).delete(provider.value());
    }

    /** The customer whose verified mail domain an address is in. */
    public static Optional<CustomerId> customerOf(Transaction tx, String address) {
        return MailRules.domainOf(address)
                .flatMap(domain -> tx
                        .records(RecordTypes.MAIL_DOMAINS)
                        .list(Query.where(Filter.equal(StoredMailDomain.VERIFIED_NAME, domain)))
                        .stream()
                        .findFirst())
                .map(StoredMailDomain::customerId);
    }

    /** Deletes the providers and mail domains of a customer. */
    public static void deleteOf(Transaction tx, CustomerId customer) {
        tx.records(RecordTypes.MAIL_DOMAINS).deleteAll(Filter.equal(StoredMailDomain.CUSTOMER_ID, customer));
        tx.records(RecordTypes.IDENTITY_PROVIDERS)
                .list(Query.where(Filter.equal(IdentityProvider.CUSTOMER_ID, customer)))
                .forEach(each -> delete(tx, each.id()));
    }
}
