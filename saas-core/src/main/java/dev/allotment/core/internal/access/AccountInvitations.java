// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.access;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.Access.Reset;
import dev.allotment.core.internal.account.AccountUseCases;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.spi.backend.PasswordReset;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/** Secrets with which the users of new accounts choose their first password. */
final class AccountInvitations {
    private static final Duration LIFE = Duration.ofDays(7);

    private final CoreContext context;

    AccountInvitations(CoreContext context) {
        this.context = context;
    }

    /**
     * Issues a secret. An operator who is no administrator gets none for another operator, whose rights it would have.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    Optional<Reset> issue(UserId id, Actor by) {
        String secret = context.secrets().next();
        return context.catalog()
                .transact(tx -> invitable(tx, id)
                        .flatMap(user -> Optional.ofNullable(user.email()).map(email -> {
                            if (!by.unlimited() && !user.portal()) {
                                throw by.refused("invite operators");
                            }
                            tx.records(RecordTypes.PASSWORD_RESETS)
                                    .insert(new PasswordReset(
                                            0,
                                            Secrets.hash(secret),
                                            id,
                                            context.now().plus(LIFE)));
                            return new Reset(secret, user, email);
                        })));
    }

    Optional<Instant> until(UserId id) {
        return context.catalog()
                .transact(tx -> invitable(tx, id).stream()
                        .flatMap(user -> tx
                                .records(RecordTypes.PASSWORD_RESETS)
                                .list(Query.where(Filter.equal(PasswordReset.USER_ID, id)))
                                .stream())
                        .map(PasswordReset::expiresAt)
                        .filter(context.now()::isBefore)
                        .max(Comparator.naturalOrder()));
    }

    void revoke(UserId id) {
        context.catalog().transact(tx -> {
            invitable(tx, id).ifPresent(user -> AccountUseCases.forgetResets(tx, id));
            return null;
        });
    }

    /** The account, if its user can sign in and has never done so. */
    private static Optional<User> invitable(Transaction tx, UserId id) {
        return tx.records(RecordTypes.USERS)
                .find(id.value())
                .filter(user -> user.active() && user.lastLoginAt() == null);
    }
}
