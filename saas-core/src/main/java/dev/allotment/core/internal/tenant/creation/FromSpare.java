// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.DatabaseSetup;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.OperationMarkers;
import dev.allotment.core.internal.record.MemberRows;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.spare.ClaimStatistics;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * A tenant whose database is a spare, or a copy of the spare's template if the spare cannot be claimed.
 *
 * @param spareUuid the identity of the spare, which the tenant has until it turns out that the spare cannot be claimed
 * @param sourceName the name of the template's database
 * @param sourceUuid the identity of the template's database
 * @param outdatedAddons the add-ons that are newer than in the spare
 */
record FromSpare(String spareName, UUID spareUuid, String sourceName, UUID sourceUuid, List<String> outdatedAddons)
        implements Created {
    private static final Logger LOG = System.getLogger("dev.allotment.operations");

    /** Thrown if the spare has the owner of another operation. */
    private static final class SpareUsed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** A claim is repeated as fast as it would be recorded, and so are the records written into a copy. */
    @Override
    public boolean isRecorded() {
        return false;
    }

    private boolean isOf(StoredTenant tenant) {
        return tenant.uuid().equals(spareUuid);
    }

    @Override
    public NewTenant make(Creation creation) {
        Optional<NewTenant> claimed = isOf(creation.tenant()) ? claim(creation) : Optional.empty();
        return claimed.orElseGet(() -> new FromTemplate(sourceName, sourceUuid, null, outdatedAddons)
                .make(isOf(creation.tenant()) ? giveUp(creation) : creation));
    }

    /**
     * Claims the spare, and writes the owner into it. A claimed spare is open from the start, since it has no password
     * yet.
     *
     * @return empty if the server has no such spare, for any reason
     */
    private Optional<NewTenant> claim(Creation creation) {
        ClaimStatistics statistics = creation.tools().sources().statistics();
        long start = creation.tools().context().tick();
        Filling filling = Filling.of(creation, this);
        Databases databases = creation.databases();
        DatabaseRef spare = new DatabaseRef(spareName, spareUuid);
        try {
            Optional<MemberId> owner = Creation.orAgain(() -> Abilities.<Optional<MemberId>>claim(
                    databases, spare, creation.tenant().name(), tx -> fill(tx, filling, databases)));
            statistics.hit(creation.tools().context().tick() - start);
            return Optional.of(creation.known().ownedBy(owner).opened(true));
        } catch (SpareUsed e) {
            // An operation that the catalog does not know has started to use it, and has not claimed it.
            discard(creation);
            return Optional.empty();
        } catch (SaasException e) {
            if (e.code().equals(ErrorCodes.DATABASE_UNKNOWN)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static Optional<MemberId> fill(DatabaseTransaction tx, Filling filling, Databases databases) {
        Creation.deferDurability(tx, databases);
        // It may not be claimed yet, so another operation could be filling it, too.
        Supplier<Optional<Member>> lock = tx.records(RecordTypes.MEMBERS).lockLater(Member.ADMINISTRATOR.value());
        List<Member> members = DatabaseSetup.known(tx, filling.account());
        var unused = lock.get();
        if (DatabaseSetup.isUntouched(members)) {
            return filling.write(tx, members);
        }
        if (!OperationMarkers.has(tx, filling.creation().operation())) {
            throw new SpareUsed();
        }
        return MemberRows.owner(tx).map(Member::id);
    }

    /**
     * Gives the tenant another identity. A database of the spare's identity, if there is one, belongs to the operation
     * that claimed it: an older catalog was restored, and lists what a tenant has.
     */
    private Creation giveUp(Creation creation) {
        CoreContext context = creation.tools().context();
        Creation renewed = creation.changed((tx, draft) -> {
            UUID other = context.secrets().uuid();
            ReservedNames.release(tx, draft.name(), draft.uuid(), null);
            ReservedNames.reserve(tx, draft.name(), other, context.now());
            return draft.toBuilder().uuid(other).build();
        });
        LOG.log(
                Level.WARNING,
                () -> "Spare " + spareName + " does not exist on server "
                        + renewed.tenant().serverId() + " any more, or another operation has claimed it. Tenant "
                        + renewed.tenant().id() + " is made from its template instead (operation "
                        + creation.operation().id() + ")");
        return renewed;
    }

    @Override
    public void discard(Creation creation) {
        Created.super.discard(creation);
        if (isOf(creation.tenant())) {
            DatabaseRemoval.dropUnderItsName(creation.databases(), new DatabaseRef(spareName, spareUuid));
        }
    }

    @Override
    public String leftovers(StoredOperation operation) {
        return ", which may still have the name of the spare \"" + spareName + "\".";
    }
}
