// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.OperationKind;
import dev.allotment.Plan;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.Door;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.InputCodec;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.plan.CustomerDatabaseLimit;
import dev.allotment.core.internal.plan.PlanVersions;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.rule.LabelRules;
import dev.allotment.core.internal.server.RequiredLabels;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The transaction that reserves a new tenant: the owner, the place under the limit of the customer, the server and the
 * name, which all origins take in this order.
 */
record Reservation(CreationTools tools, Actor actor, Transaction tx) {
    static final InputCodec<Input> INPUT = InputCodec.of(Input.class);

    /**
     * A tenant that has its name already.
     *
     * @param owner null: the tenant has none, or it is not read yet
     * @param origin what it is made from; null: it is adopted
     * @param input of its operation, in addition to the origin
     * @param claims whether its database is a spare, which cannot be claimed without the reservation
     */
    record Draft(
            StoredTenant tenant,
            @Nullable User owner,
            @Nullable Origin origin,
            Map<String, String> input,
            boolean claims) {}

    /**
     * What is stored in addition to the origin.
     *
     * @param generatedName whether the name was generated, so that the next one can be taken
     * @param customer that the tenant is made for, also after the creation has failed; null: none
     */
    record Input(boolean generatedName, @Nullable CustomerId customer) {}

    /**
     * On what terms a tenant is made.
     *
     * @param like the tenant whose terms it shares; null: those of its plan
     * @param name as requested; null: the next one of the plan
     */
    record Terms(
            @Nullable StoredTenant like,
            @Nullable Plan plan,
            @Nullable User owner,
            @Nullable CustomerId customer,
            boolean trial,
            Map<String, String> attributes,
            @Nullable String name) {
        /** @param customer null: that of the owner */
        static Terms on(
                @Nullable Plan plan,
                @Nullable User owner,
                @Nullable CustomerId customer,
                boolean trial,
                @Nullable String name) {
            CustomerId belongsTo = customer == null && owner != null ? owner.customerId() : customer;
            return new Terms(null, plan, owner, belongsTo, trial, Map.of(), name);
        }

        Terms with(Map<String, String> own) {
            return new Terms(like, plan, owner, customer, trial, own, name);
        }

        private int limit(Transaction tx) {
            return like != null
                    ? CustomerDatabaseLimit.of(tx, like, trial)
                    : plan == null ? 0 : CustomerDatabaseLimit.of(plan, trial);
        }
    }

    StoredTenant lock(TenantId id) {
        return new TenantLookup(tools.context().work(), actor).lock(tx, id);
    }

    /**
     * The terms of another tenant, which is locked, for another customer or the same. While it is moved to another
     * plan, it is on the new plan already, but still has the limits and entitlements of the old one.
     *
     * @throws SaasException {@code tenant.busy} if it is being moved to another plan
     */
    Terms like(StoredTenant source, @Nullable CustomerId customer, @Nullable String name) {
        OperationLeases.requireNone(tx, source.id(), OperationKind.SWITCH_PLAN);
        Plan plan = source.planId() == null ? null : PlanVersions.plan(tx, source.planId());
        return new Terms(source, plan, null, customer, source.trial(), source.attributes(), name);
    }

    /** Locks the owner; null: the caller. The stored tenant then keeps the owner from being deleted. */
    User owner(@Nullable UserId wanted) {
        return ownerLater(wanted).get();
    }

    /** As {@link #owner}, for a caller that reads more together with the owner. */
    Supplier<User> ownerLater(@Nullable UserId wanted) {
        User acting = actor.user();
        UserId chosen = wanted != null || acting == null ? wanted : acting.id();
        if (chosen == null) {
            throw SaasException.invalid(ErrorCodes.ACCOUNT_INVALID, "A tenant on a plan needs an owner: name one.");
        }
        long id = chosen.value();
        Supplier<Optional<User>> locked = tx.records(RecordTypes.USERS).lockSharedLater(id);
        return () -> requireActive(locked.get().orElseThrow(() -> RecordLookup.missing(RecordTypes.USERS, "User", id)));
    }

    private static User requireActive(User owner) {
        if (!owner.active()) {
            throw SaasException.conflict(
                    ErrorCodes.ACCOUNT_INVALID, "User " + owner.id() + " is not active, so it cannot own a tenant.");
        }
        return owner;
    }

    /** Takes a place under the limit of the customer; returns what the server must have. */
    RequiredLabels admit(Terms terms) {
        Customer customer =
                CustomerDatabaseLimit.checkOrLock(tx, terms.plan(), terms.limit(tx), terms.customer(), terms.trial());
        // The customer is locked, so a member that is removed at the same time cannot keep a tenant.
        Door.requireStillIn(tx, actor);
        return RequiredLabels.of(actor, terms.plan(), customer, terms.attributes());
    }

