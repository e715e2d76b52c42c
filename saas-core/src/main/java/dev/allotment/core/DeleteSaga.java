// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Operation;
import dev.allotment.SaasException;
import dev.allotment.Server;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.hook.PreDeletionBackup;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Removes a client database for good, and proves it. Once begun it can only go on. */
final class DeleteSaga extends ForwardSaga {
    static final String REQUESTED_BY = "requestedBy";
    static final String REQUESTED_AT = "requestedAt";
    private static final int MAX_BACKUP = 1000;

    private final ControlPlane plane;
    private String verified = "";
    private @Nullable Instant verifiedAt;

    DeleteSaga(ControlPlane plane) {
        this.plane = plane;
    }

    @Override
    public List<Step> steps() {
        return List.of(
                new Step("closed", operation -> RetainSaga.close(plane, operation)),
                new Step("saved", this::save),
                new Step("dropped", this::drop),
                new Step("verified", this::verify));
    }

    private void save(Operation operation) {
        PreDeletionBackup backup = plane.hooks.preDeletionBackup();
        Tenant tenant = Sagas.tenant(plane, operation);
        DatabaseRef database = plane.databases(tenant).find(tenant.uuid());
        if (backup == null || database == null) {
            return;
        }
        String told = backup.save(tenant.toBuilder().name(database.name()).build());
        if (told.length() > MAX_BACKUP || !Texts.isStorable(told)) {
            throw SaasException.internal(
                    ErrorCodes.OPERATION_FAILED,
                    "A final backup says of itself at most " + MAX_BACKUP + " characters, found " + told.length() + ".",
                    null);
        }
        plane.catalog.transact(tx -> {
            Map<String, String> details = Map.of("name", tenant.name(), DeletionProofs.BACKUP, told);
            plane.events.add(tx, operation, EventType.TENANT_BACKED_UP, tenant.id(), details);
            return null;
        });
    }

    private void drop(Operation operation) {
        Tenant tenant = Sagas.tenant(plane, operation);
        Alignment.drop(plane.databases(tenant), ControlPlane.ref(tenant));
    }

    /** Asks the server, and does not take its silence while dropping for an answer. */
    private void verify(Operation operation) {
        Tenant tenant = Sagas.tenant(plane, operation);
        Databases databases = plane.databases(tenant);
        Map<String, Boolean> remains = databases.remains(ControlPlane.ref(tenant));
        List<String> left = remains.entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        if (!left.isEmpty()) {
            throw SaasException.internal(
                    ErrorCodes.OPERATION_FAILED,
                    "Database \"" + tenant.name() + "\" was dropped, and its server still has of it: "
                            + String.join(", ", left) + ".",
                    null);
        }
        verified = String.join(",", remains.keySet().stream().sorted().toList());
        verifiedAt = plane.now();
    }

    @Override
    public void finish(Transaction tx, Operation operation) {
        Tenant tenant = TenantRules.lock(tx, Sagas.tenantId(operation));
        Instant now = plane.now();
        TenantRules.release(tx, tenant.name(), tenant.uuid(), TenantRules.quarantine(plane, tenant));
        Instant deletedAt = tenant.deletedAt();
        UsageRows.note(tx, tenant, null, now);
        plane.placement.changed(tenant.serverId());
        tx.records(RecordTypes.TENANTS)
                .update(tenant.toBuilder()
                        .state(TenantState.DELETED)
                        .deletedAt(deletedAt == null ? now : deletedAt)
                        .nextCheckAt(null)
                        .retainedUntil(null)
                        .nextSyncAt(null)
                        .build());
        Sessions.endAll(tx, tenant);
        AliasUseCases.forget(tx, tenant);
        Map<String, String> details = new HashMap<>(Map.of(
                "name",
                tenant.name(),
                "uuid",
                tenant.uuid().toString(),
                "server",
                server(tx, tenant),
                REQUESTED_BY,
                operation.input().getOrDefault(REQUESTED_BY, operation.startedBy()),
                REQUESTED_AT,
                operation
                        .input()
                        .getOrDefault(REQUESTED_AT, operation.createdAt().toString()),
                DeletionProofs.VERIFIED,
                verified,
                DeletionProofs.VERIFIED_AT,
                String.valueOf(verifiedAt)));
        DeletionProofs.backup(tx, tenant).ifPresent(backup -> details.put(DeletionProofs.BACKUP, backup));
        plane.events.add(tx, operation, EventType.TENANT_DELETED, tenant.id(), details);
    }

    private static String server(Transaction tx, Tenant tenant) {
        return tx.records(RecordTypes.SERVERS)
                .find(tenant.serverId().value())
                .map(Server::name)
                .orElseGet(() -> tenant.serverId().toString());
    }
}
