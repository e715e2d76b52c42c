// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import dev.allotment.ServerId;
import dev.allotment.fleet.Server;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.function.Function;

/**
 * What a session that is confined to the rights of a tenant costs: configurations with and without a script,
 * alternating. The script does nothing. For comparison, a program with nothing but JDBC opens a session and sends the
 * same script. The server requires passwords.
 */
final class Scripts {
    private static final String SCRIPT = "SELECT 1";

    private Scripts() {}

    static void run(Effort effort, Report report) throws Exception {
        BackendProvider provider = ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.name().equals("postgres"))
                .findFirst()
                .orElseThrow();
        try (Postgres postgres = Postgres.replicating();
                Backend backend = provider.open(Settings.of(postgres.settings()))) {
            backend.catalog().migrate();
            Databases databases = backend.databases(Server.builder(Server.DEFAULT_NAME)
                    .id(new ServerId(1))
                    .sequence(1)
                    .build());
            DatabaseRef tenant = new DatabaseRef("shop.example", UUID.randomUUID());
            databases.create(tenant);
            databases.open(tenant);
            Sample without = new Sample();
            Sample with = new Sample();
            Sample bare = new Sample();
            for (int i = -effort.warmUp(); i < effort.logins(); i++) {
                Sample discarded = new Sample();
                configure(databases, tenant, inside -> null, i < 0 ? discarded : without);
                configure(databases, tenant, Scripts::runScript, i < 0 ? discarded : with);
                connect(postgres, tenant.name(), i < 0 ? discarded : bare);
            }
            report.figure(
                    "a configuration with a script",
                    with + ", " + ratio(with, bare) + "x",
                    "a new session of JDBC " + bare + "; a configuration without a script " + without);
        }
    }

    private static Object runScript(DatabaseTransaction inside) {
        inside.run(SCRIPT);
        return SCRIPT;
    }

    private static void configure(
            Databases databases, DatabaseRef tenant, Function<DatabaseTransaction, Object> work, Sample sample) {
        long start = System.nanoTime();
        databases.configure(tenant, work);
        sample.add(System.nanoTime() - start);
    }

    private static void connect(Postgres postgres, String database, Sample sample) throws SQLException {
        long start = System.nanoTime();
        try (Connection connection = postgres.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(SCRIPT);
        }
        sample.add(System.nanoTime() - start);
    }

    private static String ratio(Sample one, Sample other) {
        return String.format(Locale.ROOT, "%.1f", one.medianMillis() / other.medianMillis());
    }
}
