// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.server;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.Health;
import dev.allotment.SaasException;
import dev.allotment.Server;
import dev.allotment.core.internal.base.TextRules;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.TransferFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Replaces a server that was given up. It has no databases: operations on it finish as if the databases had been
 * removed by hand, and a check for remains finds none.
 */
public record LostServer(String name) implements Backend {
    @Override
    public String dialect() {
        return "";
    }

    @Override
    public Catalog catalog() {
        throw gone();
    }

    @Override
    public Databases databases(Server server) {
        return new Nothing();
    }

    @Override
    public Health health() {
        return Health.down("It was given up as lost.");
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of();
    }

    @Override
    public void close() {
        // Nothing is open.
    }

    private SaasException gone() {
        return SaasException.notFound(
                ErrorCodes.DATABASE_UNKNOWN,
                "Database server " + TextRules.describe(name) + " was given up as lost, with everything on it.");
    }

    private final class Nothing implements Databases {
        @Override
        public Databases fencedBy(FencingToken token) {
            return this;
        }

        @Override
        public TransferFormat transferFormat() {
            throw gone();
        }

        @Override
        public void claim(DatabaseRef spare, String tenantName) {
            throw gone();
        }

        @Override
        public void discard(DatabaseRef database) {
            // The database does not exist.
        }

        @Override
        public Set<String> reservedNames() {
            return Set.of();
        }

        @Override
        public void create(DatabaseRef database) {
            throw gone();
        }

        @Override
        public void copy(DatabaseRef source, DatabaseRef database) {
            throw gone();
        }

        @Override
        public void open(DatabaseRef database) {
            throw gone();
        }

        @Override
        public void close(DatabaseRef database) {
            throw gone();
        }

        @Override
        public void rename(DatabaseRef database, String newName) {
            throw gone();
        }

        @Override
        public void drop(DatabaseRef database) {
            // The database does not exist.
        }

        @Override
        public boolean exists(String database) {
            return false;
        }

        @Override
        public List<DatabaseRef> list() {
            return List.of();
        }

        @Override
        public long size(DatabaseRef database) {
            throw gone();
        }

        @Override
        public <T extends @Nullable Object> T transact(
                DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
            throw gone();
        }

        @Override
        public <T extends @Nullable Object> T configure(
                DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
            throw gone();
        }

        @Override
        public DatabaseLogin login(DatabaseRef database, String password) {
            throw gone();
        }

        @Override
        public Map<String, Boolean> remains(DatabaseRef database) {
            return Map.of();
        }

        @Override
        public @Nullable DatabaseRef find(UUID uuid) {
            return null;
        }
    }
}
