// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Access;
import dev.allotment.Entry;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Member;
import dev.allotment.MemberId;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.spi.AccessToken;
import dev.allotment.spi.RecordTypes;
import dev.allotment.spi.SessionRecord;
import dev.allotment.spi.Transaction;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Access tokens and sessions. */
final class AccessUseCases implements Access {
    private final ControlPlane plane;
    private final Actor actor;
    private final TenantUseCases tenants;

    AccessUseCases(ControlPlane plane, Actor actor, TenantUseCases tenants) {
        this.plane = plane;
        this.actor = actor;
        this.tenants = tenants;
    }

    @Override
    public Entry issue(TenantId id) {
        Tenant tenant = tenants.get(id);
        User user = actor.user();
        if (!actor.administrator() && user != null && !user.id().equals(tenant.ownerId())) {
            throw actor.refused("enter this client database as its owner");
        }
        TenantRules.requireState(tenant, "entered", TenantState.OPEN);
        MemberId owner = plane.inside(tenant, MemberRows::owner)
                .map(Member::id)
                .orElseThrow(() -> SaasException.conflict(
                        ErrorCodes.TENANT_STATE,
                        "Database \"" + tenant.name() + "\" has no owner whom a token could let in."));
        String secret = plane.secrets.next();
        plane.catalog.transact(tx -> AccessTokens.insert(plane, tx, secret, tenant.id(), owner));
        return tenants.entry(tenant, secret);
    }

    @Override
    public Optional<Redeemed> redeem(String database, String token) {
        Optional<AccessToken> used = plane.catalog.transact(tx -> useUp(tx, database, token));
        return used.flatMap(access -> {
            Tenant tenant = tenants.get(access.tenantId());
            Optional<Member> member = plane.inside(
                    tenant,
                    tx -> tx.records(RecordTypes.MEMBERS).find(access.memberId().value()));
            return member.filter(Member::active).map(each -> new Redeemed(tenant, each));
        });
    }

    /** Deleting it in the transaction that reads it makes it good once; one for elsewhere stays. */
    private Optional<AccessToken> useUp(Transaction tx, String database, String token) {
        Optional<AccessToken> found = tx
                .records(RecordTypes.ACCESS_TOKENS)
                .list(Query.where(Filter.equal("hash", Secrets.hash(token))))
                .stream()
                .findFirst()
                .flatMap(each -> tx.records(RecordTypes.ACCESS_TOKENS).lock(each.id()));
        Optional<Tenant> tenant =
                ControlPlane.tenantByName(tx, database).filter(each -> each.state() == TenantState.OPEN);
        if (found.isEmpty()
                || tenant.isEmpty()
                || !found.get().tenantId().equals(tenant.get().id())) {
            return Optional.empty();
        }
        tx.records(RecordTypes.ACCESS_TOKENS).delete(found.get().id());
        return found.filter(each -> plane.now().isBefore(each.expiresAt()));
    }

    @Override
    public String openSession(String database, long user) {
        String secret = plane.secrets.next();
        Instant now = plane.now();
        plane.catalog.transact(tx -> tx.records(RecordTypes.SESSIONS)
                .insert(new SessionRecord(
                        0, Secrets.hash(secret), placeOf(tx, database), user, now, now, now.plus(Sessions.LIFE))));
        return secret;
    }

    private String placeOf(Transaction tx, String database) {
        if (database.equals(plane.mainDatabase)) {
            return AccountUseCases.MAIN;
        }
        return ControlPlane.tenantByName(tx, database)
                .map(tenant -> tenant.uuid().toString())
                .orElseThrow(() -> TenantDatabaseView.unknown(database));
    }

    @Override
    public Optional<Session> findSession(String secret) {
        return plane.catalog.transact(tx -> use(tx, Secrets.hash(secret))).filter(this::userActive);
    }

    private Optional<Session> use(Transaction tx, String hash) {
        Optional<SessionRecord> found =
                tx.records(RecordTypes.SESSIONS).list(Query.where(Filter.equal("hash", hash))).stream()
                        .findFirst();
        Instant now = plane.now();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        SessionRecord session = found.get();
        if (!now.isBefore(session.expiresAt()) || !now.isBefore(session.usedAt().plus(Sessions.IDLE))) {
            tx.records(RecordTypes.SESSIONS).delete(session.id());
            return Optional.empty();
        }
        if (!now.isBefore(session.usedAt().plus(Sessions.USE_STEP))) {
            tx.records(RecordTypes.SESSIONS)
                    .lock(session.id())
                    .ifPresent(each -> tx.records(RecordTypes.SESSIONS)
                            .update(new SessionRecord(
                                    each.id(),
                                    each.hash(),
                                    each.database(),
                                    each.userId(),
                                    each.createdAt(),
                                    now,
                                    each.expiresAt())));
        }
        return name(tx, session.database())
                .map(name -> new Session(name, session.userId(), session.createdAt(), session.expiresAt()));
    }

    /** The present name of the place that a session is for; empty where it is not open to anyone. */
    private Optional<String> name(Transaction tx, String place) {
        if (place.equals(AccountUseCases.MAIN)) {
            return Optional.of(plane.mainDatabase);
        }
        return ControlPlane.tenantByUuid(tx, UUID.fromString(place))
                .filter(tenant -> tenant.state() == TenantState.OPEN)
                .map(Tenant::name);
    }

    private boolean userActive(Session session) {
        if (session.database().equals(plane.mainDatabase)) {
            return plane.catalog
                    .transact(tx -> tx.records(RecordTypes.USERS).find(session.user()))
                    .filter(User::active)
                    .isPresent();
        }
        return tenants.findByName(session.database())
                .flatMap(tenant -> plane.inside(
                        tenant, tx -> tx.records(RecordTypes.MEMBERS).find(session.user())))
                .filter(Member::active)
                .isPresent();
    }

    @Override
    public void closeSession(String secret) {
        plane.catalog.transact(tx -> {
            tx.records(RecordTypes.SESSIONS)
                    .list(Query.where(Filter.equal("hash", Secrets.hash(secret))))
                    .forEach(each -> tx.records(RecordTypes.SESSIONS).delete(each.id()));
            return null;
        });
    }
}
