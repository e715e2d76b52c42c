// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.CustomerId;
import dev.allotment.DuplicateTenant;
import dev.allotment.EventType;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.backup.FileChanges;
import dev.allotment.core.internal.backup.archive.BackupArchive;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.server.Placement;
import dev.allotment.core.internal.server.RequiredLabels;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.Transfer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;

/**
 * A copy of a tenant, on its server or another one.
 *
 * @param sourceName the name that the tenant had when the copy was requested
 */
record CopyOf(String sourceName, UUID sourceUuid, ServerId sourceServer) implements Copied {
    /** @param check returns when the copy must expire at the latest; empty: at any time */
    static Reservation.Draft reserve(
            Reservation reservation,
            DuplicateTenant command,
            BiFunction<? super Transaction, ? super StoredTenant, Optional<Instant>> check) {
        Transaction tx = reservation.tx();
        StoredTenant source = reservation.lock(command.source());
        Optional<Instant> latest = check.apply(tx, source);
        TenantRows.requireState(source, "duplicated", TenantState.OPEN, TenantState.SUSPENDED);
        OperationLeases.requireIdle(tx, source.id());
        CustomerId customer = command.customer() == null ? source.customerId() : command.customer();
        Reservation.Terms terms = reservation.like(source, customer, command.name());
        reservation.actor().requireInScope(customer, source.planId());
        ServerId server = server(reservation, command, source, terms);
        StoredTenant.Builder tenant =
                reservation.reserve(terms, server, command.expirationHours(), command.preview(), latest);
        CopyOf origin = new CopyOf(source.name(), source.uuid(), source.serverId());
        return Copied.draft(reservation, terms, tenant, true, origin);
    }

    private static ServerId server(
            Reservation reservation, DuplicateTenant command, StoredTenant source, Reservation.Terms terms) {
        ServerId wanted = command.server() == null ? source.serverId() : command.server();
        RequiredLabels required = reservation.admit(terms);
        Placement placement = reservation.tools().placement();
        List<Server> fitting = placement.ranked(reservation.tx(), wanted, required);
        reservation.tools().registry().requireTransfer(reservation.tx(), source.serverId(), wanted);
        return placement.choose(reservation.tx(), fitting, required);
    }

    @Override
    public ServerId source(StoredTenant tenant) {
        return sourceServer;
    }

    @Override
    public NewTenant make(Creation creation) {
        return creation.made((databases, target) -> {
            copy(creation, databases, target);
            if (creation.content().files().exist()) {
                copyFiles(creation);
            }
        });
    }

    /** The tenant that is copied may have been renamed meanwhile. */
    private void copy(Creation creation, Databases databases, DatabaseRef target) {
        DatabaseRef source = new DatabaseRef(sourceName, sourceUuid);
        try {
            copy(creation, source, databases, target);
        } catch (SaasException e) {
            DatabaseRef renamed = DatabaseRemoval.isMissing(e)
                    ? creation.tools().registry().databases(sourceServer).find(sourceUuid)
                    : null;
            if (renamed == null || renamed.equals(source)) {
                throw e;
            }
            copy(creation, renamed, databases, target);
        }
    }

    private void copy(Creation creation, DatabaseRef source, Databases databases, DatabaseRef target) {
        if (sourceServer.equals(creation.tenant().serverId())) {
            databases.copy(source, target);
            return;
        }
        Transfer receiving = Abilities.transfer(databases);
        BackupArchive archive = creation.tools().archive();
        Abilities.transfer(creation.tools().registry().databases(sourceServer))
                .send(source, content -> receiving.receive(target, archive.own(creation.operation(), content)));
    }

    private void copyFiles(Creation creation) {
        StoredOperation operation = creation.operation();
        Catalog catalog = creation.tools().context().catalog();
        creation.content()
                .files()
                .copy(
                        sourceUuid,
                        creation.target().uuid(),
                        () -> catalog.transact(tx -> OperationLeases.requireMine(tx, operation)));
        catalog.transact(tx -> {
            FileChanges.requireNone(tx, sourceUuid, operation.id());
            return null;
        });
    }

    @Override
    public EventType event() {
        return EventType.TENANT_DUPLICATED;
    }

    @Override
    public Map<String, String> sourceDetails() {
        return Map.of("sourceServer", sourceServer.toString());
    }
}