    /**
     * Takes that place, and chooses the server.
     *
     * @param wanted the only acceptable server; null: any
     */
    ServerId place(Terms terms, @Nullable ServerId wanted) {
        return tools.placement().choose(tx, wanted, admit(terms));
    }

    /** Reserves the name for a tenant with a new identity. */
    StoredTenant.Builder reserve(Terms terms, ServerId server) {
        return reserve(terms, server, tools.context().secrets().uuid(), null);
    }

    /** @param instead the name that the tenant's database has now, and gives up; null: none */
    StoredTenant.Builder reserve(Terms terms, ServerId server, UUID uuid, @Nullable String instead) {
        Set<String> reserved = tools.names().refusedOn(tx, server);
        Instant now = tools.context().now();
        if (terms.name() != null) {
            String name = DatabaseNames.check(terms.name(), reserved);
            ReservedNames.reserve(tx, name, instead, uuid, now);
            return tenant(terms, server, uuid, name);
        }
        if (terms.plan() == null) {
            throw SaasException.invalid(
                    ErrorCodes.TENANT_NAME_INVALID, "A database outside any plan needs a name: give one.");
        }
        return tenant(terms, server, uuid, DatabaseNames.reserveNext(tx, terms.plan(), reserved, instead, uuid, now));
    }

    /** A tenant whose name is reserved. */
    StoredTenant.Builder tenant(Terms terms, ServerId server, UUID uuid, String name) {
        if (terms.like() != null) {
            return like(terms.like(), uuid, name, server).customerId(terms.customer());
        }
        StoredTenant.Builder tenant = StoredTenant.builder(uuid, name, server)
                .customerId(terms.customer())
                .ownerId(terms.owner() == null ? null : terms.owner().id())
                .trial(terms.trial())
                .createdAt(tools.context().now())
                .attributes(terms.attributes());
        if (terms.plan() != null) {
            PlanVersions.apply(tenant, terms.plan());
        }
        return tenant;
    }

    /** What a tenant does not share with the one that it is made from. */
    private StoredTenant.Builder like(StoredTenant source, UUID uuid, String name, ServerId server) {
        return source.toBuilder()
                .id(new TenantId(0))
                .uuid(uuid)
                .name(name)
                .serverId(server)
                .state(TenantState.DRAFT)
                .createdAt(tools.context().now())
                .deletedAt(null)
                .retainedUntil(null)
                .suspendedFor(List.of())
                .attributes(LabelRules.requiring(source.attributes()))
                .previewOf(null)
                .backupSizeBytes(0)
                .notifiedFor(null)
                .syncedAt(null)
                .nextSyncAt(null);
    }

    /**
     * Reserves the name for a copy.
     *
     * @param hours after which it expires; null: it expires with its source
     * @param latest when it must expire at the latest; empty: at any time
     */
    StoredTenant.Builder reserve(
            Terms terms, ServerId server, @Nullable Integer hours, boolean preview, Optional<Instant> latest) {
        int min = preview ? 1 : 0;
        int max = preview ? DuplicateTenant.MAX_PREVIEW_HOURS : PlanVersions.MAX_HOURS;
        if (hours == null ? preview : hours < min || hours > max) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID,
                    "A " + (preview ? "preview " : "") + "copy must expire in " + min + " to " + max + " hours, found "
                            + (hours == null ? "no number" : hours) + ".");
        }
        StoredTenant source = Objects.requireNonNull(terms.like());
        Instant now = tools.context().now();
        if (hours != null && latest.isPresent() && !now.isBefore(latest.get())) {
            throw SaasException.conflict(
                    ErrorCodes.TENANT_STATE,
                    "Tenant " + source.name() + " has expired, so it has no time left for a copy. Extend it first.");
        }
        StoredTenant.Builder copy = reserve(terms, server).previewOf(preview ? source.id() : null);
        if (hours != null) {
            Instant wanted = now.plus(Duration.ofHours(hours));
            copy.expiresAt(latest.filter(wanted::isAfter).orElse(wanted));
        }
        return copy;
    }

    /** @param own the input that only this kind of operation has */
    static Draft draft(
            Terms terms,
            StoredTenant.Builder tenant,
            @Nullable Origin origin,
            Map<String, String> own,
            boolean claims) {
        StoredTenant built = tenant.build();
        Map<String, String> input = new HashMap<>(own);
        input.putAll(INPUT.write(new Input(terms.name() == null, built.customerId())));
        return new Draft(built, terms.owner(), origin, input, claims);
    }
}
