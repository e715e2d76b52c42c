// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.server;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.FencingToken;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The databases of a server that tenants cannot use, because it was given up or is a source: there are none.
 * Operations on it finish as if the databases had been removed by hand, and a check for remains finds none.
 *
 * @param why for callers that need a database, a sentence
 */
record NoDatabases(String why) implements Databases {
    @Override
    public Databases fencedBy(FencingToken token) {
        return this;
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

    SaasException gone() {
        return SaasException.notFound(ErrorCodes.DATABASE_UNKNOWN, why);
    }
}
