// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.support;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.MemberIdentity;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.core.internal.database.SupportLogins;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.core.internal.record.SupportRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredSupportUse;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.support.SupportAccess;
import dev.allotment.support.SupportAccessState;
import dev.allotment.support.SupportAccesses;
import dev.allotment.support.SupportSession;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of operators at tenants. Each call reads whether the access is still granted and the operator still one,
 * so there is nothing to invalidate on other nodes.
 */
final class SupportSessions {
    private static final Duration LOGIN_LIFE = Duration.ofHours(1);

    private final CoreContext context;
    private final SupportMembers members;
    private final SupportLogins logins;
    private final Actor actor;

    SupportSessions(CoreContext context, SupportMembers members, SupportLogins logins, Actor actor) {
        this.context = context;
        this.members = members;
        this.logins = logins;
        this.actor = actor;
    }

    /** A use with what it depends on, all of which is as it must be. */
    private record Valid(StoredSupportUse use, SupportAccess access, User operator, StoredTenant tenant) {
        SupportSession session() {
            Instant opened = use.openedAt();
            return new SupportSession(
                    use.id(),
                    tenant.name(),
                    new MemberIdentity(use.memberId(), use.memberLogin()),
                    access,
                    opened == null ? use.createdAt() : opened);
        }
    }

    Optional<SupportAccesses.Opened> redeem(String database, String token) {
        requireHost();
        // The member is checked before the token is used up: its database may not answer.
        Optional<Valid> found = context.catalog()
                .transact(tx -> byHash(tx, token).flatMap(use -> valid(tx, use)))
                .filter(each -> each.use().openedAt() == null)
                .filter(each -> each.tenant().name().equals(database))
                .filter(each -> members.stays(each.tenant(), each.use()));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        String secret = context.secrets().next();
        return context.catalog()
                .transact(tx -> lockWithAccess(tx, found.get().use())
                        .filter(each -> each.openedAt() == null && each.hash().equals(Secrets.hash(token)))
                        .flatMap(each -> valid(tx, each))
                        .map(each -> open(tx, each, secret)));
    }

    /**
     * Locks the access, so that it is not revoked between this check and the session, and then the use. Who ends an
     * access locks them in the same order.
     */
    private static Optional<StoredSupportUse> lockWithAccess(Transaction tx, StoredSupportUse use) {
        return tx.records(RecordTypes.SUPPORT_ACCESSES)
                .lock(use.accessId().value())
                .flatMap(access -> tx.records(RecordTypes.SUPPORT_USES).lock(use.id()));
    }

    private SupportAccesses.Opened open(Transaction tx, Valid valid, String secret) {
        SupportAccess access = valid.access();
        StoredSupportUse opened = valid.use().opened(Secrets.hash(secret), context.now(), access.expiresAt());
        tx.records(RecordTypes.SUPPORT_USES).update(opened);
        SupportRows.record(
                context,
                tx,
                new Actor(valid.operator(), actor.clientAddress()),
                EventType.SUPPORT_ACCESS_USED,
                access,
                Map.of("use", Long.toString(opened.id())));
        return new SupportAccesses.Opened(
                secret, new Valid(opened, access, valid.operator(), valid.tenant()).session());
    }

    Optional<SupportSession> find(String secret) {
        requireHost();
        return used(secret).map(Valid::session);
    }

    private Optional<Valid> used(String secret) {
        Optional<Found> found = context.catalog()
                .transact(tx -> byHash(tx, secret)
                        .filter(each -> each.openedAt() != null && each.endedAt() == null)
                        .map(each -> found(tx, each)));
        Valid valid = found.map(Found::valid).orElse(null);
        if (valid != null && members.stays(valid.tenant(), valid.use())) {
            return Optional.of(valid);
        }
        found.ifPresent(each -> end(valid == null ? unusedSince(each.use()) : only(each.use())));
        return Optional.empty();
    }

    /** @param valid null: it depends on something that is not as it must be */
    private record Found(StoredSupportUse use, @Nullable Valid valid) {}

