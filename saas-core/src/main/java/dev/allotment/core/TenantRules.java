// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.ReservedName;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rules about names, limits and places of client databases, as they hold inside a catalog transaction. */
final class TenantRules {
    /** Those that are in use. */
    static final Filter<Tenant> LIVE = Filter.in(
            Tenant.STATE, Stream.of(TenantState.values()).filter(TenantState::live).toList());

    /** Those that have a database or get one, also where it is only kept for a while. */
    static final Filter<Tenant> WITH_DATABASE = Filter.in(
            Tenant.STATE,
            Stream.of(TenantState.values()).filter(TenantState::hasDatabase).toList());

    /** The longest time for which somebody may be given a database at once: a hundred years. */
    static final int MAX_HOURS = 876_000;

    private TenantRules() {}

    /** Names that no tenant can have on this server. */
    static Set<String> reservedNames(ControlPlane plane, Transaction tx, ServerId server) {
        Set<String> reserved = new HashSet<>(plane.databases(tx, server).reservedNames());
        reserved.add(plane.mainDatabase);
        return reserved;
    }

    /**
     * Names that no tenant of a plan can have where it would be placed now.
     *
     * @throws SaasException {@code server.none}
     */
    static Set<String> reservedNames(ControlPlane plane, Transaction tx, Plan plan) {
        return reservedNames(
                plane, tx, plane.placement.ranked(tx, plan.serverId()).get(0).id());
    }

    /**
     * Takes a name for good. One that the holder gave up itself, and that is in quarantine, is free for it alone.
     *
     * @throws SaasException {@code tenant.name-taken}; a race is lost at the insert, with {@code record.duplicate}
     */
    static void hold(Transaction tx, String name, UUID holder, Instant now) {
        hold(tx, name, null, holder, now);
    }

    /**
     * The same in exchange for a name that the holder has.
     *
     * @param instead that name, which is free at once; null: none
     * @throws SaasException as {@link #hold(Transaction, String, UUID, Instant)}
     */
    static void hold(Transaction tx, String name, @Nullable String instead, UUID holder, Instant now) {
        Map<String, ReservedName> known = held(tx, name, instead);
        ReservedName there = known.get(name);
        if (there != null) {
            if (heldAgainst(there, holder, now)) {
                throw nameTaken(name);
            }
            tx.records(RecordTypes.RESERVED_NAMES).delete(there.id());
        }
        put(tx, name, known.get(instead), holder);
    }

    private static void put(Transaction tx, String name, @Nullable ReservedName instead, UUID holder) {
        Records<ReservedName> names = tx.records(RecordTypes.RESERVED_NAMES);
        if (instead != null && instead.holder().equals(holder)) {
            names.update(new ReservedName(instead.id(), name, holder, null));
        } else {
            names.insert(new ReservedName(0, name, holder, null));
        }
    }

    private static Map<String, ReservedName> held(Transaction tx, String name, @Nullable String another) {
        List<String> names = another == null ? List.of(name) : List.of(name, another);
        Map<String, ReservedName> known = new HashMap<>();
        tx.records(RecordTypes.RESERVED_NAMES)
                .list(Query.where(Filter.in(ReservedName.NAME, names)))
                .forEach(each -> known.put(each.name(), each));
        return known;
    }

    private static boolean heldAgainst(ReservedName name, @Nullable UUID wanting, Instant now) {
        Instant until = name.until();
        return until == null || (until.isAfter(now) && !name.holder().equals(wanting));
    }

    /**
     * Whether it is somebody's, or in quarantine that keeps it from this one.
     *
     * @param wanting null: one that is still to be made
     */
    static boolean taken(Transaction tx, String name, @Nullable UUID wanting, Instant now) {
        return held(tx, name).filter(each -> heldAgainst(each, wanting, now)).isPresent();
    }

    /** Until when the name that a tenant gives up stays held, so that nobody receives its visitors; null: it does not. */
    static @Nullable Instant quarantine(ControlPlane plane, Tenant tenant) {
        return tenant.planId() == null ? null : plane.now().plus(plane.nameRetention);
    }

    static Optional<ReservedName> held(Transaction tx, String name) {
        return tx.records(RecordTypes.RESERVED_NAMES).list(Query.where(Filter.equal(ReservedName.NAME, name))).stream()
                .findFirst();
    }

    /** Gives a name up, now or (with a time) later. */
    static void release(Transaction tx, String name, UUID holder, @Nullable Instant until) {
        Optional<ReservedName> known =
                held(tx, name).filter(each -> each.holder().equals(holder));
        if (known.isPresent() && until == null) {
            tx.records(RecordTypes.RESERVED_NAMES).delete(known.get().id());
        } else if (known.isPresent()) {
            tx.records(RecordTypes.RESERVED_NAMES)
                    .update(new ReservedName(known.get().id(), name, holder, until));
        }
    }

