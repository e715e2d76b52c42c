// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.ErrorCodes;
import dev.allotment.Health;
import dev.allotment.SaasException;
import dev.allotment.Server;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.JdbcCatalog;
import dev.allotment.jdbc.Migration;
import dev.allotment.jdbc.Schema;
import dev.allotment.jdbc.Transactions;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.h2.Driver;
import org.jspecify.annotations.Nullable;

/** A catalog in one H2 database, and each client database in one of its own. */
final class H2Backend implements Backend {
    static final String DIALECT = "h2";

    static final Schema CATALOG_SCHEMA = new Schema(
            "catalog",
            RecordTypes.catalog(),
            RecordTypes.sequences(),
            List.of(
                    Migration.read(1, "records", "catalog", H2Backend::resource),
                    Migration.read(2, "lost-servers", "catalog", H2Backend::resource),
                    Migration.read(3, "field-names", "catalog", H2Backend::resource)));

    static final Schema CLIENT_SCHEMA = new Schema(
            "client database",
            RecordTypes.database(),
            List.of(),
            List.of(
                    Migration.read(1, "records", "database", H2Backend::resource),
                    Migration.read(2, "limits", "database", H2Backend::resource)));

    /** In memory there is no crash to be recovered from, so what was overwritten need not be kept for a while. */
    private static final String MEMORY_OPTIONS = ";RETENTION_TIME=0";

    private static final int LAST_MAJOR = 2;
    private static final int LAST_MINOR = 4;

    private static final String KEY = "key";
    private static final int KEY_BYTES = 24;

    private final H2Storage storage;
    private final boolean durable;
    private final CatalogConnections connections;
    private final Catalog catalog;
    private final H2Databases databases;

    private H2Backend(H2Storage storage, H2Settings settings, Schema catalogSchema, Schema clientSchema) {
        this.storage = storage;
        durable = settings.folder() != null;
        SecureRandom random = new SecureRandom();
        H2Engine engine = new H2Engine(key(storage, random), durable ? "" : MEMORY_OPTIONS, settings.autoCommit());
        connections = new CatalogConnections(
                engine, CatalogMigration.files(storage), settings.poolSize(), Duration.ofSeconds(5));
        catalog = new JdbcCatalog(
                new Transactions(H2Dialect.INSTANCE, catalogSchema),
                settings.sync() ? new ForcedCommits(connections) : connections,
                new CatalogMigration(storage, engine, connections, catalogSchema));
        databases = new H2Databases(
                storage,
                engine,
                clientSchema,
                settings.clientConnections(),
                new ApplicationSessions(engine, settings.loginConnections(), random),
                settings.sync());
    }

    /** No reference to the method of {@link Class}: as that asks who calls it, Java would make ten classes for one. */
    private static @Nullable InputStream resource(String name) {
        return H2Backend.class.getResourceAsStream(name);
    }

    /**
     * The administrator's password of all databases. Whoever can read their files can read it too; but an application must not
     * get past its own login with what it knows of H2.
     */
    private static String key(H2Storage storage, SecureRandom random) {
        if (!storage.exists(KEY)) {
            if (CatalogMigration.files(storage).exist()) {
                throw SaasException.internal(
                        ErrorCodes.BACKEND_SCHEMA,
                        "The folder of the H2 backend lacks the file \"key\", without which its databases cannot be opened."
                                + " Put it back, or begin with an empty folder.",
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
            System.getLogger("dev.allotment.h2")
                    .log(
                            Level.WARNING,
                            "The H2 on the class path is newer than 2.4.240. The versions after it that we know lose what was"
                                    + " committed last when the process is killed: have your build take 2.4.240.");
        }
        return open(settings, CATALOG_SCHEMA, CLIENT_SCHEMA);
    }

    /** Asked of H2 itself: its constants would be those that we were compiled with. */
    private static boolean losesCommits() {
        Driver driver = new Driver();
        return losesCommits(driver.getMajorVersion(), driver.getMinorVersion());
    }

    /** Whether a version of H2 is after the last one that is known not to. See ADR 14. */
    static boolean losesCommits(int major, int minor) {
        return major > LAST_MAJOR || (major == LAST_MAJOR && minor > LAST_MINOR);
    }

    /** For tests of migrations. */
    static H2Backend open(H2Settings settings, Schema catalogSchema, Schema clientSchema) {
        H2Storage storage = settings.folder() == null ? new MemoryStorage() : DiskStorage.open(settings.folder());
        boolean done = false;
        try {
            H2Backend backend = new H2Backend(storage, settings, catalogSchema, clientSchema);
            CatalogMigration.recover(storage);
            backend.databases.tidy();
            H2LoginDriver.open(storage.location(), backend.databases::enter);
            done = true;
            return backend;
        } finally {
            if (!done) {
                storage.close();
            }
        }
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
        if (!server.name().equals(Server.DEFAULT_NAME)) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKEND_UNSUPPORTED,
                    "The H2 backend knows no way to server " + server.name() + ", only to " + Server.DEFAULT_NAME
                            + ".");
        }
        return databases;
    }

    @Override
    public Health health() {
        if (!storage.isUsable()) {
            return Health.down("The folder of the H2 backend cannot be written.");
        }
        try {
            if (!CatalogMigration.files(storage).exist()) {
                connections.checkNotClosed();
                return Health.healthy();
            }
            connections.release(connections.acquire(), true);
            return Health.healthy();
        } catch (SQLException | RuntimeException e) {
            SaasException failure = Failures.translate(H2Dialect.INSTANCE, "Opening the catalog", e);
            Throwable cause = failure.getCause();
            return Health.down(failure.getMessage() + (cause == null ? "" : " " + cause.getMessage()));
        }
    }

    @Override
    public Set<Capability> capabilities() {
        return durable
                ? Set.of(
                        Capability.DURABLE,
                        Capability.SCRIPTS,
                        Capability.LOGINS,
                        Capability.ROW_QUOTAS,
                        Capability.TRANSFER)
                : Set.of(Capability.SCRIPTS, Capability.LOGINS, Capability.ROW_QUOTAS, Capability.TRANSFER);
    }

    @Override
    public void close() {
        H2LoginDriver.close(storage.location());
        databases.close();
        connections.close();
        storage.close();
    }
}
