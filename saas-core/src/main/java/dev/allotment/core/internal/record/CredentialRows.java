// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.record;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.Credential;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes logins and stored passwords in one transaction, in the main database and in tenant databases alike.
 */
public final class CredentialRows {
    private CredentialRows() {}

    /**
     * Finds the user with a login, and the password. An unknown login takes as many statements, which find as many
     * records, so that the time does not reveal which logins exist.
     *
     * @param type the record type of the users; at least one exists
     * @param withPassword reads the password of a user, and nothing else
     */
    public static <R extends Record, A> Optional<A> byLogin(
            Transaction tx, RecordType<R> type, String login, Function<R, A> withPassword) {
        if (login.length() > TextRules.MAX_LOGIN) {
            return Optional.empty();
        }
        Optional<R> found = tx.records(type).list(Query.where(Filter.equal(RecordField.named("login"), login))).stream()
                .findFirst();
        tx.records(type).list(Query.where(Filter.equal(RecordField.named("id"), found.isPresent() ? 0 : 1)));
        if (found.isEmpty()) {
            tx.records(RecordTypes.CREDENTIALS).list(Query.all().page(0, 1));
        }
        return found.map(withPassword);
    }

    public static @Nullable String passwordHash(Transaction tx, long user) {
        return tx.records(RecordTypes.CREDENTIALS).list(Query.where(Filter.equal(Credential.USER_ID, user))).stream()
                .findFirst()
                .map(Credential::hash)
                .orElse(null);
    }

    /**
     * Stores the same password under another hash, unless it was changed meanwhile.
     *
     * @param newHash null: nothing is stored
     */
    public static void replacePasswordHash(
            Transaction tx, long user, @Nullable String known, @Nullable String newHash) {
        if (newHash != null && Objects.equals(known, passwordHash(tx, user))) {
            setPasswordHash(tx, user, newHash);
        }
    }

    public static void setPasswordHash(Transaction tx, long user, @Nullable String hash) {
        Records<Credential> credentials = tx.records(RecordTypes.CREDENTIALS);
        Optional<Credential> known = credentials.list(Query.where(Filter.equal(Credential.USER_ID, user))).stream()
                .findFirst();
        known.ifPresent(each -> credentials.delete(each.id()));
        if (hash != null) {
            credentials.insert(new Credential(0, user, hash));
        }
    }
}
