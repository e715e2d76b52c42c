// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.usage;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.Usage;
import dev.allotment.UsageRecords;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads and exports the usage of tenants. */
public final class UsageUseCases extends RecordLookup<Long, Usage> implements UsageRecords {
    private static final List<RecordField<Usage, ? extends Number>> SUMMED =
            List.of(Usage.USERS, Usage.DATABASE_SIZE_BYTES, Usage.FILE_SIZE_BYTES, Usage.BACKUP_SIZE_BYTES);
    private static final int PAGE = 1000;
    private static final int LAST_YEAR = 9999;
    private static final String NAMES = "day,tenant_id,name,customer_id,plan_id,users,peak_users,database_size,"
            + "peak_database_size,file_size,peak_file_size,records,backup_size,peak_backup_size";

    /** So that sums stay far below the largest number. */
    private static final long MOST_OF_ANY = 1L << 60;

    private final CoreContext context;
    private final Actor actor;

    UsageUseCases(CoreContext context, Actor actor) {
        super(context.work(), RecordTypes.USAGE, "Usage");
        this.context = context;
        this.actor = actor;
    }

    @Override
    protected long number(Long id) {
        return id;
    }

    @Override
    protected Filter<Usage> visible(Transaction tx) {
        PlanId plan = actor.scope().plan();
        Filter<Usage> visible = actor.visible(Usage.CUSTOMER_ID);
        if (actor.limited()) {
            visible = Filter.and(visible, Filter.in(Usage.TENANT_ID, TenantLookup.visibleIds(actor, tx)));
        }
        return plan == null ? visible : Filter.and(visible, Filter.equal(Usage.PLAN_ID, plan));
    }

    @Override
    public Total total(LocalDate day) {
        Filter<Usage> onDay =
                Filter.equal(Usage.DAY, day.atStartOfDay(ZoneOffset.UTC).toInstant());
        return work().transact(tx -> {
            Filter<Usage> filter = Filter.and(onDay, visible(tx));
            Records<Usage> usage = tx.records(RecordTypes.USAGE);
            List<Long> sums = usage.sums(SUMMED, filter);
            return new Total(usage.count(filter), sums.get(0), sums.get(1), sums.get(2), sums.get(3));
        });
    }

    @Override
    public void export(LocalDate from, LocalDate to, Consumer<String> lines) {
        if (to.isBefore(from) || from.getYear() < 1 || to.getYear() > LAST_YEAR) {
            throw SaasException.invalid(
                    ErrorCodes.QUERY_INVALID,
                    "Usage is exported from one day to the same or a later day, in the years 1 to " + LAST_YEAR
                            + "; found " + from + " to " + to + ".");
        }
        lines.accept(NAMES);
        Instant first = from.atStartOfDay(ZoneOffset.UTC).toInstant();
        Filter<Usage> rest = Filter.compare(Usage.DAY, Filter.Operator.GREATER_OR_EQUAL, first);
        Filter<Usage> end = Filter.compare(
                Usage.DAY,
                Filter.Operator.LESS_OR_EQUAL,
                to.atStartOfDay(ZoneOffset.UTC).toInstant());
        while (true) {
            List<Usage> page = list(Query.where(Filter.and(end, rest))
                    .orderBy(Usage.DAY)
                    .orderBy(Usage.ID)
                    .page(0, PAGE));
            page.forEach(each -> lines.accept(line(each)));
            if (page.size() < PAGE) {
                return;
            }
            rest = after(page.get(PAGE - 1));
        }
    }

    private static Filter<Usage> after(Usage last) {
        return Filter.or(
                Filter.compare(Usage.DAY, Filter.Operator.GREATER, last.day()),
                Filter.and(
                        Filter.equal(Usage.DAY, last.day()),
                        Filter.compare(Usage.ID, Filter.Operator.GREATER, last.id())));
    }

    @Override
    public Usage correct(Long id, UnaryOperator<Usage> change, String reason) {
        actor.requireAdministrator("correct usage");
        String text = TextRules.name(reason, ErrorCodes.USAGE_INVALID, "The reason to correct usage");
        return work().transact(tx -> {
            Usage present = lock(tx, id);
            if (present.revision() == 0) {
                throw SaasException.conflict(
                        ErrorCodes.USAGE_DAY_OPEN,
                        "The usage of tenant " + present.tenantId() + " on " + date(present)
                                + " still changes. Correct it after the day was closed.");
            }
            Usage corrected = UsageRows.scheduled(corrected(present, change.apply(present)));
            tx.records(RecordTypes.USAGE).update(corrected);
            context.events()
                    .add(
                            tx,
                            actor,
                            EventType.USAGE_CORRECTED,
                            present.tenantId(),
                            null,
                            Map.of("usage", id.toString(), "day", date(present), "reason", text));
            return corrected;
        });
    }

    private static Usage corrected(Usage present, Usage wanted) {
        requireInOrder("users", wanted.users(), wanted.peakUsers());
        requireInOrder("the size of the database", wanted.databaseSizeBytes(), wanted.peakDatabaseSizeBytes());
        requireInOrder("the size of files", wanted.fileSizeBytes(), wanted.peakFileSizeBytes());
        requireInOrder("the size of backups", wanted.backupSizeBytes(), wanted.peakBackupSizeBytes());
        wanted.records().forEach((key, count) -> {
            if (!count.matches("\\d{1,18}")) {
                throw invalid("the number of records " + TextRules.describe(key), count);
            }
        });
        return present.toBuilder()
                .users(wanted.users())
                .peakUsers(wanted.peakUsers())
                .databaseSizeBytes(wanted.databaseSizeBytes())
                .peakDatabaseSizeBytes(wanted.peakDatabaseSizeBytes())
                .fileSizeBytes(wanted.fileSizeBytes())
                .peakFileSizeBytes(wanted.peakFileSizeBytes())
                .backupSizeBytes(wanted.backupSizeBytes())
                .peakBackupSizeBytes(wanted.peakBackupSizeBytes())
                .records(wanted.records())
                .build();
    }

    private static void requireInOrder(String what, long last, long most) {
        if (last < 0 || most < last || most > MOST_OF_ANY) {
            throw invalid("the last value and the maximum of " + what, last + " and " + most);
        }
    }

    private static SaasException invalid(String what, String found) {
        return SaasException.invalid(
                ErrorCodes.USAGE_INVALID,
                "In a correction of usage, numbers are 0 or more, and a maximum is not below its last value; found "
                        + TextRules.describe(found) + " for " + what + ".");
    }

    private static String date(Usage usage) {
        return usage.day().atOffset(ZoneOffset.UTC).toLocalDate().toString();
    }

    private static String line(Usage usage) {
        CustomerId customer = usage.customerId();
        PlanId plan = usage.planId();
        return String.join(
                ",",
                date(usage),
                usage.tenantId().toString(),
                usage.name(),
                orNothing(customer == null ? null : customer.value()),
                orNothing(plan == null ? null : plan.value()),
                Integer.toString(usage.users()),
                Integer.toString(usage.peakUsers()),
                Long.toString(usage.databaseSizeBytes()),
                Long.toString(usage.peakDatabaseSizeBytes()),
                Long.toString(usage.fileSizeBytes()),
                Long.toString(usage.peakFileSizeBytes()),
                quoted(records(usage)),
                Long.toString(usage.backupSizeBytes()),
                Long.toString(usage.peakBackupSizeBytes()));
    }

    private static String orNothing(@Nullable Long value) {
        return value == null ? "" : value.toString();
    }

    private static String records(Usage usage) {
        return new TreeMap<>(usage.records())
                .entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .collect(Collectors.joining("; "));
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }
}
