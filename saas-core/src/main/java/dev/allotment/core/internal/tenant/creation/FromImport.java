// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.ErrorCodes;
import dev.allotment.Plan;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.access.Member;
import dev.allotment.backup.BackupId;
import dev.allotment.backup.ImportBackup;
import dev.allotment.core.internal.backup.archive.ForeignBackup;
import dev.allotment.core.internal.database.DatabaseSetup;
import dev.allotment.core.internal.plan.PlanVersions;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transfer;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A tenant with the content of a backup that another installation made, which is copied to the store first. */
record FromImport(UUID sourceUuid, BackupId backup) implements Copied {
    static Reservation.Draft reserve(Reservation reservation, ImportBackup command) {
        Plan plan = PlanVersions.plan(reservation.tx(), command.plan());
        Reservation.Terms terms = Reservation.Terms.on(
                plan, reservation.owner(command.owner()), command.customer(), false, command.name());
        ServerId server = reservation.place(terms, command.server() == null ? plan.serverId() : command.server());
        FromImport origin = new FromImport(command.tenant(), command.backup());
        return Copied.draft(reservation, terms, reservation.reserve(terms, server), command.neutralise(), origin);
    }

    /** The copy is a backup of the new tenant with the identity of the operation. */
    @Override
    public NewTenant make(Creation creation) {
        ForeignBackup foreign = creation.known().foreign() instanceof ForeignBackup given ? given : null;
        UUID tenant = creation.tenant().uuid();
        return creation.made((databases, target) -> {
            Transfer transfer = Abilities.transfer(databases);
            creation.tools().archive().copyFrom(foreign, tenant, creation.operation(), transfer.transferFormat());
            creation.tools().leases().progress(creation.operation());
            FromBackup.read(creation, tenant, new BackupId(creation.operation().uuid()), transfer, target);
        });
    }

    @Override
    public List<Member> members(DatabaseTransaction tx, List<Member> found) {
        return DatabaseSetup.withoutOwner(tx, found);
    }

    /** The tenant is complete, so an outage of the store must not undo it. Then the copy is listed as its backup. */
    @Override
    public NewTenant opened(Creation creation) {
        try {
            creation.tools().archive().deleteCopy(creation.target().uuid(), creation.operation());
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.BACKUP_STORE_FAILED)) {
                throw e;
            }
            creation.tools()
                    .failures()
                    .warn("The copy of a backup that was imported could not be deleted", creation.operation(), e);
        }
        return Copied.super.opened(creation);
    }

    @Override
    public Map<String, String> sourceDetails() {
        return Map.of("backup", backup.toString(), "imported", "true");
    }

    @Override
    public void discardRest(Creation creation) {
        Copied.super.discardRest(creation);
        creation.tools().archive().deleteAll(creation.target().uuid());
    }

    @Override
    public String leftovers(StoredOperation operation) {
        return Copied.super.leftovers(operation)
                + " So may a copy of the backup: the folder in the store of the backups that is named after the"
                + " UUID of this database.";
    }
}
