// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.change;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.PlanVersion;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.parameter.MainParameters;
import dev.allotment.core.internal.plan.PlanVersions;
import dev.allotment.core.internal.rule.LimitNumbers;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Computes when to notify the owner that a tenant will expire, when to suspend the tenant, and when to delete it. A
 * pure function of the tenant, its plan, its payment state and the parameters, so only the time of the next check has
 * to be stored.
 *
 * @param noticeAt when the owner is notified of the coming expiry; null: not, or already done
 * @param endsAt when the tenant expires, after which no notice is sent; null: never
 * @param suspendAt when it is suspended because it has expired; null: never
 * @param deleteAt when it is deleted; null: never
 * @param payment what follows from its payment state; it is never deleted because of it
 */
public record SuspensionSchedule(
        @Nullable Instant noticeAt,
        @Nullable Instant endsAt,
        @Nullable Instant suspendAt,
        @Nullable Instant deleteAt,
        PaymentSchedule payment) {
    /** The causes of a suspension. */
    public static final String MANUAL = "manual";

    public static final String EXPIRED = "expired";
    public static final String STORAGE = "storage";
    public static final String UNPAID = "unpaid";

    /** The causes that the catalog alone decides on, so that a check sets and removes them. */
    public static final List<String> CHECKED = List.of(EXPIRED, STORAGE, UNPAID);

    /** It has the previous state of a tenant that has swapped databases with it, and is deleted when it expires. */
    public static final String SWAPPED = "swapped";

    /** Its database does not exist. Only a repair sets and removes this cause. */
    public static final String MISSING = "missing";

    private static final Duration SYNC_EVERY = Duration.ofHours(6);
    /** Later than a creation takes, and not at the same time as many others. */
    private static final Duration FIRST_SYNC_AFTER = Duration.ofMinutes(1);

    /** A hundred years before the latest time that databases store: nothing is scheduled later. */
    public static final int MAX_DAYS = 36_500;

    private static final Instant BEGIN = Instant.parse("0001-01-01T00:00:00Z");
    /** An event later than databases can store never happens. */
    private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

    public static SuspensionSchedule of(Transaction tx, StoredTenant tenant) {
        if (tenant.state() != TenantState.OPEN && tenant.state() != TenantState.SUSPENDED) {
            return new SuspensionSchedule(null, null, null, null, PaymentSchedule.NOTHING);
        }
        Instant expiresAt = tenant.expiresAt();
        PaymentSchedule payment = PaymentSchedule.of(tx, tenant);
        if (expiresAt == null) {
            return new SuspensionSchedule(null, null, null, null, payment);
        }
        if (tenant.previewOf() != null) {
            return new SuspensionSchedule(null, expiresAt, null, expiresAt, payment);
        }
        int noticeDays = days(tx, Parameter.NOTIFY_IN_ADVANCE);
        int deleteDays = days(tx, MainParameters.DELETE_TRIALS_AFTER);
        boolean notified = expiresAt.equals(tenant.notifiedFor());
        boolean blocks = tenant.trial() || tenant.blockOnExpiration();
        return new SuspensionSchedule(
                noticeDays == 0 || notified ? null : expiresAt.minus(Duration.ofDays(noticeDays)),
                expiresAt,
                blocks ? expiresAt.plus(Duration.ofDays(grace(tx, tenant))) : null,
                deletion(tenant, expiresAt, deleteDays),
                payment);
    }

    private static @Nullable Instant deletion(StoredTenant tenant, Instant expiresAt, int deleteDays) {
        if (tenant.suspendedFor().contains(SWAPPED)) {
            return expiresAt;
        }
        return tenant.trial() && deleteDays > 0 ? expiresAt.plus(Duration.ofDays(deleteDays)) : null;
    }

    /** Days between expiry and suspension; a trial has none. */
    private static int grace(Transaction tx, StoredTenant tenant) {
        return tenant.trial()
                ? 0
                : PlanVersions.of(tx, tenant).map(PlanVersion::graceDays).orElse(0);
    }

    private static int days(Transaction tx, String parameter) {
        int days = MainParameters.value(tx, parameter).map(LimitNumbers::limit).orElse(0);
        return Math.min(days, MAX_DAYS);
    }

    /**
     * Returns the time at which a tenant may expire, in its stored precision.
     *
     * @throws SaasException {@code configuration.invalid}
     */
    public static @Nullable Instant expiry(@Nullable Instant wanted) {
        if (wanted != null && (wanted.isBefore(BEGIN) || !wanted.isBefore(END))) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID,
                    "A tenant must expire in the years 1 to 9999, or never; found " + wanted + ".");
        }
        return wanted == null ? null : wanted.truncatedTo(ChronoUnit.MICROS);
    }

    public boolean expired(Instant now) {
        return suspendAt != null && !now.isBefore(suspendAt);
    }

    public boolean noticeDue(Instant now) {
        return noticeAt != null && endsAt != null && !now.isBefore(noticeAt) && now.isBefore(endsAt);
    }

    public boolean deletionDue(Instant now) {
        return deleteAt != null && !now.isBefore(deleteAt);
    }

    /** When something happens next, after everything that is due now was done. */
    @Nullable
    Instant next(Instant now) {
        return Stream.concat(Stream.of(noticeAt, suspendAt, deleteAt).filter(Objects::nonNull), payment.times())
                .map(Objects::requireNonNull)
                .filter(each -> each.isAfter(now) && each.isBefore(END))
                .min(Instant::compareTo)
                .orElse(null);
    }

    /** Why a tenant must be suspended now; some of {@link #CHECKED}. */
    public static Set<String> causes(Transaction tx, StoredTenant tenant, Instant now) {
        return of(tx, tenant).causes(tenant, now);
    }

    public Set<String> causes(StoredTenant tenant, Instant now) {
        Set<String> causes = new HashSet<>();
        if (expired(now)) {
            causes.add(EXPIRED);
        }
        if (tenant.storageExceeded() && tenant.blockOnStorageExceed()) {
            causes.add(STORAGE);
        }
        if (payment.unpaid(now)) {
            causes.add(UNPAID);
        }
        return causes;
    }

    /** The tenant, with the times of its next check and reading; an overdue schedule counts as now. */
    public static StoredTenant scheduled(Transaction tx, StoredTenant tenant, Instant now) {
        SuspensionSchedule schedule = of(tx, tenant);
        Set<String> present = new HashSet<>(tenant.suspendedFor());
        present.retainAll(CHECKED);
        boolean due = schedule.noticeDue(now)
                || schedule.deletionDue(now)
                || schedule.payment().noticeDay(now) != null
                || !schedule.causes(tenant, now).equals(present);
        return tenant.toBuilder()
                .nextCheckAt(due ? now : schedule.next(now))
                .nextSyncAt(nextSync(tenant))
                .build();
    }

    /** Suspended tenants are read as well: their size may be the cause. */
    private static @Nullable Instant nextSync(StoredTenant tenant) {
        if (tenant.state() != TenantState.OPEN && tenant.state() != TenantState.SUSPENDED) {
            return null;
        }
        Instant last = tenant.syncedAt();
        return last == null ? tenant.createdAt().plus(FIRST_SYNC_AFTER) : last.plus(SYNC_EVERY);
    }

    /** Tenants whose reading is due, longest due first, except those on some servers. */
    public static Query<StoredTenant> unread(Instant now, List<ServerId> except) {
        return unread(Filter.compare(StoredTenant.NEXT_SYNC_AT, Filter.Operator.LESS_OR_EQUAL, now), except);
    }

    /** Tenants whose reading is further ahead than possible: a clock was ahead, and has been set back. */
    public static Query<StoredTenant> unreadForLong(Instant now, List<ServerId> except) {
        Instant ahead = now.plus(SYNC_EVERY.multipliedBy(2));
        return unread(Filter.compare(StoredTenant.NEXT_SYNC_AT, Filter.Operator.GREATER, ahead), except);
    }

    private static Query<StoredTenant> unread(Filter<StoredTenant> due, List<ServerId> except) {
        return Query.where(Filter.and(due, Filter.not(Filter.in(StoredTenant.SERVER_ID, except))))
                .orderBy(StoredTenant.NEXT_SYNC_AT);
    }

    /** Tenants whose check is due, longest due first. */
    public static Query<StoredTenant> due(Instant now) {
        return Query.where(Filter.and(
                        Filter.compare(StoredTenant.NEXT_CHECK_AT, Filter.Operator.LESS_OR_EQUAL, now),
                        Filter.in(
                                StoredTenant.STATE,
                                List.of(TenantState.OPEN, TenantState.SUSPENDED, TenantState.RETAINED))))
                .orderBy(StoredTenant.NEXT_CHECK_AT);
    }
}
