// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import dev.allotment.ErrorCodes;
import dev.allotment.Health;
import dev.allotment.SaasException;
import dev.allotment.fleet.Server;
import dev.allotment.jdbc.CatalogSchema;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.JdbcCatalog;
import dev.allotment.jdbc.Migration;
import dev.allotment.jdbc.Migrator;
import dev.allotment.jdbc.Router;
import dev.allotment.jdbc.Schema;
import dev.allotment.jdbc.Transactions;
import dev.allotment.postgres.database.ApplicationAccess;
import dev.allotment.postgres.database.BaseTemplate;
import dev.allotment.postgres.database.DatabaseAdopter;
import dev.allotment.postgres.database.DatabaseProvisioner;
import dev.allotment.postgres.database.Installation;
import dev.allotment.postgres.database.PostgresLogins;
import dev.allotment.postgres.database.SessionWatch;
import dev.allotment.postgres.database.TenantConnections;
import dev.allotment.postgres.database.WarmSessions;
import dev.allotment.postgres.server.CatalogSetup;
import dev.allotment.postgres.server.ConnectionPool;
import dev.allotment.postgres.server.ControlStatements;
import dev.allotment.postgres.server.NodesOfCatalog;
import dev.allotment.postgres.server.PostgresDialect;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.PoolUse;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.TransferFormat;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/** A PostgreSQL server with tenant databases and, unless it is an additional server, the catalog. Thread-safe. */
final class PostgresBackend implements Backend {
    static final String DIALECT = "postgres";

    static final Schema CATALOG_SCHEMA =
            CatalogSchema.of(PostgresDialect.INSTANCE, PostgresBackend.class::getResourceAsStream);

    static final Schema TENANT_SCHEMA = new Schema(
            "tenant database",
            RecordTypes.database(),
            List.of(),
            List.of(Migration.read(1, "records", "database", PostgresBackend.class::getResourceAsStream)));

    /** What the role of the control plane may send in tenant databases. */
    static final ControlStatements CONTROL_STATEMENTS = controlStatements(TENANT_SCHEMA);

    private static final Duration ACQUIRE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(5);

    /** A health check that fails within these nanoseconds used a connection that had been open before. */
    private static final long AT_ONCE = 1_000_000_000;

    /** One for the leases, one for the work of dead nodes, one for health checks, and one more. */
    private static final int MAINTENANCE_CONNECTIONS = 4;

    private static final int HEALTH_CHECKS = 1;

    private final ConnectionPool pool;
    private final ConnectionPool maintenancePool;
    /** Health checks may be frequent. They must not take the connections of the rest of the maintenance. */
    private final Semaphore healthChecks = new Semaphore(HEALTH_CHECKS);

    private final ConnectionPool serverPool;
    private final SessionWatch watch;
    private final WarmSessions warmSessions;
    private final Router<DatabaseRef> router;
    private final Catalog catalog;
    private final Databases databases;

    PostgresBackend(PostgresSettings settings) {
        this(settings, TENANT_SCHEMA);
    }

    /** A build with another schema of tenant databases, such as the next version. */
    PostgresBackend(PostgresSettings settings, Schema tenantSchema) {
        this(settings, new ServerAccess(settings, controlStatements(tenantSchema)), null, tenantSchema);
    }

    PostgresBackend(PostgresSettings settings, ServerAccess access) {
        this(settings, access, null, TENANT_SCHEMA);
    }

    /** Returns the backend of a server without a catalog, for the control plane with this identity. */
    static PostgresBackend server(PostgresSettings settings, UUID controlPlane) {
        return server(settings, controlPlane, TENANT_SCHEMA);
    }

    static PostgresBackend server(PostgresSettings settings, UUID controlPlane, Schema tenantSchema) {
        return new PostgresBackend(
                settings, new ServerAccess(settings, controlStatements(tenantSchema)), controlPlane, tenantSchema);
    }

    private static ControlStatements controlStatements(Schema tenantSchema) {
        return new ControlStatements(
                tenantSchema.migrations().stream().map(Migration::script).collect(Collectors.toSet()));
    }