    private Found found(Transaction tx, StoredSupportUse use) {
        Optional<Valid> valid = valid(tx, use);
        valid.ifPresent(each -> touch(tx, each.use()));
        return new Found(use, valid.orElse(null));
    }

    private static Filter<StoredSupportUse> only(StoredSupportUse use) {
        return Filter.equal(StoredSupportUse.ID, use.id());
    }

    /** Another request may have found it valid just before its time had passed. */
    private static Filter<StoredSupportUse> unusedSince(StoredSupportUse use) {
        return Filter.and(only(use), Filter.equal(StoredSupportUse.USED_AT, use.usedAt()));
    }

    private void end(Filter<StoredSupportUse> which) {
        boolean left = context.catalog().transact(tx -> SupportRows.endUses(tx, which, context.now()));
        if (left) {
            logins.end(which);
        }
    }

    private void touch(Transaction tx, StoredSupportUse use) {
        Instant now = context.now();
        Instant before = use.usedAt();
        if (before == null || !now.isBefore(before.plus(SessionRows.USE_STEP))) {
            tx.records(RecordTypes.SUPPORT_USES)
                    .lock(use.id())
                    .filter(each -> each.endedAt() == null)
                    .ifPresent(each -> tx.records(RecordTypes.SUPPORT_USES).update(each.withUsedAt(now)));
        }
    }

    private static Optional<StoredSupportUse> byHash(Transaction tx, String secret) {
        return tx
                .records(RecordTypes.SUPPORT_USES)
                .list(Query.where(Filter.equal(StoredSupportUse.HASH, Secrets.hash(secret))))
                .stream()
                .findFirst();
    }

    /** Empty unless the use has not ended, its access is granted, its operator is one, and the tenant is the same. */
    private Optional<Valid> valid(Transaction tx, StoredSupportUse use) {
        Instant now = context.now();
        Instant usedAt = use.usedAt();
        if (use.endedAt() != null
                || !now.isBefore(use.expiresAt())
                || (usedAt != null && !now.isBefore(usedAt.plus(SupportAccesses.IDLE)))) {
            return Optional.empty();
        }
        Optional<SupportAccess> access = tx.records(RecordTypes.SUPPORT_ACCESSES)
                .find(use.accessId().value())
                .map(each -> each.at(now))
                .filter(each -> each.state() == SupportAccessState.GRANTED);
        Optional<User> operator =
                tx.records(RecordTypes.USERS).find(use.operatorId().value()).filter(SupportRows::mayEnter);
        Optional<StoredTenant> tenant = tx.records(RecordTypes.TENANTS)
                .find(use.tenantId().value())
                .filter(each -> each.state() == TenantState.OPEN && each.replacements() == use.replacements());
        return access.flatMap(granted -> operator.flatMap(
                who -> tenant.filter(each -> granted.customerId().equals(each.customerId()))
                        .map(each -> new Valid(use, granted, who, each))));
    }

    void close(String secret) {
        requireHost();
        context.catalog()
                .transact(tx -> byHash(tx, secret).filter(each -> each.openedAt() != null))
                .ifPresent(each -> end(only(each)));
    }

    DatabaseLogin readingLogin(String secret) {
        requireHost();
        Valid valid = used(secret).orElseThrow(SupportSessions::over);
        if (!valid.session().looking()) {
            throw SupportRows.state(valid.access(), "needs no login that only reads, since it may do more than look");
        }
        Duration left = Duration.between(context.now(), valid.use().expiresAt());
        return logins.create(valid.tenant(), valid.use(), left.compareTo(LOGIN_LIFE) < 0 ? left : LOGIN_LIFE)
                .orElseThrow(SupportSessions::over);
    }

    private static SaasException over() {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.SUPPORT_STATE,
                "This session of support has ended. Enter the tenant again if the access is still granted.",
                Map.of(),
                false,
                null);
    }

    private void requireHost() {
        if (actor.user() != null) {
            throw actor.refused("manage sessions of support");
        }
    }
}
