// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.server;

import dev.allotment.ErrorCodes;
import dev.allotment.Health;
import dev.allotment.SaasException;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseSource;
import dev.allotment.spi.backend.Databases;
import java.util.Set;

/**
 * A server that is a copy from the past. Its databases have the names and identities of tenants, so nothing but {@link
 * #source} sees them.
 */
record SourceServer(String name, DatabaseSource source) implements Backend {
    @Override
    public String dialect() {
        return "";
    }

    @Override
    public Catalog catalog() {
        throw SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED,
                "Database server " + TextRules.describe(name) + " is a source. It has no catalog.");
    }

    @Override
    public Databases databases(Server server) {
        return new NoDatabases("Database server " + TextRules.describe(name) + " is a source, which is only read.");
    }

    @Override
    public Health health() {
        return source.health();
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of();
    }

    @Override
    public void close() {
        source.close();
    }
}
