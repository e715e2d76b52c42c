// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.ErrorCodes;
import dev.allotment.Health;
import dev.allotment.SaasException;
import dev.allotment.fleet.Server;
import dev.allotment.h2.application.ApplicationSessions;
import dev.allotment.h2.catalog.CatalogConnections;
import dev.allotment.h2.catalog.CatalogMigration;
import dev.allotment.h2.engine.ForcedCommits;
import dev.allotment.h2.engine.H2Dialect;
import dev.allotment.h2.engine.H2Engine;
import dev.allotment.h2.files.DiskStorage;
import dev.allotment.h2.files.H2Storage;
import dev.allotment.h2.files.MemoryStorage;
import dev.allotment.jdbc.CatalogSchema;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.JdbcCatalog;
import dev.allotment.jdbc.Migration;
import dev.allotment.jdbc.Schema;
import dev.allotment.jdbc.SingleServer;
import dev.allotment.jdbc.Transactions;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.PoolUse;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.TransferFormat;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.h2.Driver;
import org.jspecify.annotations.Nullable;

/** A catalog in one H2 database, and one more H2 database for each tenant. */
final class H2Backend implements Backend {
    static final String DIALECT = "h2";

    private static final String LOGGER = "dev.allotment.h2";

    static final Schema CATALOG_SCHEMA = CatalogSchema.of(H2Dialect.INSTANCE, H2Backend::resource);

    static final Schema TENANT_SCHEMA = new Schema(
            "tenant database",
            RecordTypes.database(),
            List.of(),
            List.of(Migration.read(1, "records", "database", H2Backend::resource)));

    /** No crash can be recovered from in memory, so overwritten data need not be retained for a while. */
    private static final String MEMORY_OPTIONS = ";RETENTION_TIME=0";

    private static final int LAST_MAJOR = 2;
    private static final int LAST_MINOR = 4;

