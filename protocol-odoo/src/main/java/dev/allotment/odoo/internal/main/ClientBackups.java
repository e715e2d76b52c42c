// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.AsyncOperations;
import dev.allotment.Operation;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.backup.Backup;
import dev.allotment.backup.BackupDrill;
import dev.allotment.backup.BackupId;
import dev.allotment.backup.Backups;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import dev.allotment.odoo.internal.value.Timestamps;
import dev.allotment.odoo.internal.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The methods of {@code saas_portal.client} about backups. */
final class ClientBackups {
    private static final String KEY = "idempotency_key";
    private static final String BACKUP = "backup";
    private static final String SOURCE = "source_server";

    private ClientBackups() {}

    static StoredModel<Saas, Tenant> methods(StoredModel<Saas, Tenant> clients) {
        return clients.onRecords(
                        "backup_database",
                        MethodSignature.required("ids").optional(KEY, AsyncCalls.NAME, SOURCE),
                        ClientBackups::make)
                .onRecords("backups", MethodSignature.required("ids"), ClientBackups::list)
                .onRecord(
                        "restore_backup",
                        MethodSignature.required("ids", BACKUP)
                                .optional("dbname", "neutralise", "target_server", KEY, AsyncCalls.NAME),
                        ClientBackups::restore)
                .onRecord(
                        "restore_in_place",
                        MethodSignature.required("ids", BACKUP).optional(KEY, AsyncCalls.NAME),
                        ClientBackups::restoreInPlace)
                .onRecord(
                        "drill_backup",
                        MethodSignature.required("ids").optional(BACKUP, AsyncCalls.NAME),
                        ClientBackups::drill)
                .onRecord("delete_backup", MethodSignature.required("ids", BACKUP), (caller, tenant, arguments) -> {
                    caller.view().backups().delete(tenant.id(), backup(arguments));
                    return true;
                });
    }

    /** Makes one backup after the other, and returns their ids; with {@code async}, those of the operations. */
    private static Object make(OdooCaller<Saas> caller, List<Tenant> tenants, OdooArguments arguments) {
        Value given = arguments.get(KEY);
        String key = given.optionalText();
        if (key != null && tenants.size() > 1) {
            throw OdooFault.request(given.what() + " is for one record, found a list of " + tenants.size() + ".");
        }
        Long source = arguments.get(SOURCE).reference();
        boolean async = arguments.get(AsyncCalls.NAME).flag();
        List<Object> made = new ArrayList<>();
        tenants.forEach(tenant -> made.add(
                async
                        ? start(caller.view().async(), tenant.id(), source, key)
                                .id()
                                .value()
                        : make(caller.view().backups(), tenant.id(), source, key)
                                .id()
                                .toString()));
        return made;
    }

    private static Backup make(Backups backups, TenantId tenant, @Nullable Long source, @Nullable String key) {
        return source == null ? backups.create(tenant, key) : backups.createFrom(tenant, new ServerId(source), key);
    }

    private static Operation start(
            AsyncOperations async, TenantId tenant, @Nullable Long source, @Nullable String key) {
        return source == null
                ? async.createBackup(tenant, key)
                : async.createBackupFrom(tenant, new ServerId(source), key);
    }

    private static Object list(OdooCaller<Saas> caller, List<Tenant> tenants, OdooArguments arguments) {
        List<Object> backups = new ArrayList<>();
        tenants.forEach(
                tenant -> caller.view().backups().list(tenant.id()).forEach(backup -> backups.add(fields(backup))));
        return backups;
    }

    private static Map<String, Object> fields(Backup backup) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", backup.id().toString());
        fields.put("client_id", backup.tenant().toString());
        fields.put("name", backup.name());
        fields.put("plan", orFalse(backup.plan()));
        fields.put("create_date", Timestamps.format(backup.createdAt()));
        fields.put("made_by", backup.madeBy());
        fields.put("content_bytes", backup.contentBytes());
        fields.put("stored_bytes", backup.storedBytes());
        fields.put("sha256", backup.sha256());
        fields.put("format", backup.format());
        fields.put("schema_version", backup.schemaVersion());
        fields.put("program_version", orFalse(backup.programVersion()));
        fields.put("addons", backup.addons());
        fields.put("doubts", backup.content().doubts());
        return fields;
    }

    private static Object orFalse(@Nullable String text) {
        return Objects.requireNonNullElse(text, false);
    }

    private static BackupId backup(OdooArguments arguments) {
        Value given = arguments.get(BACKUP);
        UUID uuid = given.uuid();
        if (uuid == null) {
            throw given.wrong("the id of a backup");
        }
        return new BackupId(uuid);
    }

    private static Object restoreInPlace(OdooCaller<Saas> caller, Tenant tenant, OdooArguments arguments) {
        BackupId backup = backup(arguments);
        String key = arguments.get(KEY).optionalText();
        return AsyncCalls.one(
                arguments,
                () -> caller.view().backups().restoreInPlace(tenant.id(), backup, key),
                () -> caller.view().async().restoreInPlace(tenant.id(), backup, key));
    }

    /** Returns what the drill found; with {@code async}, the id of the operation. */
    private static Object drill(OdooCaller<Saas> caller, Tenant tenant, OdooArguments arguments) {
        BackupId backup = arguments.get(BACKUP).absent() ? null : backup(arguments);
        if (arguments.get(AsyncCalls.NAME).flag()) {
            return caller.view()
                    .async()
                    .drillBackup(tenant.id(), backup, null)
                    .id()
                    .value();
        }
        BackupDrill drill = caller.view().backups().drill(tenant.id(), backup);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(BACKUP, drill.backup().id().toString());
        fields.put("members", drill.members());
        fields.put("duration_ms", drill.duration().toMillis());
        return fields;
    }

    private static Object restore(OdooCaller<Saas> caller, Tenant tenant, OdooArguments arguments) {
        Long server = arguments.get("target_server").reference();
        RestoreBackup command = RestoreBackup.builder(tenant.id(), backup(arguments))
                .name(arguments.get("dbname").optionalText())
                .neutralise(arguments.flagOrTrue("neutralise"))
                .server(server == null ? null : new ServerId(server))
                .idempotencyKey(arguments.get(KEY).optionalText())
                .build();
        return NewDatabase.of(
                caller.view(),
                arguments,
                () -> caller.view().backups().restore(command),
                () -> caller.view().async().restoreBackup(command));
    }
}
