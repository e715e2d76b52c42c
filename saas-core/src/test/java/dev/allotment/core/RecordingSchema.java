// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.DatabaseLogin;
import dev.allotment.fleet.Server;
import dev.allotment.hook.TenantSchema;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.testing.DelegatingBackend;
import java.util.List;

/** A tenant schema of version 1 without tables, which records its migrations. */
public record RecordingSchema(List<String> done) implements TenantSchema {
    @Override
    public String version() {
        return "1";
    }

    @Override
    public void migrate(DatabaseLogin login) {
        done.add("migrated");
    }

    /** The same backend, with logins that nothing can connect with. */
    public static Backend withLogins(Backend backend) {
        return new DelegatingBackend(backend) {
            @Override
            public Databases databases(Server server) {
                return withLogins(super.databases(server));
            }
        };
    }

    private static Databases withLogins(Databases databases) {
        return new DelegatingDatabases(databases) {
            @Override
            public Databases fencedBy(FencingToken token) {
                return withLogins(databases.fencedBy(token));
            }

            @Override
            public DatabaseLogin login(DatabaseRef database, String password) {
                return new DatabaseLogin("jdbc:none:" + database.name(), database.name(), password);
            }
        };
    }
}
