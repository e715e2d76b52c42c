// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.CustomerId;
import dev.allotment.Filter;
import dev.allotment.MaintenanceWindow;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.odoo.internal.model.DomainConditions;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.value.Megabytes;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The fields of {@code saas_portal.client}. */
final class ClientFields {
    /**
     * The states with their labels. No record is ever {@code cancelled} or {@code template}, but clients know these
     * states.
     */
    private static final List<List<String>> STATES = List.of(
            List.of("draft", "New"),
            List.of("open", "In Progress"),
            List.of("cancelled", "Cancelled"),
            List.of("pending", "Pending"),
            List.of("deleted", "Deleted"),
            List.of("template", "Template"));

    private static final Set<TenantState> GONE = Set.of(TenantState.RETAINED, TenantState.DELETED);

    private ClientFields() {}

    static ModelTableBuilder<Saas, Tenant> all(Clock clock) {
        ModelTableBuilder<Saas, Tenant> fields = new ModelTableBuilder<Saas, Tenant>(
                        ClientModel.NAME, Saas::tenants, tenant -> tenant.id().value())
                .named(Tenant::name, "name")
                .text("name", "Database name", "name", Tenant::name)
                .field(Field.<Saas, Tenant>of(
                                "client_id",
                                FieldType.CHAR,
                                "Database UUID",
                                "uuid",
                                ModelTableBuilder.plain(tenant -> tenant.uuid().toString()))
                        .searched(DomainConditions.uuid("uuid")))
                .field(Field.<Saas, Tenant>of(
                                "state",
                                FieldType.SELECTION,
                                "State",
                                "state",
                                ModelTableBuilder.plain(tenant -> wireState(tenant.state())))
                        .choosing(STATES)
                        .searched(DomainConditions.oneOf(caller -> states())))
                .activeBy(
                        "state",
                        tenant -> !GONE.contains(tenant.state()),
                        Filter.not(Filter.in(Tenant.STATE, List.copyOf(GONE))));
        fields.field(Field.of(
                "suspended_for",
                FieldType.CHAR,
                "Suspended for",
                null,
                ModelTableBuilder.plain(tenant -> String.join(",", tenant.suspendedFor()))));
        references(fields);
        ClientCreation.unchanged(fields, tenant -> wireState(tenant.state()));
        expiry(fields, clock);
        limits(fields);
        fields.instant("retained_until", "Retained until", "retainedUntil", Tenant::retainedUntil)
                .integer("plan_version", "Version of the plan", "planVersion", Tenant::planVersion)
                .text(
                        "maintenance_window",
                        "Maintenance window",
                        "maintenanceWindow",
                        tenant -> tenant.maintenanceWindow() == null
                                ? null
                                : tenant.maintenanceWindow().range(),
                        (tenant, range) -> tenant.toBuilder()
                                .maintenanceWindow(range == null ? null : MaintenanceWindow.parse(range))
                                .build())
                .field(OdooTags.field(
                        Tenant::tags,
                        (tenant, tags) -> tenant.toBuilder().tags(tags).build()))
                .field(OdooAttributes.field(
                        Tenant::attributes,
                        (tenant, attributes) ->
                                tenant.toBuilder().attributes(attributes).build()));
        fields.reference(
                "preview_of",
                "Preview of",
                ClientModel.NAME,
                "previewOf",
                tenant -> tenant.previewOf() == null ? null : tenant.previewOf().value());
        fields.field(CustomDomainModel.inverse());
        return fields.field(Field.of(
                        "host",
                        FieldType.CHAR,
                        "Host",
                        null,
                        ModelTableBuilder.each(
                                (caller, tenant) -> caller.view().tenants().host(tenant))))
                .field(Field.of(
                        "public_url",
                        FieldType.CHAR,
                        "Public URL",
                        null,
                        ModelTableBuilder.each(
                                (caller, tenant) -> caller.view().tenants().publicUrl(tenant) + "/")))
                .instant("create_date", "Created on", "createdAt", Tenant::createdAt);
    }