    private static final H2Engine.Statements WRITE_PROBE = connection -> {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "UPDATE allotment.schema_version SET \"applied_at\" = \"applied_at\" WHERE \"version\" = 1");
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
        }
    };

    static final String KEY = "key";
    private static final int KEY_BYTES = 24;

    private final H2Storage storage;
    private final boolean durable;
    private final CatalogConnections connections;
    private final Catalog catalog;
    private final H2Databases databases;

    private H2Backend(H2Storage storage, H2Settings settings, Schema catalogSchema, Schema tenantSchema) {
        this.storage = storage;
        durable = settings.folder() != null;
        SecureRandom random = new SecureRandom();
        H2Engine engine = new H2Engine(key(storage, random), durable ? "" : MEMORY_OPTIONS, settings.autoCommit());
        connections = new CatalogConnections(
                engine, CatalogMigration.files(storage), settings.poolSize(), Duration.ofSeconds(5));
        catalog = new JdbcCatalog(
                new Transactions(H2Dialect.INSTANCE, catalogSchema),
                durable(connections, settings),
                durable(connections.forMaintenance(), settings),
                new CatalogMigration(storage, engine, connections, catalogSchema),
                catalogSchema.migrations().size());
        databases = new H2Databases(
                storage,
                engine,
                tenantSchema,
                settings.clientConnections(),
                new ApplicationSessions(engine, settings.loginConnections()),
                settings.sync());
    }

    private static Connections durable(Connections connections, H2Settings settings) {
        return settings.sync() ? new ForcedCommits(connections) : connections;
    }

    /**
     * Opens a resource. It stands in for a reference to the method of {@link Class}: that method is caller-sensitive,
     * so Java would generate ten classes for the reference instead of one.
     */
    private static @Nullable InputStream resource(String name) {
        return H2Backend.class.getResourceAsStream(name);
    }

    /**
     * The administrator's password of all databases. Everyone who can read their files can read it too, but an
     * application must not bypass its login with its knowledge of H2.
     */
    private static String key(H2Storage storage, SecureRandom random) {
        if (!storage.exists(KEY)) {
            if (CatalogMigration.files(storage).exist()) {
                throw SaasException.internal(
                        ErrorCodes.BACKEND_SCHEMA,
                        "The folder of the H2 backend lacks the file \"key\", without which its databases cannot be"
                                + " opened. Restore the file, or start with an empty folder.",
                        null);
            }
            byte[] bytes = new byte[KEY_BYTES];
            random.nextBytes(bytes);
            storage.write(KEY, Base64.getUrlEncoder().withoutPadding().encode(bytes));
        }
        return new String(storage.read(KEY), StandardCharsets.US_ASCII);
    }

    static H2Backend open(H2Settings settings) {
        if (settings.folder() != null && losesCommits()) {
            System.getLogger(LOGGER)
                    .log(
                            Level.WARNING,
                            "The version of H2 on the class path is newer than 2.4.240. Known newer versions lose the"
                                    + " last commits when the process is killed. Use version 2.4.240 in your build.");
        }
        return open(settings, CATALOG_SCHEMA, TENANT_SCHEMA);
    }

    /** Queries H2 at run time, because its constants are inlined when this class is compiled. */
    private static boolean losesCommits() {
        Driver driver = new Driver();
        return losesCommits(driver.getMajorVersion(), driver.getMinorVersion());
    }

    /** Whether a version of H2 is newer than the last one that is known not to lose commits. See ADR 14. */
    static boolean losesCommits(int major, int minor) {
        return major > LAST_MAJOR || (major == LAST_MAJOR && minor > LAST_MINOR);
    }

    /** Opens a backend with other schemas, for tests of migrations. */
    static H2Backend open(H2Settings settings, Schema catalogSchema, Schema tenantSchema) {
        H2Storage storage = settings.folder() == null ? new MemoryStorage() : DiskStorage.open(settings.folder());
        boolean done = false;
        try {
            H2Backend backend = new H2Backend(storage, settings, catalogSchema, tenantSchema);
            CatalogMigration.recover(storage);
            backend.databases.deleteLeftovers();
            H2LoginDriver.open(storage.location(), backend.databases.admission());
            done = true;
            return backend;
        } finally {
            if (!done) {
                storage.close();
            }
        }
    }

    static TransferFormat transferFormat() {
        return new TransferFormat(DIALECT, TENANT_SCHEMA.migrations().size());
    }

    @Override
    public String dialect() {
        return DIALECT;
    }

    @Override
    public Catalog catalog() {
        return catalog;
    }

    @Override
    public Databases databases(Server server) {
        SingleServer.check("H2", server);
        return databases;
    }

    @Override
    public List<PoolUse> pools() {
        return List.of(databases.pool());
    }

    @Override
    public Health health() {
        if (!storage.isUsable()) {
            return Health.down("The folder of the H2 backend is not writable.");
        }
        try {
            if (!CatalogMigration.files(storage).exist()) {
                connections.checkNotClosed();
                return Health.healthy();
            }
            // A disk that is full only shows when something is written.
            H2Engine.execute(connections.forHealth(), "Writing to the catalog", WRITE_PROBE);
            return Health.healthy();
        } catch (RuntimeException e) {
            SaasException failure = Failures.translate(H2Dialect.INSTANCE, "Opening the catalog", e);
            System.getLogger(LOGGER)
                    .log(
                            e instanceof SaasException ? Level.DEBUG : Level.WARNING,
                            "The health check failed: operation=health database=catalog",
                            failure);
            Throwable cause = failure.getCause();
            return Health.down(failure.getMessage() + (cause == null ? "" : " " + cause.getMessage()));
        }
    }

    @Override
    public Set<Capability> capabilities() {
        return durable
                ? Set.of(Capability.DURABLE, Capability.SCRIPTS, Capability.LOGINS, Capability.ROW_QUOTAS)
                : Set.of(Capability.SCRIPTS, Capability.LOGINS, Capability.ROW_QUOTAS);
    }

    @Override
    public void close() {
        H2LoginDriver.close(storage.location());
        databases.close();
        connections.close();
        storage.close();
    }
}
