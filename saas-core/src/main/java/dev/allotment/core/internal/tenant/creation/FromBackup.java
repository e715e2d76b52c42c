// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.ServerId;
import dev.allotment.TenantState;
import dev.allotment.backup.BackupId;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.core.internal.backup.RefusedParts;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.Transfer;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;

/** A tenant like another one, with the content of one of its backups. */
record FromBackup(UUID sourceUuid, BackupId backup) implements Copied {
    static Reservation.Draft reserve(
            Reservation reservation,
            RestoreBackup command,
            BiConsumer<? super Transaction, ? super StoredTenant> check) {
        StoredTenant source = reservation.lock(command.tenant());
        check.accept(reservation.tx(), source);
        TenantRows.requireState(
                source, "restored from a backup", TenantState.OPEN, TenantState.SUSPENDED, TenantState.RETAINED);
        Reservation.Terms terms = reservation.like(source, source.customerId(), command.name());
        ServerId server = reservation.place(terms, command.server() == null ? source.serverId() : command.server());
        Integer hours = command.previewHours();
        // The backup may be older than the last migration of its tenant.
        StoredTenant.Builder tenant = reservation
                .reserve(terms, server, hours, hours != null, Optional.empty())
                .schemaVersion(null)
                .addonVersions(null);
        FromBackup origin = new FromBackup(source.uuid(), command.backup());
        return Copied.draft(reservation, terms, tenant, command.neutralise(), origin);
    }

    @Override
    public NewTenant make(Creation creation) {
        return creation.made(
                (databases, target) -> read(creation, sourceUuid, backup, Abilities.transfer(databases), target));
    }

    /** Makes a database, and the files of the application, of a backup in the store. */
    static void read(Creation creation, UUID source, BackupId backup, Transfer transfer, DatabaseRef target) {
        RefusedParts refused = Copied.refused(creation);
        creation.tools()
                .archive()
                .read(
                        creation.operation(),
                        source,
                        backup,
                        target.uuid(),
                        transfer.transferFormat(),
                        content -> transfer.receive(target, content, refused));
    }

    @Override
    public Map<String, String> sourceDetails() {
        return Map.of("backup", backup.toString());
    }
}
