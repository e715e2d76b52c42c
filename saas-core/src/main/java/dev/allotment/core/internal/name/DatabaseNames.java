// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.name;

import dev.allotment.ErrorCodes;
import dev.allotment.Plan;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.server.RequiredLabels;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.ReservedName;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The names that tenant databases may have: which are valid, which a database server refuses, and which one a plan
 * gives next.
 */
public final class DatabaseNames {
    private static final int MAX_LENGTH = 63;

    /** What some backend needs for itself. All refuse it, since a tenant may move to a server of another backend. */
    private static final Set<String> NEVER = Set.of("postgres", "template0", "template1");

    private final CoreContext context;
    private final DatabaseServers servers;
    private final NameCoolDown coolDown;

    public DatabaseNames(CoreContext context, DatabaseServers servers, Duration retention) {
        this.context = context;
        this.servers = servers;
        this.coolDown = new NameCoolDown(context, retention);
    }

    /** How long a name stays reserved. */
    public NameCoolDown coolDown() {
        return coolDown;
    }

    /** The names that no tenant can have on this server. */
    public Set<String> refusedOn(Transaction tx, ServerId server) {
        Set<String> refused =
                new HashSet<>(servers.registry().databases(tx, server).reservedNames());
        refused.add(context.mainDatabase());
        refused.addAll(NEVER);
        return refused;
    }

    /**
     * The names that no tenant of a plan can have on the server where it would be placed now.
     *
     * @throws SaasException {@code server.none}, {@code server.labels-missing}
     */
    public Set<String> refusedBy(Actor actor, Transaction tx, Plan plan) {
        return refusedOn(
                tx,
                servers.placement()
                        .ranked(tx, plan.serverId(), RequiredLabels.of(actor, plan))
                        .get(0)
                        .id());
    }

    /**
     * Refuses what cannot be the name of a database.
     *
     * @param reserved names that the server itself needs
     */
    public static String check(String name, Set<String> reserved) {
        if (name.length() > MAX_LENGTH || !TextRules.isLabels(name)) {
            throw SaasException.invalid(
                    ErrorCodes.TENANT_NAME_INVALID,
                    "A database name is one or more DNS labels in lower case (letters, digits, hyphens within) joined"
                            + " by dots, 63 bytes at most; found " + TextRules.describe(name) + "."
                            + (name.indexOf('_') < 0
                                    ? ""
                                    : " The name is also the host of the database, so use a hyphen instead of _."));
        }
        if (reserved.contains(name)) {
            throw SaasException.invalid(
                    ErrorCodes.TENANT_NAME_INVALID,
                    "The name \"" + name
                            + "\" is used by the database server or the control plane itself; choose another.");
        }
        return name;
    }

    /**
     * Reserves the next free name of a plan.
     *
     * @param instead as for {@link ReservedNames#reserve(Transaction, String, String, UUID, Instant)}
     */
    public static String reserveNext(
            Transaction tx, Plan plan, Set<String> refused, @Nullable String instead, UUID holder, Instant now) {
        if (!isNumbered(plan)) {
            String name = next(tx, plan, refused);
            ReservedNames.reserve(tx, name, instead, holder, now);
            return name;
        }
        while (true) {
            String name = numbered(tx, plan);
            Map<String, ReservedName> known = ReservedNames.find(tx, name, instead);
            if (!refused.contains(name) && !known.containsKey(name)) {
                check(name, refused);
                ReservedNames.put(tx, name, known.get(instead), holder);
                return name;
            }
        }
    }

    /**
     * Finds the next free name of a plan; each call returns another.
     *
     * @param refused names that the server itself needs
     */
    public static String next(Transaction tx, Plan plan, Set<String> refused) {
        String template = plan.dbNameTemplate();
        if (template == null) {
            throw SaasException.conflict(
                    ErrorCodes.PLAN_NO_NAME_TEMPLATE,
                    "Plan \"" + plan.name() + "\" has no DB Names template: give a name for the database, or set one.");
        }
        if (!isNumbered(plan)) {
            return check(template, refused);
        }
        while (true) {
            String name = numbered(tx, plan);
            if (!refused.contains(name) && ReservedNames.find(tx, name).isEmpty()) {
                return check(name, refused);
            }
        }
    }

    private static boolean isNumbered(Plan plan) {
        String template = plan.dbNameTemplate();
        return template != null && template.contains("%i");
    }

    private static String numbered(Transaction tx, Plan plan) {
        // In ASCII digits: some locales have others.
        String number = String.format(Locale.ROOT, "%03d", tx.next(RecordTypes.TENANT_NUMBER));
        return Objects.requireNonNull(plan.dbNameTemplate()).replace("%i", number);
    }
}
