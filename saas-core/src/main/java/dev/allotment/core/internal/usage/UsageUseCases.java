// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.usage;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.Usage;
import dev.allotment.UsageRecords;
import dev.allotment.User;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
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

    private final Actor actor;

    public UsageUseCases(CoreContext context, Actor actor) {
        super(context.work(), RecordTypes.USAGE, "Usage");
        this.actor = actor;
    }

    @Override
    protected long number(Long id) {
        return id;
    }

    @Override
    protected Filter<Usage> visible(Transaction tx) {
        User user = actor.user();
        CustomerId customer = actor.scope().customer();
        PlanId plan = actor.scope().plan();
        Filter<Usage> visible = user == null || actor.administrator()
                ? Filter.all()
                : Filter.equal(Usage.CUSTOMER_ID, user.customerId());
        if (customer != null) {
            visible = Filter.and(visible, Filter.equal(Usage.CUSTOMER_ID, customer));
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

    private static String line(Usage usage) {
        CustomerId customer = usage.customerId();
        PlanId plan = usage.planId();
        return String.join(
                ",",
                usage.day().atOffset(ZoneOffset.UTC).toLocalDate().toString(),
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
