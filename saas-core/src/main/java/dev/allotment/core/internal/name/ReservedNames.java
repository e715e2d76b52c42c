// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.name;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.ReservedName;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The names that others cannot take, in one catalog transaction: those in use, and those that were given up and are
 * cooling down.
 */
public final class ReservedNames {
    private ReservedNames() {}

    /**
     * Reserves a name. A name that is cooling down is free only for the holder that gave it up.
     *
     * @throws SaasException {@code tenant.name-taken}; a caller that loses a race gets {@code record.duplicate} at the
     *     insert
     */
    public static void reserve(Transaction tx, String name, UUID holder, Instant now) {
        reserve(tx, name, null, holder, now);
    }

    /**
     * Reserves a name in exchange for one that the holder has.
     *
     * @param instead that name, which is free at once; null: none
     * @throws SaasException as {@link #reserve(Transaction, String, UUID, Instant)}
     */
    public static void reserve(Transaction tx, String name, @Nullable String instead, UUID holder, Instant now) {
        Map<String, ReservedName> known = find(tx, name, instead);
        ReservedName there = known.get(name);
        if (there != null) {
            if (isReservedAgainst(there, holder, now)) {
                throw nameTaken(name);
            }
            tx.records(RecordTypes.RESERVED_NAMES).delete(there.id());
        }
        put(tx, name, known.get(instead), holder);
    }

    static void put(Transaction tx, String name, @Nullable ReservedName instead, UUID holder) {
        Records<ReservedName> names = tx.records(RecordTypes.RESERVED_NAMES);
        if (instead != null && instead.holder().equals(holder)) {
            names.update(new ReservedName(instead.id(), name, holder, null));
        } else {
            names.insert(new ReservedName(0, name, holder, null));
        }
    }

    public static Map<String, ReservedName> find(Transaction tx, String name, @Nullable String another) {
        List<String> names = another == null ? List.of(name) : List.of(name, another);
        Map<String, ReservedName> known = new HashMap<>();
        tx.records(RecordTypes.RESERVED_NAMES)
                .list(Query.where(Filter.in(ReservedName.NAME, names)))
                .forEach(each -> known.put(each.name(), each));
        return known;
    }

    public static Optional<ReservedName> find(Transaction tx, String name) {
        return tx.records(RecordTypes.RESERVED_NAMES).list(Query.where(Filter.equal(ReservedName.NAME, name))).stream()
                .findFirst();
    }

    private static boolean isReservedAgainst(ReservedName name, @Nullable UUID wanting, Instant now) {
        Instant until = name.until();
        return until == null || (until.isAfter(now) && !name.holder().equals(wanting));
    }

    /**
     * Whether a name is in use, or cooling down for another holder.
     *
     * @param wanting null: a tenant that does not exist yet
     */
    public static boolean isTaken(Transaction tx, String name, @Nullable UUID wanting, Instant now) {
        return find(tx, name)
                .filter(each -> isReservedAgainst(each, wanting, now))
                .isPresent();
    }

    /** Gives a name up, now or at a later time. */
    public static void release(Transaction tx, String name, UUID holder, @Nullable Instant until) {
        Optional<ReservedName> known =
                find(tx, name).filter(each -> each.holder().equals(holder));
        if (known.isPresent() && until == null) {
            tx.records(RecordTypes.RESERVED_NAMES).delete(known.get().id());
        } else if (known.isPresent()) {
            tx.records(RecordTypes.RESERVED_NAMES)
                    .update(new ReservedName(known.get().id(), name, holder, until));
        }
    }

    /** A failure to give a database its name: if the server has a foreign one of that name, the name is taken. */
    public static SaasException asTaken(SaasException failure, String name) {
        return failure.code().equals(ErrorCodes.DATABASE_FOREIGN) ? nameTaken(name) : failure;
    }

    public static SaasException nameTaken(String name) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.TENANT_NAME_TAKEN,
                "Database \"" + name + "\" already exists; choose another name.",
                Map.of("name", name),
                false,
                null);
    }
}
