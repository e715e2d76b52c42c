// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.host;

import dev.allotment.CustomDomain;
import dev.allotment.CustomDomains;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.record.PublicViews;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.rule.HostTemplates;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.hook.DomainVerifier;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Manages the custom domains of tenants. Each is reserved like a name, so that no tenant gets it as its own host. */
public final class CustomDomainUseCases extends RecordLookup<Long, CustomDomain> implements CustomDomains {
    private static final int MOST = 50;

    private final CoreContext context;
    private final @Nullable DomainVerifier domainVerifier;
    private final TenantHosts tenantHosts;
    private final Actor actor;
    private final TenantLookup tenants;

    public CustomDomainUseCases(
            CoreContext context, @Nullable DomainVerifier domainVerifier, TenantHosts tenantHosts, Actor actor) {
        super(context.work(), RecordTypes.CUSTOM_DOMAINS, "Custom domain");
        this.context = context;
        this.domainVerifier = domainVerifier;
        this.tenantHosts = tenantHosts;
        this.actor = actor;
        this.tenants = new TenantLookup(context.work(), actor);
    }

    @Override
    protected long number(Long id) {
        return id;
    }

    @Override
    protected Filter<CustomDomain> visible(Transaction tx) {
        User user = actor.user();
        if (user == null || actor.seesAll()) {
            return Filter.all();
        }
        return Filter.in(CustomDomain.TENANT_ID, TenantLookup.visibleIds(actor, tx));
    }

    @Override
    public CustomDomain add(TenantId id, String given) {
        String host = HostTemplates.normal(given);
        DomainVerifier verifier = verifier("add hosts to tenants");
        StoredTenant tenant = context.catalog().transact(tx -> {
            StoredTenant found = tenants.get(tx, id);
            check(tx, found, host);
            return found;
        });
        Optional<CustomDomain> known = context.catalog().transact(tx -> TenantDomains.find(tx, host));
        if (known.isPresent()) {
            return known.get();
        }
        if (verifier != null && !verifier.verify(PublicViews.tenant(Actor.HOST, tenant), host)) {
            throw notProven(host, verifier.instructions(PublicViews.tenant(Actor.HOST, tenant), host));
        }
        try {
            return context.catalog().transact(tx -> store(tx, id, host));
        } catch (SaasException e) {
            throw e.code().equals(ErrorCodes.RECORD_DUPLICATE) ? taken(host) : e;
        }
    }

    private CustomDomain store(Transaction tx, TenantId id, String host) {
        StoredTenant tenant = tenants.lock(tx, id);
        check(tx, tenant, host);
        Optional<CustomDomain> known = TenantDomains.find(tx, host);
        if (known.isPresent()) {
            return known.get();
        }
        if (tx.records(RecordTypes.CUSTOM_DOMAINS).count(Filter.equal(CustomDomain.TENANT_ID, id)) >= MOST) {
            throw SaasException.conflict(
                    ErrorCodes.DOMAIN_LIMIT_REACHED,
                    "Tenant \"" + tenant.name() + "\" has " + MOST + " custom domains already; remove one first.");
        }
        ReservedNames.reserve(tx, host, tenant.uuid(), context.now());
        context.events().add(tx, actor, EventType.TENANT_DOMAIN_ADDED, id, null, Map.of("host", host));
        return tx.records(RecordTypes.CUSTOM_DOMAINS)
                .insert(new CustomDomain(0, host, id, context.now(), actor.login()));
    }

    /** Null: an administrator vouches for the host. */
    private @Nullable DomainVerifier verifier(String what) {
        DomainVerifier verifier = domainVerifier;
        if (verifier == null) {
            actor.requireAdministrator(what);
        }
        return verifier;
    }

    /** Checks everything but whether the host is taken: the unique key of names decides that. */
    private void check(Transaction tx, StoredTenant tenant, String host) {
        TenantRows.requireState(tenant, "given another host", TenantState.OPEN, TenantState.SUSPENDED);
        if (!TextRules.isHost(host) || host.indexOf('.') < 0 || host.matches("(.*\\.)?[0-9]+")) {
            throw SaasException.invalid(
                    ErrorCodes.DOMAIN_HOST_INVALID,
                    "A host is two or more DNS labels (letters, digits, hyphens within) joined by dots, and no IP"
                            + " address; found " + TextRules.describe(host) + ".");
        }
        if (tenantHosts.isProviders(tx, host)) {
            throw SaasException.invalid(
                    ErrorCodes.DOMAIN_HOST_INVALID,
                    "The host " + host + " belongs to the provider; rename the tenant instead, or choose a domain of"
                            + " the customer's.");
        }
        if (tenantHosts.isBelowAnother(tx, host, tenant) || TenantHosts.isAtServer(tx, host)) {
            throw SaasException.invalid(
                    ErrorCodes.DOMAIN_HOST_INVALID,
                    "The host " + host + " is below the host of a tenant of another customer, or belongs to a database"
                            + " server; choose a domain of the customer's.");
        }
        boolean its = TenantDomains.find(tx, host)
                .filter(domain -> domain.tenantId().equals(tenant.id()))
                .isPresent();
        if (!its && ReservedNames.isTaken(tx, host, tenant.uuid(), context.now())) {
            throw taken(host);
        }
    }

    private static SaasException taken(String host) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.DOMAIN_HOST_TAKEN,
                "The host " + host + " belongs to a tenant, or did so a while ago; choose another.",
                Map.of("host", host),
                false,
                null);
    }

    private static SaasException notProven(String host, String instructions) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.DOMAIN_NOT_PROVEN,
                "There is no proof that the customer owns the host " + host + ". " + instructions,
                Map.of("host", host, "instructions", instructions),
                true,
                null);
    }

    @Override
    public void remove(long id) {
        verifier("remove hosts of tenants");
        context.catalog().transact(tx -> {
            CustomDomain domain = lock(tx, id);
            StoredTenant tenant = tenants.get(tx, domain.tenantId());
            ReservedNames.release(tx, domain.host(), tenant.uuid(), null);
            tx.records(RecordTypes.CUSTOM_DOMAINS).delete(id);
            context.events()
                    .add(tx, actor, EventType.TENANT_DOMAIN_REMOVED, tenant.id(), null, Map.of("host", domain.host()));
            return null;
        });
    }

    @Override
    public Optional<String> instructions(TenantId id, String host) {
        StoredTenant tenant = tenants.get(id);
        return Optional.ofNullable(domainVerifier)
                .map(verifier ->
                        verifier.instructions(PublicViews.tenant(Actor.HOST, tenant), HostTemplates.normal(host)));
    }
}