    private static void references(ModelTableBuilder<Saas, Tenant> fields) {
        fields.reference(
                        "plan_id",
                        "Plan",
                        PlanModel.NAME,
                        "planId",
                        tenant ->
                                tenant.planId() == null ? null : tenant.planId().value())
                .reference(
                        "partner_id",
                        "Partner",
                        PartnerModel.NAME,
                        "customerId",
                        tenant -> tenant.customerId() == null
                                ? null
                                : tenant.customerId().value(),
                        (tenant, id) -> tenant.toBuilder()
                                .customerId(id == null ? null : new CustomerId(id))
                                .build())
                .reference(
                        "user_id",
                        "Owner",
                        UserModel.NAME,
                        "ownerId",
                        tenant -> tenant.ownerId() == null
                                ? null
                                : tenant.ownerId().value())
                .reference(
                        "server_id",
                        "Server",
                        ServerModel.NAME,
                        "serverId",
                        tenant -> tenant.serverId().value());
    }

    private static void expiry(ModelTableBuilder<Saas, Tenant> fields, Clock clock) {
        fields.flag(
                        "trial",
                        "Trial",
                        "trial",
                        Tenant::trial,
                        (tenant, trial) -> tenant.toBuilder().trial(trial).build())
                .field(Field.<Saas, Tenant>of(
                                "expired",
                                FieldType.BOOLEAN,
                                "Expired",
                                null,
                                ModelTableBuilder.plain(tenant -> tenant.expired(clock.instant())))
                        .searched(DomainConditions.flag(caller -> Filter.compare(
                                Tenant.EXPIRES_AT,
                                Filter.Operator.LESS_OR_EQUAL,
                                clock.instant().truncatedTo(ChronoUnit.MICROS)))))
                .instant(
                        "expiration_datetime",
                        "Expiration",
                        "expiresAt",
                        Tenant::expiresAt,
                        (tenant, instant) ->
                                tenant.toBuilder().expiresAt(instant).build())
                .flag(
                        "block_on_expiration",
                        "Block clients on expiration",
                        "blockOnExpiration",
                        Tenant::blockOnExpiration,
                        (tenant, block) ->
                                tenant.toBuilder().blockOnExpiration(block).build());
    }

    private static void limits(ModelTableBuilder<Saas, Tenant> fields) {
        fields.integer(
                        "max_users",
                        "Max users",
                        "maxUsers",
                        Tenant::maxUsers,
                        (tenant, users) -> tenant.toBuilder().maxUsers(users).build())
                .integer("users_len", "Count users", "usersCount", Tenant::usersCount)
                .instant("sync_date", "Users and sizes read on", "syncedAt", Tenant::syncedAt)
                .integer(
                        "total_storage_limit",
                        "Total storage limit (MB)",
                        "storageLimitMb",
                        Tenant::storageLimitMb,
                        (tenant, limit) ->
                                tenant.toBuilder().storageLimitMb(limit).build())
                .field(Field.<Saas, Tenant>of(
                                "db_storage",
                                FieldType.INTEGER,
                                "DB storage (MB)",
                                "databaseSizeBytes",
                                ModelTableBuilder.plain(tenant -> Megabytes.megabytes(tenant.databaseSizeBytes())))
                        .searched(DomainConditions.megabytes("databaseSizeBytes")))
                .field(Field.<Saas, Tenant>of(
                                "file_storage",
                                FieldType.INTEGER,
                                "File storage (MB)",
                                "fileSizeBytes",
                                ModelTableBuilder.plain(tenant -> Megabytes.megabytes(tenant.fileSizeBytes())))
                        .searched(DomainConditions.megabytes("fileSizeBytes")))
                .flag(
                        "block_on_storage_exceed",
                        "Block clients on storage exceed",
                        "blockOnStorageExceed",
                        Tenant::blockOnStorageExceed,
                        (tenant, block) ->
                                tenant.toBuilder().blockOnStorageExceed(block).build())
                .flag("storage_exceed", "Storage limit has been exceed", "storageExceeded", Tenant::storageExceeded);
    }

    private static Map<String, Filter<Tenant>> states() {
        Map<String, Filter<Tenant>> filters = new LinkedHashMap<>();
        for (TenantState state : TenantState.values()) {
            filters.merge(wireState(state), Filter.equal(Tenant.STATE, state), Filter::or);
        }
        return filters;
    }

    private static String wireState(TenantState state) {
        if (GONE.contains(state)) {
            return "deleted";
        }
        return state == TenantState.SUSPENDED ? "pending" : state.name().toLowerCase(Locale.ROOT);
    }
}
