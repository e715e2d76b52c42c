// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.identity;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.base.Throttle;
import dev.allotment.core.internal.record.TeamRows;
import dev.allotment.hook.TxtRecords;
import dev.allotment.identity.MailDomain;
import dev.allotment.identity.MailDomains;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredMailDomain;
import dev.allotment.spi.backend.Transaction;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the TXT records that prove mail domains. Thread-safe. */
final class MailDomainChecks {
    private static final Duration BETWEEN = Duration.ofDays(1);
    private static final int MOST_PER_RUN = 20;
    /** After which a run ends, since other maintenance waits for slow answers. */
    private static final Duration LONGEST_RUN = Duration.ofSeconds(15);
    /** How often the members of one customer can have the DNS asked in a minute. */
    private static final int MOST_PER_MINUTE = 10;

    private final CoreContext context;
    private final @Nullable TxtRecords records;
    private final Throttle throttle;
    private final FailureLog failures;

    MailDomainChecks(CoreContext context, @Nullable TxtRecords records) {
        this.context = context;
        this.records = records;
        this.throttle = new Throttle(context::tick, Duration.ofMinutes(1));
        this.failures = new FailureLog("dev.allotment.identity", context.node());
    }

    boolean admits(CustomerId customer) {
        return throttle.admits(customer.toString(), MOST_PER_MINUTE);
    }

    /** Asks the DNS, so it must not run within a transaction. */
    boolean isProven(StoredMailDomain domain) throws IOException {
        MailDomain shown = MailDomainUseCases.view(domain);
        return records().find(shown.recordName()).contains(shown.recordText());
    }

    private TxtRecords records() {
        if (records == null) {
            throw new SaasException(
                    ErrorCategory.UNSUPPORTED,
                    ErrorCodes.IDENTITY_UNAVAILABLE,
                    "This installation cannot read TXT records. That needs the module allotment-openid, or TxtRecords at"
                            + " the builder.",
                    Map.of(),
                    false,
                    null);
        }
        return records;
    }

    StoredMailDomain found(StoredMailDomain domain) {
        return domain.found(context.now(), context.now().plus(BETWEEN));
    }

    /**
     * Checks domains that were verified. A run ends if the DNS does not answer or is slow: other maintenance waits.
     */
    int check(Actor actor) {
        long start = context.tick();
        int checked = 0;
        while (records != null && checked < MOST_PER_RUN && context.tick() - start < LONGEST_RUN.toNanos()) {
            Optional<StoredMailDomain> due = context.catalog().transact(this::claim);
            if (due.isEmpty() || !check(actor, due.get())) {
                break;
            }
            checked++;
        }
        return checked;
    }

    /**
     * Puts the check off before it is made, so that no other node makes it, too. A check that is further away than one
     * can be was set by a clock that was wrong.
     */
    private Optional<StoredMailDomain> claim(Transaction tx) {
        Instant now = context.now();
        Instant latest = now.plus(BETWEEN.multipliedBy(2));
        return tx
                .records(RecordTypes.MAIL_DOMAINS)
                .list(Query.where(Filter.or(
                                Filter.compare(StoredMailDomain.NEXT_CHECK_AT, Filter.Operator.LESS_OR_EQUAL, now),
                                Filter.compare(StoredMailDomain.NEXT_CHECK_AT, Filter.Operator.GREATER, latest)))
                        .orderBy(StoredMailDomain.NEXT_CHECK_AT)
                        .page(0, 1))
                .stream()
                .findFirst()
                .flatMap(each -> tx.records(RecordTypes.MAIL_DOMAINS).lock(each.id()))
                .filter(each -> each.nextCheckAt() != null
                        && (!each.nextCheckAt().isAfter(now)
                                || each.nextCheckAt().isAfter(latest)))
                .map(each -> {
                    StoredMailDomain claimed = each.checkedAgainAt(now.plus(BETWEEN));
                    tx.records(RecordTypes.MAIL_DOMAINS).update(claimed);
                    return claimed;
                });
    }

    private boolean check(Actor actor, StoredMailDomain domain) {
        boolean proven;
        try {
            proven = isProven(domain);
        } catch (IOException e) {
            failures.warn("Mail domain " + domain.id() + " could not be checked. It stays verified", e);
            return false;
        }
        context.catalog().transact(tx -> {
            tx.records(RecordTypes.MAIL_DOMAINS)
                    .lock(domain.id())
                    .filter(each -> each.verifiedName() != null)
                    .ifPresent(each -> note(tx, actor, each, proven));
            return null;
        });
        return true;
    }

    private void note(Transaction tx, Actor actor, StoredMailDomain domain, boolean proven) {
        Instant now = context.now();
        StoredMailDomain checked = proven ? found(domain) : domain.missed(now);
        Instant since = checked.missingSince();
        if (since != null
                && checked.missed() >= MailDomains.LAPSE_CHECKS
                && !now.isBefore(since.plus(MailDomains.LAPSE_AFTER))) {
            checked = checked.lapsed();
            TeamRows.record(
                    context,
                    tx,
                    actor,
                    EventType.IDENTITY_DOMAIN_LAPSED,
                    domain.customerId(),
                    Map.of("mailDomain", Long.toString(domain.id())));
        }
        tx.records(RecordTypes.MAIL_DOMAINS).update(checked);
    }
}
