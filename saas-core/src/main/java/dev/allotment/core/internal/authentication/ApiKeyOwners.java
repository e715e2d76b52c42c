// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.authentication;

import dev.allotment.EventType;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.spi.backend.StoredApiKey;
import dev.allotment.spi.backend.Transaction;
import java.util.Map;
import java.util.Optional;

/** The accounts of the main database, or the members of one tenant database, as owners of API keys. */
public interface ApiKeyOwners<U> {
    /** Where the users have their numbers, and their keys count. */
    Place place();

    /** The user with this id. */
    Optional<ApiKeyOwner<U>> find(Transaction tx, long id);

    /** The user with this id, locked until the end of the transaction. */
    Optional<ApiKeyOwner<U>> lock(Transaction tx, long id);

    /**
     * Refuses a scope that this user cannot give to a key.
     *
     * @throws dev.allotment.SaasException {@code api-key.invalid}
     */
    void checkScope(Transaction tx, ApiKeyOwner<U> owner, ApiKeyScope scope);

    /**
     * Refuses a user that may not sign in at present, although it is active.
     *
     * @throws dev.allotment.SaasException {@code tenant.state}
     */
    void requireOpen(long id);

    /**
     * Whether the catalog lets a key of this user count. Not within a transaction, since the catalog may be another
     * database than that of the key.
     */
    default boolean counts(StoredApiKey key, ApiKeyOwner<U> owner) {
        return true;
    }

    /** Checks a password, as a sign-in does. */
    boolean passwordMatches(long id, String password);

    /** Whether passwords for a login are refused for a while. */
    boolean throttled(String login);

    /** What happened to a key. */
    record Change(EventType type, long owner, String login, Map<String, String> details) {}

    /** Writes a change into the audit log, in the same transaction, if that is in this database. */
    default void record(Transaction tx, Change change) {}

    /** Writes a change into the audit log, after the transaction, if that is in another database. */
    default void recordStored(Change change) {}
}
