// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.core.internal.database.DatabaseSetup;
import dev.allotment.core.internal.operation.OperationMarkers;
import dev.allotment.core.internal.record.MemberRows;
import dev.allotment.spi.backend.AppliedOperation;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.StoredTenant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the first transaction inside of a database writes. It is prepared before, since that reads the catalog.
 *
 * @param account of the owner; null: there is none
 * @param more what only the origin writes
 */
record Filling(Creation creation, Origin origin, @Nullable User account, Consumer<? super DatabaseTransaction> more) {
    static Filling of(Creation creation, Origin origin) {
        return new Filling(creation, origin, creation.account(), origin.filling(creation));
    }

    /** Fills the database, unless an earlier run has committed that; returns the owner. */
    Optional<MemberId> in(DatabaseTransaction tx) {
        List<Member> members = DatabaseSetup.known(tx, account);
        List<AppliedOperation> markers = OperationMarkers.all(tx);
        if (OperationMarkers.has(markers, creation.operation())) {
            return MemberRows.owner(tx).map(Member::id);
        }
        OperationMarkers.remove(tx, markers);
        return write(tx, origin.members(tx, members));
    }

    /** Writes the owner and the parameters, with the marker of the operation; returns the owner. */
    Optional<MemberId> write(DatabaseTransaction tx, List<Member> members) {
        StoredTenant tenant = creation.tenant();
        Member owner = creation.tools().content().setup().addMembers(tx, tenant.lang(), tenant.tz(), account, members);
        DatabaseSetup.writeParameters(tx, tenant, false);
        more.accept(tx);
        OperationMarkers.add(tx, creation.operation());
        return Optional.ofNullable(owner).map(Member::id);
    }
}
