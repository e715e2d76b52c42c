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
import dev.allotment.spi.backend.Databases;
import java.util.Set;

/** Replaces a server that was given up. It has no databases. */
public record LostServer(String name) implements Backend {
    @Override
    public String dialect() {
        return "";
    }

    @Override
    public Catalog catalog() {
        throw SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED,
                "Database server " + TextRules.describe(name) + " was given up as lost. It has no catalog.");
    }

    @Override
    public Databases databases(Server server) {
        return new NoDatabases(
                "Database server " + TextRules.describe(name) + " was given up as lost, with everything on it.");
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
}
