// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.record;

import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.Tenant;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.AttributeRules;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Converts stored rows to the records that callers get, which lack what only the engine needs. */
public final class PublicViews {
    private static final RecordType<Tenant> TENANTS = RecordType.of(Tenant.class, "tenants");
    private static final RecordType<Operation> OPERATIONS = RecordType.of(Operation.class, "operations");

    private PublicViews() {}

    /** Returns what an actor sees of a tenant. */
    public static Tenant tenant(Actor actor, StoredTenant row) {
        return tenant(row).toBuilder()
                .attributes(AttributeRules.shown(actor, row.attributes()))
                .build();
    }

    /** Returns what the users of a tenant's database see of the tenant: all but the attributes. */
    public static Tenant tenant(StoredTenant row) {
        return Tenant.builder(row.uuid(), row.name(), row.serverId())
                .id(row.id())
                .state(row.state())
                .planId(row.planId())
                .customerId(row.customerId())
                .ownerId(row.ownerId())
                .trial(row.trial())
                .expiresAt(row.expiresAt())
                .maxUsers(row.maxUsers())
                .usersCount(row.usersCount())
                .storageLimitMb(row.storageLimitMb())
                .databaseSizeBytes(row.databaseSizeBytes())
                .fileSizeBytes(row.fileSizeBytes())
                .blockOnExpiration(row.blockOnExpiration())
                .blockOnStorageExceed(row.blockOnStorageExceed())
                .lang(row.lang())
                .tz(row.tz())
                .createdAt(row.createdAt())
                .deletedAt(row.deletedAt())
                .suspendedFor(row.suspendedFor())
                .syncedAt(row.syncedAt())
                .planVersion(row.planVersion())
                .tags(row.tags())
                .retainedUntil(row.retainedUntil())
                .schemaVersion(row.schemaVersion())
                .maintenanceWindow(row.maintenanceWindow())
                .previewOf(row.previewOf())
                .entitlements(row.entitlements())
                .build();
    }

    /** Returns an operation as an actor sees it: only administrators see the whole reason of a failure. */
    public static Operation operation(Actor actor, StoredOperation row) {
        return actor.administrator() ? operationWithReason(row) : operation(row);
    }

    /** Returns what callers see of an operation. The input stays inside, because it may hold secrets. */
    public static Operation operation(StoredOperation row) {
        return operation(row, row.errorCode(), row.errorMessage());
    }

    /** As an administrator sees it: with the reason of its last failure, also if it is tried again. */
    public static Operation operationWithReason(StoredOperation row) {
        String reason = row.input().get(FailureInput.REASON);
        boolean failing = row.state() == OperationState.RUNNING && row.attempts() > 0;
        if (reason == null || !(failing || row.errorCode() != null)) {
            return operation(row);
        }
        String code = row.errorCode() == null ? row.input().get(FailureInput.CODE) : row.errorCode();
        boolean replaced = Objects.equals(code, row.input().get(FailureInput.CODE));
        return operation(row, code, replaced ? reason : row.errorMessage());
    }

    private static Operation operation(StoredOperation row, @Nullable String code, @Nullable String message) {
        return new Operation(
                row.id(),
                row.uuid(),
                row.kind(),
                row.state(),
                row.step(),
                row.tenantId(),
                row.templateId(),
                row.idempotencyKey(),
                code,
                message,
                row.node(),
                row.createdAt(),
                row.updatedAt(),
                row.startedBy(),
                row.clientAddress(),
                row.percent(),
                row.cancelRequested(),
                row.attempts(),
                row.result(),
                row.campaign());
    }

    /** Returns an actor's query of tenants as a query of rows. Refuses fields that the actor does not see. */
    public static Query<Object> tenants(Actor actor, Query<? super Tenant> query) {
        TENANTS.check(query);
        AttributeRules.check(actor, query);
        return Query.untyped(query);
    }

    /** Returns a caller's query of operations as a query of rows. Refuses fields that callers do not see. */
    public static Query<Object> operations(Query<? super Operation> query) {
        OPERATIONS.check(query);
        return Query.untyped(query);
    }
}