    static SaasException nameTaken(String name) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.TENANT_NAME_TAKEN,
                "Database \"" + name + "\" already exists; choose another name.",
                Map.of("name", name),
                false,
                null);
    }

    /**
     * Takes the next free name of a plan for good.
     *
     * @param instead as for {@link #hold(Transaction, String, String, UUID, Instant)}
     */
    static String holdNext(
            Transaction tx, Plan plan, Set<String> reserved, @Nullable String instead, UUID holder, Instant now) {
        if (!isNumbered(plan)) {
            String name = nextName(tx, plan, reserved);
            hold(tx, name, instead, holder, now);
            return name;
        }
        while (true) {
            String name = numbered(tx, plan);
            Map<String, ReservedName> known = held(tx, name, instead);
            if (!reserved.contains(name) && !known.containsKey(name)) {
                Texts.databaseName(name, reserved);
                put(tx, name, known.get(instead), holder);
                return name;
            }
        }
    }

    private static boolean isNumbered(Plan plan) {
        String template = plan.dbNameTemplate();
        return template != null && template.contains("%i");
    }

    /**
     * The next free name of a plan; each call gives another.
     *
     * @param reserved names that the server itself needs
     */
    static String nextName(Transaction tx, Plan plan, Set<String> reserved) {
        String template = plan.dbNameTemplate();
        if (template == null) {
            throw SaasException.conflict(
                    ErrorCodes.PLAN_NO_NAME_TEMPLATE,
                    "Plan \"" + plan.name() + "\" has no DB Names template: give a name for the database, or set one.");
        }
        if (!isNumbered(plan)) {
            return Texts.databaseName(template, reserved);
        }
        while (true) {
            String name = numbered(tx, plan);
            if (!reserved.contains(name) && held(tx, name).isEmpty()) {
                return Texts.databaseName(name, reserved);
            }
        }
    }

    private static String numbered(Transaction tx, Plan plan) {
        // Not in the language of the server, some of which have digits of their own.
        String number = String.format(Locale.ROOT, "%03d", tx.next(RecordTypes.TENANT_NUMBER));
        return Objects.requireNonNull(plan.dbNameTemplate()).replace("%i", number);
    }

    /**
     * Locks the customer, so that whoever else counts waits, and refuses one database too many.
     *
     * @param limit how many databases of the plan, or trials of it, a customer may have; 0: any number
     */
    static void checkLimit(Transaction tx, Plan plan, int limit, CustomerId customer, boolean trial) {
        Customer locked = lockCustomer(tx, customer);
        if (limit > 0 && tx.records(RecordTypes.TENANTS).count(counted(plan.id(), locked.id(), trial)) >= limit) {
            throw new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.PLAN_LIMIT_REACHED,
                    "Limit of " + (trial ? "trial " : "") + "databases for this plan is " + limit + " reached",
                    Map.of("limit", Integer.toString(limit), "plan", plan.name()),
                    false,
                    null);
        }
    }

    /** The databases that count against a customer's limit of a plan. */
    static Filter<Tenant> counted(PlanId plan, CustomerId customer, boolean trial) {
        return Filter.and(
                Filter.equal(Tenant.PLAN_ID, plan), Filter.equal(Tenant.CUSTOMER_ID, customer), Filter.equal(Tenant.TRIAL, trial), LIVE);
    }

    static Customer lockCustomer(Transaction tx, CustomerId customer) {
        return tx.records(RecordTypes.CUSTOMERS)
                .lock(customer.value())
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.CUSTOMERS, "Customer", customer.value()));
    }

    static Tenant lock(Transaction tx, long id) {
        return tx.records(RecordTypes.TENANTS)
                .lock(id)
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.TENANTS, "Client database", id));
    }

    /** @throws SaasException {@code tenant.state} */
    static void requireState(Tenant tenant, String wish, TenantState... allowed) {
        if (!List.of(allowed).contains(tenant.state())) {
            throw new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.TENANT_STATE,
                    "Database \"" + tenant.name() + "\" cannot be " + wish + ": it is " + describe(tenant.state())
                            + ".",
                    Map.of("name", tenant.name(), "state", tenant.state().name()),
                    false,
                    null);
        }
    }

    static String describe(TenantState state) {
        return switch (state) {
            case DRAFT -> "still being made";
            case OPEN -> "open";
            case SUSPENDED -> "suspended";
            case RETAINED, DELETED -> "deleted";
        };
    }
}
