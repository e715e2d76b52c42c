// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import dev.allotment.Saas;
import dev.allotment.Usage;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** {@code saas_portal.usage}: what client databases used, by day. It is only read. */
final class UsageModel {
    static final String NAME = "saas_portal.usage";

    private UsageModel() {}

    static StoredModel<Saas, Usage> model() {
        return new StoredModel<>(fields());
    }

    private static TableBuilder<Saas, Usage> fields() {
        TableBuilder<Saas, Usage> fields = new TableBuilder<Saas, Usage>(NAME, Saas::usage, Usage::id)
                .called(Usage::name, "name")
                .ordered("day", "id")
                .instant("day", "Day", "day", Usage::day)
                .text("name", "Database name", "name", Usage::name)
                .reference(
                        "client_id",
                        "Client",
                        ClientModel.NAME,
                        "tenantId",
                        usage -> usage.tenantId().value())
                .reference(
                        "partner_id",
                        "Partner",
                        PartnerModel.NAME,
                        "customerId",
                        usage -> usage.customerId() == null
                                ? null
                                : usage.customerId().value())
                .reference(
                        "plan_id",
                        "Plan",
                        PlanModel.NAME,
                        "planId",
                        usage -> usage.planId() == null ? null : usage.planId().value())
                .integer("users_len", "Count users", "users", Usage::users)
                .integer("users_peak", "Most users", "peakUsers", Usage::peakUsers);
        size(fields, "db_storage", "DB storage (MB)", "databaseSize", Usage::databaseSize);
        size(fields, "db_storage_peak", "Most DB storage (MB)", "peakDatabaseSize", Usage::peakDatabaseSize);
        size(fields, "file_storage", "File storage (MB)", "fileSize", Usage::fileSize);
        size(fields, "file_storage_peak", "Most file storage (MB)", "peakFileSize", Usage::peakFileSize);
        return fields.field(Field.of(
                        "records", FieldType.TEXT, "Records by limit", null, TableBuilder.plain(UsageModel::records)))
                .instant("write_date", "Last read on", "readAt", Usage::readAt);
    }

    private static void size(
            TableBuilder<Saas, Usage> fields, String name, String label, String column, ToLongFunction<Usage> bytes) {
        fields.field(Field.<Saas, Usage>of(
                        name,
                        FieldType.INTEGER,
                        label,
                        column,
                        TableBuilder.plain(usage -> Bytes.megabytes(bytes.applyAsLong(usage))))
                .searched(Conditions.megabytes(column)));
    }

    /** A line for each limit, such as {@code sale.order: 3}. */
    private static Object records(Usage usage) {
        return new TreeMap<>(usage.records())
                .entrySet().stream()
                        .map(each -> each.getKey() + ": " + each.getValue())
                        .collect(Collectors.joining("\n"));
    }
}
