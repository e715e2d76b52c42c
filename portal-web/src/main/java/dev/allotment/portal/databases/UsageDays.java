// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.Filter;
import dev.allotment.Filter.Operator;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.TenantId;
import dev.allotment.Usage;
import dev.allotment.portal.text.PortalTexts;
import dev.allotment.text.Texts;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The daily usage of tenants. */
public final class UsageDays {
    private final LocalDate today;
    private final Map<TenantId, List<Usage>> records;

    private UsageDays(LocalDate today, Map<TenantId, List<Usage>> records) {
        this.today = today;
        this.records = records;
    }

    /** Reads the usage of several tenants with one query. */
    public static UsageDays read(Saas saas, List<TenantId> tenants, Instant now) {
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        if (tenants.isEmpty()) {
            return new UsageDays(today, Map.of());
        }
        Instant first = Trend.firstDay(today).atStartOfDay().toInstant(ZoneOffset.UTC);
        Filter<Usage> wanted = Filter.and(
                Filter.in(Usage.TENANT_ID, tenants), Filter.compare(Usage.DAY, Operator.GREATER_OR_EQUAL, first));
        return new UsageDays(
                today, saas.usage().list(Query.where(wanted)).stream().collect(Collectors.groupingBy(Usage::tenantId)));
    }

    /** Returns the trend of a tenant's users. */
    public Trend users(TenantId tenant) {
        return users(tenant, PortalTexts.ENGLISH);
    }

    Trend users(TenantId tenant, Texts texts) {
        Map<LocalDate, Long> numbers = new HashMap<>();
        of(tenant).forEach(each -> numbers.put(day(each), (long) each.users()));
        return Trend.of(texts.text("usage.users"), today, numbers, each -> texts.plural("usage.count", each), texts);
    }

    /** Returns the trend of a tenant's storage. */
    public Trend storage(TenantId tenant) {
        return storage(tenant, PortalTexts.ENGLISH);
    }

    Trend storage(TenantId tenant, Texts texts) {
        Map<LocalDate, Long> numbers = new HashMap<>();
        of(tenant).forEach(each -> numbers.put(day(each), each.databaseSizeBytes() + each.fileSizeBytes()));
        return Trend.of(texts.text("usage.storage"), today, numbers, texts::bytes, texts);
    }

    /** Formats a number of users, such as {@code 3 users}. */
    public static String users(long count) {
        return PortalTexts.ENGLISH.plural("usage.count", count);
    }

    private List<Usage> of(TenantId tenant) {
        return records.getOrDefault(tenant, List.of());
    }

    private static LocalDate day(Usage usage) {
        return LocalDate.ofInstant(usage.day(), ZoneOffset.UTC);
    }
}
