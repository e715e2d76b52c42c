// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.identity;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Permission;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.record.TeamRows;
import dev.allotment.core.internal.rule.MailRules;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.core.internal.team.Manager;
import dev.allotment.identity.MailDomain;
import dev.allotment.identity.MailDomains;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredMailDomain;
import dev.allotment.spi.backend.Transaction;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Manages the mail domains of the customer that the actor acts for. */
final class MailDomainUseCases implements MailDomains {
    private final CoreContext context;
    private final MailDomainChecks checks;
    private final Actor actor;

    MailDomainUseCases(CoreContext context, MailDomainChecks checks, Actor actor) {
        this.context = context;
        this.checks = checks;
        this.actor = actor;
    }

    @Override
    public List<MailDomain> list() {
        if (actor.limited()) {
            throw actor.refused("see the mail domains: your role applies to some tenants");
        }
        Query<StoredMailDomain> all = Query.where(Filter.equal(StoredMailDomain.CUSTOMER_ID, Manager.customer(actor)))
                .orderBy(StoredMailDomain.NAME);
        return context
                .catalog()
                .transact(tx -> tx.records(RecordTypes.MAIL_DOMAINS).list(all))
                .stream()
                .map(MailDomainUseCases::view)
                .toList();
    }

    static MailDomain view(StoredMailDomain row) {
        return new MailDomain(
                row.id(),
                row.customerId(),
                row.name(),
                row.token(),
                row.verifiedAt(),
                row.missingSince(),
                row.createdAt());
    }

    @Override
    public MailDomain add(String given) {
        String text = given.strip();
        String name = MailRules.domain(text.endsWith(".") ? text.substring(0, text.length() - 1) : text)
                .orElseThrow(() -> SaasException.invalid(
                        ErrorCodes.IDENTITY_INVALID,
                        "A mail domain is what is behind the @ of an email address, such as example.com; found "
                                + TextRules.describe(given)
                                + ". If it has characters beyond ASCII, enter the form that starts with xn--."));
        if (PublicMailDomains.contains(name)) {
            throw SaasException.invalid(
                    ErrorCodes.IDENTITY_DOMAIN_PUBLIC,
                    "The mail domain " + name + " gives addresses to everyone. Add a domain whose addresses only your"
                            + " organisation gives.");
        }
        String token = context.secrets().next();
        return context.work().transact(tx -> {
            CustomerId customer = manage(tx);
            Records<StoredMailDomain> domains = tx.records(RecordTypes.MAIL_DOMAINS);
            Filter<StoredMailDomain> own = Filter.equal(StoredMailDomain.CUSTOMER_ID, customer);
            Optional<StoredMailDomain> known =
                    domains.list(Query.where(Filter.and(own, Filter.equal(StoredMailDomain.NAME, name)))).stream()
                            .findFirst();
            if (known.isEmpty() && domains.count(own) >= MAX_DOMAINS) {
                throw SaasException.conflict(
                        ErrorCodes.IDENTITY_LIMIT_REACHED,
                        "The customer has " + MAX_DOMAINS + " mail domains, which is the limit. Remove one.");
            }
            return view(known.orElseGet(() -> domains.insert(
                    new StoredMailDomain(0, customer, name, token, null, null, 0, null, null, context.now()))));
        });
    }

    /** Locks the customer, and reads the rights of the actor after that. */
    private CustomerId manage(Transaction tx) {
        Manager manager = Manager.lock(tx, actor, Permission.MANAGE_TEAM);
        manager.requireWhole();
        return manager.customer();
    }

    private StoredMailDomain lock(Transaction tx, long id) {
        CustomerId customer = manage(tx);
        return tx.records(RecordTypes.MAIL_DOMAINS)
                .lock(id)
                .filter(each -> each.customerId().equals(customer))
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.MAIL_DOMAINS, "Mail domain", id));
    }

    @Override
    public MailDomain verify(long id) {
        StoredMailDomain domain = context.work().transact(tx -> lock(tx, id));
        if (!checks.admits(domain.customerId())) {
            throw unchecked(domain, "it was asked too often in the last minute", null);
        }
        try {
            if (!checks.isProven(domain)) {
                throw unproven(domain);
            }
        } catch (IOException e) {
            throw unchecked(domain, "the DNS has not answered", e);
        }
        try {
            return context.work().transact(tx -> {
                StoredMailDomain present = lock(tx, id);
                StoredMailDomain found = checks.found(present);
                tx.records(RecordTypes.MAIL_DOMAINS).update(found);
                if (present.verifiedName() == null) {
                    record(tx, EventType.IDENTITY_DOMAIN_VERIFIED, found);
                }
                return view(found);
            });
        } catch (SaasException e) {
            throw e.code().equals(ErrorCodes.RECORD_DUPLICATE) ? taken(domain) : e;
        }
    }

    private static SaasException unproven(StoredMailDomain domain) {
        MailDomain shown = view(domain);
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.IDENTITY_DOMAIN_UNPROVEN,
                "There is no TXT record " + shown.recordName() + " with the text " + shown.recordText()
                        + ". Publish it, and wait until it is visible, which can take some hours.",
                Map.of("name", shown.recordName(), "text", shown.recordText()),
                true,
                null);
    }

    private static SaasException unchecked(StoredMailDomain domain, String why, @Nullable IOException cause) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.IDENTITY_DOMAIN_UNCHECKED,
                "The TXT record of " + domain.name() + " could not be checked: " + why + ". Try again later.",
                Map.of("domain", domain.name()),
                true,
                cause);
    }

    private static SaasException taken(StoredMailDomain domain) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.IDENTITY_DOMAIN_TAKEN,
                "The mail domain " + domain.name() + " is a verified one of another customer. If it should not be,"
                        + " remove the TXT record with the other text: then it lapses after a week.",
                Map.of("domain", domain.name()),
                false,
                null);
    }

    @Override
    public void remove(long id) {
        context.work().transact(tx -> {
            StoredMailDomain domain = lock(tx, id);
            tx.records(RecordTypes.MAIL_DOMAINS).delete(id);
            record(tx, EventType.IDENTITY_DOMAIN_REMOVED, domain);
            return null;
        });
    }

    private void record(Transaction tx, EventType type, StoredMailDomain domain) {
        TeamRows.record(
                context, tx, actor, type, domain.customerId(), Map.of("mailDomain", Long.toString(domain.id())));
    }
}
