// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import dev.allotment.DatabaseLoad;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.fleet.Server;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.spi.backend.LoadMeter;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.MemoryBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A provider of in-memory servers that require a URL, a user and a password, and record the password. */
final class LockedServers implements BackendProvider {
    final List<String> passwords = new ArrayList<>();

    /** What the databases on each server take of it. */
    final List<DatabaseLoad> load = new ArrayList<>();

    /** Databases that cannot be reached while all servers are down. */
    private final class Reachable extends DelegatingDatabases {
        Reachable(Databases delegate) {
            super(delegate);
        }

        @Override
        protected <T extends @Nullable Object> T around(Effect effect, Supplier<? extends T> call) {
            requireUp();
            return call.get();
        }

        @Override
        protected Databases view(Databases fenced) {
            return new Reachable(fenced);
        }

        @Override
        public LoadMeter loadMeter() {
            return this;
        }

        @Override
        public List<DatabaseLoad> load() {
            return load;
        }
    }

    private void requireUp() {
        if (down) {
            throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "no route to host", null);
        }
    }

    /** Whether all servers are unreachable. */
    volatile boolean down;

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    @Override
    public String name() {
        return "locked";
    }

    @Override
    public Backend open(Settings settings) {
        settings.required("url", "any text");
        settings.required("user", "any text");
        settings.number("pool.size", 1, 1, 9);
        String password = settings.secret("password");
        settings.check("the locked servers");
        requireUp();
        passwords.add(String.valueOf(password));
        return new DelegatingBackend(MemoryBackend.create()) {
            @Override
            public Databases databases(Server server) {
                return new Reachable(super.databases(server));
            }
        };
    }
}