    private PostgresBackend(
            PostgresSettings settings, ServerAccess access, @Nullable UUID controlPlane, Schema tenantSchema) {
        Duration timeout = Duration.ofSeconds(settings.connectSeconds());
        pool = new ConnectionPool(
                "allotment-catalog",
                access.catalog(),
                settings.poolSize(),
                timeout,
                settings.autoCommit(),
                this::forgetIdle);
        maintenancePool = new ConnectionPool(
                "allotment-maintenance",
                access.catalog(),
                MAINTENANCE_CONNECTIONS,
                timeout,
                settings.autoCommit(),
                this::forgetIdle);
        // Creating a database takes long, and so does waiting for a lock. The catalog must not wait for either.
        serverPool = new ConnectionPool(
                "allotment-server",
                access.server(),
                settings.poolSize(),
                timeout,
                settings.autoCommit(),
                this::forgetIdle);
        watch = new SessionWatch(access.unpooled(), SessionWatch.IDLE);
        Installation installation = new Installation(access, pool, watch, controlPlane);
        ApplicationAccess application = new ApplicationAccess(access, settings.loginConnections());
        TenantConnections tenantConnections =
                new TenantConnections(access, serverPool, installation, application, tenantSchema);
        warmSessions = new WarmSessions(tenantConnections::openPatiently);
        router = new Router<>(settings.tenantConnections(), ACQUIRE_TIMEOUT, tenantConnections);
        catalog = new JdbcCatalog(
                new Transactions(PostgresDialect.INSTANCE, CATALOG_SCHEMA),
                pool,
                maintenancePool,
                new CatalogSetup(
                        access,
                        serverPool,
                        new Migrator(PostgresDialect.INSTANCE, CATALOG_SCHEMA, new NodesOfCatalog())),
                CATALOG_SCHEMA.migrations().size());
        PostgresLogins logins = new PostgresLogins(access, application);
        String version = tenantVersion(tenantSchema);
        databases = new PostgresDatabases(
                settings,
                pool,
                serverPool,
                installation,
                tenantConnections,
                router,
                new Transactions(PostgresDialect.INSTANCE, tenantSchema),
                new DatabaseProvisioner(
                        access,
                        new BaseTemplate(access, tenantSchema, settings.user()),
                        version,
                        logins,
                        application,
                        settings,
                        controlPlane == null),
                logins,
                application,
                new DatabaseAdopter(access, tenantSchema, settings.loginConnections()),
                watch,
                warmSessions,
                controlPlane == null,
                version);
    }

    /** The version of the schema of tenant databases, as transfers name it. */
    static String tenantVersion(Schema schema) {
        return schema.migrations().stream().map(Migration::checksum).collect(Collectors.joining(" "));
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
        if (!server.name().equals(Server.DEFAULT_NAME)) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKEND_UNSUPPORTED,
                    "This PostgreSQL backend has no connection to server " + server.name() + ", only to "
                            + Server.DEFAULT_NAME + ". Open a backend for that server.");
        }
        return databases;
    }

    @Override
    public List<PoolUse> pools() {
        return List.of(
                pool.use("catalog"),
                maintenancePool.use("maintenance"),
                serverPool.use("server"),
                router.use("tenants"));
    }

    @Override
    public Health health() {
        try {
            if (!healthChecks.tryAcquire(HEALTH_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                return Health.down("Another health check of the database server takes too long.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Health.down("The health check was interrupted.");
        }
        try {
            return checkTwice();
        } finally {
            healthChecks.release();
        }
    }

    private Health checkTwice() {
        long start = System.nanoTime();
        Health first = check(maintenancePool);
        if (first.up() || System.nanoTime() - start > AT_ONCE) {
            return first;
        }
        // Connections in the pool may have died with a server that is back by now. Only a new one shows that.
        forgetIdle();
        return check(maintenancePool);
    }

    /** Closes the idle connections to the server. A pool trusts those that were in use half a second ago. */
    private void forgetIdle() {
        pool.forgetIdle();
        maintenancePool.forgetIdle();
        serverPool.forgetIdle();
        router.forgetIdle();
        warmSessions.forgetIdle();
    }

    /** Whether the server behind some connections answers, and accepts changes. */
    static Health check(Connections connections) {
        String what = "Checking the health of the database server";
        try (ServerSession session = ServerSession.open(connections, what)) {
            boolean standby = session.within(
                    HEALTH_TIMEOUT,
                    () -> session.query(
                            "SELECT pg_is_in_recovery()",
                            query -> query.mapTo(Boolean.class).one()));
            return standby ? Health.down("The database server is a standby and accepts no changes.") : Health.healthy();
        } catch (RuntimeException e) {
            SaasException failure = ServerSession.failure(what, e);
            Throwable cause = failure;
            while (cause.getCause() != null && !(cause instanceof PSQLException)) {
                // The pool only says that it has no connection. The driver says why.
                cause = cause.getCause();
            }
            return Health.down(failure.getMessage() + (cause == failure ? "" : " " + cause.getMessage()));
        }
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.copyOf(EnumSet.allOf(Capability.class));
    }

    @Override
    public void close() {
        warmSessions.close();
        router.close();
        watch.close();
        serverPool.close();
        maintenancePool.close();
        pool.close();
    }
}
