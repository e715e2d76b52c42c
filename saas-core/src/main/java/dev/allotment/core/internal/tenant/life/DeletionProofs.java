// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.life;

import dev.allotment.DeletionProof;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads from the audit log how tenants were deleted. */
public final class DeletionProofs {
    static final String VERIFIED = "verified";
    static final String VERIFIED_AT = "verifiedAt";
    static final String BACKUP = "backup";
    static final String REQUESTED_BY = "requestedBy";
    static final String REQUESTED_AT = "requestedAt";
    /** The id of the account that deleted the tenant. It stays the same if the login of the account changes. */
    static final String ACCOUNT = "account";

    private DeletionProofs() {}

    public static Optional<DeletionProof> of(Transaction tx, StoredTenant tenant) {
        return last(tx, tenant.id(), EventType.TENANT_DELETED).map(event -> {
            Map<String, String> details = event.details();
            return new DeletionProof(
                    event.uuid(),
                    tenant.id(),
                    UUID.fromString(details.getOrDefault("uuid", tenant.uuid().toString())),
                    details.getOrDefault("name", tenant.name()),
                    details.getOrDefault("server", ""),
                    details.getOrDefault(REQUESTED_BY, event.actor()),
                    instant(details, REQUESTED_AT, event),
                    instant(details, VERIFIED_AT, event),
                    words(details.getOrDefault(VERIFIED, "")),
                    details.get(BACKUP));
        });
    }

    private static Instant instant(Map<String, String> details, String key, Event event) {
        String text = details.get(key);
        return text == null ? event.at() : Instant.parse(text);
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : Arrays.asList(text.split(","));
    }

    /** The description that the last pre-deletion backup returned. */
    static Optional<String> backup(Transaction tx, StoredTenant tenant) {
        return last(tx, tenant.id(), EventType.TENANT_BACKED_UP)
                .map(event -> event.details().getOrDefault(BACKUP, ""));
    }

    /** Returns those of these soft-deleted tenants that their owners or other portal accounts deleted, in order. */
    public static List<StoredTenant> deletedByOwner(Transaction tx, List<StoredTenant> retained) {
        // A tenant may have been deleted and restored many times before.
        Instant earliest = retained.stream()
                .map(StoredTenant::deletedAt)
                .filter(each -> each != null)
                .min(Comparator.naturalOrder())
                .orElse(Instant.EPOCH);
        Filter<Event> wanted = Filter.and(
                Filter.in(
                        Event.TENANT_ID, retained.stream().map(StoredTenant::id).toList()),
                Filter.equal(Event.TYPE, EventType.TENANT_RETAINED),
                Filter.compare(Event.AT, Filter.Operator.GREATER_OR_EQUAL, earliest));
        Map<TenantId, Event> last = new HashMap<>();
        for (Event event :
                tx.records(RecordTypes.EVENTS).list(Query.where(wanted).orderBy(Event.ID))) {
            TenantId tenant = event.tenantId();
            if (tenant != null) {
                last.put(tenant, event);
            }
        }
        Set<String> portal = portalAccounts(tx, last.values());
        return retained.stream()
                .filter(tenant -> byTeam(last.get(tenant.id()), tenant, portal))
                .toList();
    }

    /**
     * Refuses a soft-deleted tenant that its owner did not delete.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    public static void requireDeletedByOwner(Actor actor, Transaction tx, StoredTenant retained) {
        if (deletedByOwner(tx, List.of(retained)).isEmpty()) {
            throw actor.refused("restore \"" + retained.name() + "\", because its owner did not delete it. Ask an"
                    + " administrator");
        }
    }

    /** Whether its owner deleted it, or another portal account, which must have been in the team of the customer. */
    private static boolean byTeam(@Nullable Event deleted, StoredTenant tenant, Set<String> portal) {
        String account = deleted == null ? null : deleted.details().get(ACCOUNT);
        return account != null && (account.equals(String.valueOf(tenant.ownerId())) || portal.contains(account));
    }

    private static Set<String> portalAccounts(Transaction tx, Collection<Event> deletions) {
        List<UserId> accounts = deletions.stream()
                .map(each -> each.details().get(ACCOUNT))
                .filter(Objects::nonNull)
                .map(each -> new UserId(Long.parseLong(each)))
                .toList();
        return tx
                .records(RecordTypes.USERS)
                .values(
                        User.ID,
                        Query.where(Filter.and(Filter.in(User.ID, accounts), Filter.equal(User.ROLE, Role.PORTAL))))
                .stream()
                .map(UserId::toString)
                .collect(Collectors.toSet());
    }

    static Optional<Event> last(Transaction tx, TenantId tenant, EventType type) {
        Filter<Event> wanted = Filter.and(Filter.equal(Event.TENANT_ID, tenant), Filter.equal(Event.TYPE, type));
        return tx
                .records(RecordTypes.EVENTS)
                .list(Query.where(wanted).orderByDescending(Event.ID).page(0, 1))
                .stream()
                .findFirst();
    }
}
