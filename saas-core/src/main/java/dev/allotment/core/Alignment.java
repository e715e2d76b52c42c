// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.Optional;

/**
 * Makes a database be what the catalog says of it. For a run that was taken for dead and has touched the database after
 * another took over: a step outside of the catalog cannot be fenced, so it is made good.
 */
final class Alignment {
    private enum Wanted {
        OPEN,
        CLOSED,
        /** It has no owner any more, under whatever name. */
        GONE,
        /** Its owner has another one: this is a copy that was made too late. */
        NOT_THIS_ONE,
        /** Somebody is at work on it, and has the last word. */
        AS_IT_IS
    }

    private final ControlPlane plane;
    private final ServerId server;
    private final Databases databases;
    private final boolean adopted;

    private Alignment(ControlPlane plane, ServerId server, boolean adopted) {
        this.plane = plane;
        this.server = server;
        this.databases = plane.databases(server);
        this.adopted = adopted;
    }

    /** @param touched the database under the name that the run used for it */
    static void align(ControlPlane plane, ServerId server, DatabaseRef touched) {
        new Alignment(plane, server, false).align(touched);
    }

    /** The same for a run that adopted it: what nobody has any more was not made by us, and is given back. */
    static void alignAdopted(ControlPlane plane, ServerId server, DatabaseRef touched) {
        new Alignment(plane, server, true).align(touched);
    }

    /** Until the catalog says afterwards what it said before: whoever changes it meanwhile may have acted before this did. */
    private void align(DatabaseRef touched) {
        Wanted wanted;
        Wanted then = wanted(touched);
        do {
            wanted = then;
            makeSo(touched, wanted);
            then = wanted(touched);
        } while (then != wanted);
    }

    private void makeSo(DatabaseRef touched, Wanted wanted) {
        try {
            switch (wanted) {
                case OPEN -> databases.open(touched);
                case CLOSED -> databases.close(touched);
                case GONE, NOT_THIS_ONE -> remove(touched, wanted);
                case AS_IT_IS -> {}
            }
        } catch (SaasException e) {
            if (!isNotThere(e)) {
                throw e;
            }
        }
    }

    private void remove(DatabaseRef touched, Wanted wanted) {
        if (adopted) {
            Adoption.giveBack(plane, server, touched);
        } else if (wanted == Wanted.GONE) {
            drop(databases, touched);
        } else {
            databases.drop(touched);
        }
    }

    private Wanted wanted(DatabaseRef touched) {
        return plane.catalog.transact(tx -> {
            Optional<Tenant> tenant = ControlPlane.tenantByUuid(tx, touched.uuid());
            if (tenant.isPresent()) {
                return wanted(tx, touched, tenant.get());
            }
            boolean closed = has(tx, RecordTypes.TEMPLATES, touched) || has(tx, RecordTypes.SPARES, touched);
            return closed ? Wanted.AS_IT_IS : Wanted.GONE;
        });
    }

    private static Wanted wanted(Transaction tx, DatabaseRef touched, Tenant tenant) {
        if (tenant.state().hasDatabase() && !tenant.name().equals(touched.name())) {
            return Sagas.idle(tx, tenant.id()) ? Wanted.NOT_THIS_ONE : Wanted.AS_IT_IS;
        }
        return switch (tenant.state()) {
            case OPEN -> Wanted.OPEN;
            case SUSPENDED, RETAINED -> Wanted.CLOSED;
            case DRAFT -> Wanted.AS_IT_IS;
            case DELETED -> Wanted.GONE;
        };
    }

    private static boolean has(Transaction tx, RecordType<?> type, DatabaseRef touched) {
        return tx.records(type).count(Filter.equal(RecordField.named("uuid"), touched.uuid())) > 0;
    }

    /** Whether a database is not there, or one of that name is somebody else's. */
    static boolean isNotThere(SaasException e) {
        return e.code().equals(ErrorCodes.DATABASE_UNKNOWN) || e.code().equals(ErrorCodes.DATABASE_FOREIGN);
    }

    /** Removes a database; where somebody else's bears its name, under the name that it has now, and that one stays. */
    static void drop(Databases databases, DatabaseRef database) {
        try {
            databases.drop(database);
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.DATABASE_FOREIGN)) {
                throw e;
            }
            DatabaseRef elsewhere = databases.find(database.uuid());
            if (elsewhere != null) {
                databases.drop(elsewhere);
            }
        }
    }
}
