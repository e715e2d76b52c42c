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
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
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
     * @param withPassword reads the password of a user, and what else is needed
     * @param otherwise reads as much for an unknown login, except for the password
     */
    public static <R extends Record, A> Optional<A> byLogin(
            Transaction tx, RecordType<R> type, String login, Function<R, A> withPassword, Runnable otherwise) {
        if (login.length() > TextRules.MAX_LOGIN) {
            return Optional.empty();
        }
        Optional<R> found = tx.records(type).list(Query.where(Filter.equal(RecordField.named("login"), login))).stream()
                .findFirst();
        tx.records(type).listLater(Query.where(Filter.equal(RecordField.named("id"), found.isPresent() ? 0 : 1)));
        if (found.isEmpty()) {
            Supplier<List<Credential>> password =
                    tx.records(RecordTypes.CREDENTIALS).listLater(Query.all().page(0, 1));
            otherwise.run();
            var unused = password.get();
        }
        return found.map(withPassword);
    }

    public static @Nullable String passwordHash(Transaction tx, long user) {
        return passwordHashLater(tx, user).get().orElse(null);
    }

    public static Supplier<Optional<String>> passwordHashLater(Transaction tx, long user) {
        Supplier<List<Credential>> found =
                tx.records(RecordTypes.CREDENTIALS).listLater(Query.where(Filter.equal(Credential.USER_ID, user)));
        return () -> found.get().stream().findFirst().map(Credential::hash);
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
