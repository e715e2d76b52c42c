// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Saas;
import dev.allotment.Usage;
import dev.allotment.odoo.internal.model.DomainConditions;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.value.Megabytes;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import dev.allotment.odoo.internal.value.Value;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** {@code saas_portal.usage}: the usage of tenant databases per day. Read-only. */
final class UsageModel {
    static final String NAME = "saas_portal.usage";

    private static final int MAX_DAYS = 31;

    private UsageModel() {}

    static StoredModel<Saas, Usage> model() {
        return new StoredModel<>(fields())
                .method("export", MethodSignature.required("date_from", "date_to"), UsageModel::export);
    }

    /** Exports CSV for at most one month, since client and server both hold all of it in memory. */
    private static Object export(OdooCaller<Saas> caller, OdooArguments arguments) {
        LocalDate from = day(arguments.get("date_from"));
        LocalDate to = day(arguments.get("date_to"));
        if (ChronoUnit.DAYS.between(from, to) >= MAX_DAYS) {
            throw arguments.get("date_to").wrong("at most " + (MAX_DAYS - 1) + " days after date_from");
        }
        StringBuilder csv = new StringBuilder();
        caller.view().usage().export(from, to, line -> csv.append(line).append("\r\n"));
        return csv.toString();
    }

    private static LocalDate day(Value value) {
        try {
            return LocalDate.parse(value.text());
        } catch (DateTimeParseException e) {
            throw value.wrong("a day such as 2026-01-31");
        }
    }

    private static ModelTableBuilder<Saas, Usage> fields() {
        ModelTableBuilder<Saas, Usage> fields = new ModelTableBuilder<Saas, Usage>(NAME, Saas::usage, Usage::id)
                .named(Usage::name, "name")
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
        size(fields, "db_storage", "DB storage (MB)", "databaseSizeBytes", Usage::databaseSizeBytes);
        size(fields, "db_storage_peak", "Most DB storage (MB)", "peakDatabaseSizeBytes", Usage::peakDatabaseSizeBytes);
        size(fields, "file_storage", "File storage (MB)", "fileSizeBytes", Usage::fileSizeBytes);
        size(fields, "file_storage_peak", "Most file storage (MB)", "peakFileSizeBytes", Usage::peakFileSizeBytes);
        size(fields, "backup_storage", "Backup storage (MB)", "backupSizeBytes", Usage::backupSizeBytes);
        size(
                fields,
                "backup_storage_peak",
                "Most backup storage (MB)",
                "peakBackupSizeBytes",
                Usage::peakBackupSizeBytes);
        return fields.field(Field.of(
                        "records",
                        FieldType.TEXT,
                        "Records by limit",
                        null,
                        ModelTableBuilder.plain(UsageModel::records)))
                .instant("write_date", "Last read on", "readAt", Usage::readAt);
    }

    private static void size(
            ModelTableBuilder<Saas, Usage> fields,
            String name,
            String label,
            String column,
            ToLongFunction<Usage> bytes) {
        fields.field(Field.<Saas, Usage>of(
                        name,
                        FieldType.INTEGER,
                        label,
                        column,
                        ModelTableBuilder.plain(usage -> Megabytes.megabytes(bytes.applyAsLong(usage))))
                .searched(DomainConditions.megabytes(column)));
    }

    /** Returns a line for each quota, such as {@code sale.order: 3}. */
    private static Object records(Usage usage) {
        return new TreeMap<>(usage.records())
                .entrySet().stream()
                        .map(each -> each.getKey() + ": " + each.getValue())
                        .collect(Collectors.joining("\n"));
    }
}
