// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.SelfService;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds out whose things they are, and then does with all rights what the administrator's use cases do. */
final class SelfServiceUseCases implements SelfService {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9](?:[a-z0-9-]{1,61})[a-z0-9]");

    /**
     * RFC 2142, hosts that programs look for by themselves, and hosts where people expect the provider and give their passwords
     * away: whoever has one could be taken for the provider.
     */
    private static final Set<String> TRUSTED = Set.of(
            "abuse",
            "account",
            "accounts",
            "admin",
            "administrator",
            "admins",
            "api",
            "assets",
            "auth",
            "authorize",
            "autoconfig",
            "autodiscover",
            "backup",
            "billing",
            "broadcasthost",
            "cdn",
            "cpanel",
            "dashboard",
            "database",
            "dns",
            "docs",
            "email",
            "ftp",
            "health",
            "help",
            "helpdesk",
            "hostmaster",
            "identity",
            "imap",
            "imaps",
            "info",
            "internal",
            "invoice",
            "invoices",
            "isatap",
            "legal",
            "localdomain",
            "localhost",
            "login",
            "logout",
            "mail",
            "manage",
            "manager",
            "metrics",
            "monitor",
            "monitoring",
            "mta-sts",
            "no-reply",
            "noc",
            "noreply",
            "ns1",
            "ns2",
            "ns3",
            "ns4",
            "oauth",
            "oauth2",
            "official",
            "openid",
            "operator",
            "pay",
            "payment",
            "payments",
            "pop",
            "pop3",
            "pops",
            "portal",
            "postmaster",
            "privacy",
            "proxy",
            "register",
            "registration",
            "remote",
            "reset",
            "root",
            "saas",
            "secure",
            "security",
            "session",
            "sign-in",
            "sign-up",
            "signin",
            "signup",
            "smtp",
            "smtps",
            "ssl",
            "ssladmin",
            "sso",
            "staff",
            "staging",
            "static",
            "status",
            "support",
            "sysadmin",
            "system",
            "token",
            "trust",
            "update",
            "updates",
            "verify",
            "vpn",
            "web",
            "webmail",
            "webmaster",
            "wpad",
            "www");

    private final ControlPlane plane;
    private final User user;
    private final TenantUseCases tenants;

    SelfServiceUseCases(ControlPlane plane, Actor actor) {
        User acting = actor.user();
        if (acting == null) {
            throw actor.refused("serve yourself: you are the host, not a user");
        }
        this.plane = plane;
        this.user = acting;
        this.tenants = new TenantUseCases(plane, actor.servingItself());
    }

    @Override
    public List<Plan> offers() {
        Query<Plan> published = Query.where(Filter.equal(Plan.PUBLISHED, true)).orderBy(Plan.SEQUENCE);
        return plane.catalog.transact(tx -> tx.records(RecordTypes.PLANS).list(published));
    }

    @Override
    public void checkName(PlanId id, String label) {
        plane.catalog.transact(tx -> {
            Plan plan = offer(tx, id);
            String name =
                    Texts.databaseName(named(plan.dbNameTemplate(), label), TenantRules.reservedNames(plane, tx, plan));
            if (TenantRules.taken(tx, name, null, plane.now())) {
                throw TenantRules.nameTaken(name);
            }
            return null;
        });
    }

    @Override
    public Operation start(PlanId id, @Nullable String label, @Nullable String idempotencyKey) {
        Plan plan = plane.catalog.transact(tx -> offer(tx, id));
        return tenants.later(CreateTenant.onPlan(plan)
                .name(label == null ? null : named(plan.dbNameTemplate(), label))
                .owner(user)
                .trial(plan.trialHours() > 0)
                .idempotencyKey(idempotencyKey).build());
    }

    @Override
    public Operation operation(OperationId id) {
        return plane.catalog.transact(tx -> tx.records(RecordTypes.OPERATIONS)
                .find(id.value())
                .filter(operation -> concernsOwn(tx, operation))
                // An administrator may have begun it, and what it asks for may be hidden from the owner.
                .map(operation -> Sagas.withoutSecrets(operation).build())
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.OPERATIONS, "Operation", id.value())));
    }

    /** A tenant that could not be made is gone; then whoever asked for it may see why. */
    private boolean concernsOwn(Transaction tx, Operation operation) {
        TenantId tenant = operation.tenantId();
        return tenant != null
                && tx.records(RecordTypes.TENANTS)
                        .find(tenant.value())
                        .map(this::owns)
                        .orElseGet(() -> RecordTypes.OPERATIONS.matches(operation, OperationUseCases.begunBy(user)));
    }

    @Override
    public Tenant rename(TenantId id, String label) {
        Tenant own = own(id);
        return tenants.rename(id, named(own.name(), label));
    }

    @Override
    public Tenant delete(TenantId id) {
        return tenants.delete(own(id).id());
    }

    private Tenant own(TenantId id) {
        return tenants.find(id).filter(this::owns).orElseThrow(() -> tenants.missing(id));
    }

    private boolean owns(Tenant tenant) {
        return Objects.equals(tenant.ownerId(), user.id());
    }

    private static Plan offer(Transaction tx, PlanId id) {
        return tx.records(RecordTypes.PLANS)
                .find(id.value())
                .filter(Plan::published)
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.PLANS, "Plan", id.value()));
    }

    /** The label, and what follows the first dot of an example; nothing where there is none. */
    private static String named(@Nullable String example, String label) {
        if (!LABEL.matcher(label).matches() || TRUSTED.contains(label)) {
            throw SaasException.invalid(
                    ErrorCodes.TENANT_NAME_INVALID,
                    "A name has 3 to 63 lower case letters, digits and hyphens, begins and ends with a letter or digit,"
                            + " and is not one that the provider needs, such as \"www\"; found "
                            + Texts.describe(label) + ".");
        }
        return example == null || example.indexOf('.') < 0 ? label : label + example.substring(example.indexOf('.'));
    }
}
