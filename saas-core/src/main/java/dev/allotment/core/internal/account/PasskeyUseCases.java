// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.account;

import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.Passkeys;
import dev.allotment.core.internal.authentication.PasskeyCeremonies;
import dev.allotment.core.internal.authentication.SignIn;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredPasskey;
import dev.allotment.spi.backend.Transaction;
import java.util.List;

/** Manages the passkeys of accounts. */
final class PasskeyUseCases implements Passkeys {
    private static final int LONGEST_NAME = 64;

    private final CoreContext context;
    private final PasskeyCeremonies ceremonies;
    private final SignIn signIn;
    private final AccountUseCases accounts;
    private final Actor actor;

    PasskeyUseCases(
            CoreContext context, PasskeyCeremonies ceremonies, SignIn signIn, AccountUseCases accounts, Actor actor) {
        this.context = context;
        this.ceremonies = ceremonies;
        this.signIn = signIn;
        this.accounts = accounts;
        this.actor = actor;
    }

    @Override
    public boolean available() {
        return ceremonies.available();
    }

    @Override
    public List<Passkey> list(UserId user) {
        actor.requireSelf(user, "see the passkeys of another user");
        return context.catalog().transact(tx -> PasskeyCeremonies.of(tx, user)).stream()
                .map(PasskeyUseCases::shown)
                .toList();
    }

    @Override
    public Creation start(UserId user) {
        return ceremonies.start(own(user));
    }

    @Override
    public Passkey add(UserId user, String name, NewPasskey passkey) {
        StoredPasskey added = ceremonies.add(actor, own(user), checked(name), passkey);
        signIn.forget(user);
        return shown(added);
    }

    @Override
    public Passkey rename(UserId user, long passkey, String name) {
        UserId owner = own(user).id();
        String checked = checked(name);
        return shown(context.catalog().transact(tx -> {
            StoredPasskey renamed = locked(tx, owner, passkey).withName(checked);
            tx.records(RecordTypes.PASSKEYS).update(renamed);
            return renamed;
        }));
    }

    @Override
    public void remove(UserId user, long passkey) {
        UserId owner = own(user).id();
        context.catalog().transact(tx -> {
            StoredPasskey present = locked(tx, owner, passkey);
            tx.records(RecordTypes.PASSKEYS).delete(present.id());
            ceremonies.record(tx, actor, EventType.PASSKEY_REMOVED, present);
            return null;
        });
        signIn.forget(user);
    }

    private static StoredPasskey locked(Transaction tx, UserId owner, long passkey) {
        return tx.records(RecordTypes.PASSKEYS)
                .lock(passkey)
                .filter(each -> each.userId().equals(owner))
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.PASSKEYS, "Passkey", passkey));
    }

    private static String checked(String name) {
        String normal = TextRules.name(name, ErrorCodes.ACCESS_PASSKEY_INVALID, "A passkey");
        if (normal.length() > LONGEST_NAME) {
            throw SaasException.invalid(
                    ErrorCodes.ACCESS_PASSKEY_INVALID,
                    "The name of a passkey has at most " + LONGEST_NAME + " characters, found " + normal.length()
                            + ".");
        }
        return normal;
    }

    private static Passkey shown(StoredPasskey stored) {
        return new Passkey(
                stored.id(),
                stored.name(),
                stored.transports(),
                stored.backupEligible(),
                stored.backedUp(),
                stored.createdAt(),
                stored.lastUsedAt());
    }

    private User own(UserId id) {
        User user = actor.user();
        if (user != null && !user.id().equals(id)) {
            throw actor.refused("change the passkeys of another user");
        }
        return accounts.get(id);
    }
}
