// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.server;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Adoption;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.ReadOnlyLogins;
import dev.allotment.spi.backend.ServerWatch;
import dev.allotment.spi.backend.Transfer;
import dev.allotment.spi.backend.WarmSpares;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What only some servers can do, for callers that need it, or that can do without. */
public final class Abilities {
    private Abilities() {}

    /**
     * Returns what copies databases to and from other servers and backups. Does no I/O.
     *
     * @throws SaasException {@code backend.unsupported}; {@code database.unknown} for a server that is no place of
     *     tenants
     */
    public static Transfer transfer(Databases databases) {
        if (databases instanceof NoDatabases none) {
            throw none.gone();
        }
        Transfer transfer = databases.transfer();
        if (transfer == null) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKEND_UNSUPPORTED,
                    "This backend cannot copy databases to another server, or to a backup.");
        }
        return transfer;
    }

    /**
     * Returns what adopts databases. Does no I/O.
     *
     * @throws SaasException {@code backend.unsupported}
     */
    public static Adoption adoption(Databases databases) {
        Adoption adoption = databases.adoption();
        if (adoption == null) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKEND_UNSUPPORTED, "This backend cannot adopt databases that others have made.");
        }
        return adoption;
    }

    /**
     * Returns what creates logins that only read. Does no I/O.
     *
     * @throws SaasException {@code backend.unsupported}; {@code database.unknown} for a server that is no place of
     *     tenants
     */
    public static ReadOnlyLogins readOnlyLogins(Databases databases) {
        if (databases instanceof NoDatabases none) {
            throw none.gone();
        }
        ReadOnlyLogins logins = databases.readOnlyLogins();
        if (logins == null) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKEND_UNSUPPORTED,
                    "This backend has no logins that can only read. Use a login of the application, which may write.");
        }
        return logins;
    }

    /** Returns what a backend and the databases on its server lack, in words for an operator. Does no I/O. */
    public static List<String> missing(Backend backend, Databases databases) {
        Map<String, Boolean> abilities = new LinkedHashMap<>();
        for (Capability each : Capability.values()) {
            abilities.put(
                    switch (each) {
                        case DURABLE -> "storage that outlives it";
                        case SHARED -> "use by several nodes";
                        case SCRIPTS -> "scripts of add-ons";
                        case LOGINS -> "logins for applications";
                        case ROW_QUOTAS -> "record quotas";
                    },
                    backend.capabilities().contains(each));
        }
        abilities.put("copies to other servers and backups", databases.transfer() != null);
        abilities.put("live moves", databases.replication() != null);
        abilities.put("adoption of databases", databases.adoption() != null);
        abilities.put("marks, which show that another catalog uses the databases", databases.marks() != null);
        abilities.put("a watch over sessions and rights of applications", databases.watch() != null);
        abilities.put("measured load", databases.loadMeter() != null);
        abilities.put("the activity of a database", databases.activityReader() != null);
        abilities.put("logins that only read", databases.readOnlyLogins() != null);
        return abilities.entrySet().stream()
                .filter(each -> !each.getValue())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Claims a spare and runs work in one transaction inside it, in the order that is fastest for the server. */
    public static <T extends @Nullable Object> T claim(
            Databases databases,
            DatabaseRef spare,
            String name,
            Function<? super DatabaseTransaction, ? extends T> work) {
        WarmSpares warm = databases.warmSpares();
        if (warm != null) {
            return warm.<T>claim(spare, name, work);
        }
        databases.claim(spare, name);
        return databases.<T>transact(new DatabaseRef(name, spare.uuid()), work);
    }

    /** Whether a server writes its databases and the catalog to one log. Does no I/O. */
    public static boolean sharesLogWithCatalog(Databases databases) {
        WarmSpares warm = databases.warmSpares();
        return warm != null && warm.sharesLogWithCatalog();
    }

    /** Restores the rights on a database, if the server has any. */
    public static void restoreRights(Databases databases, DatabaseRef database) {
        ServerWatch watch = databases.watch();
        if (watch != null) {
            watch.restoreRights(database);
        }
    }
}
