// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import dev.allotment.ErrorCodes;
import dev.allotment.Health;
import dev.allotment.SaasException;
import dev.allotment.Server;
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

    static final Schema CATALOG_SCHEMA = new Schema(
            "catalog",
            RecordTypes.catalog(),
            RecordTypes.sequences(),
            List.of(
                    Migration.read(1, "records", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(2, "lost-servers", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(3, "field-names", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(4, "fencing-token", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(5, "operation-epochs", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(6, "nodes", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(7, "api-keys", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(8, "growth", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(9, "tenant-schema", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(10, "campaigns", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(11, "campaign-index", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(12, "attributes", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(13, "backup-schedules", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(14, "next-backup-index", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(15, "preview-copies", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(16, "preview-index", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(17, "plan-windows", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(18, "backup-sizes", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(19, "server-labels", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(20, "sources", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(21, "tenant-load", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(22, "two-tenants", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(23, "two-tenants-index", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(24, "erasure-requests", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(25, "erasure-index", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(26, "tenant-replacements", "catalog", PostgresBackend.class::getResourceAsStream),
                    Migration.read(27, "drill-turns", "catalog", PostgresBackend.class::getResourceAsStream)));

    static final Schema TENANT_SCHEMA = new Schema(
            "tenant database",
            RecordTypes.database(),
            List.of(),
            List.of(
                    Migration.read(1, "records", "database", PostgresBackend.class::getResourceAsStream),
                    Migration.read(2, "limits", "database", PostgresBackend.class::getResourceAsStream),
                    Migration.read(3, "quota-owner", "database", PostgresBackend.class::getResourceAsStream),
                    Migration.read(4, "api-keys", "database", PostgresBackend.class::getResourceAsStream),
                    Migration.read(5, "gate", "database", PostgresBackend.class::getResourceAsStream)));

    /** What the role of the control plane may send in tenant databases. */
    static final ControlStatements CONTROL_STATEMENTS = new ControlStatements(
            TENANT_SCHEMA.migrations().stream().map(Migration::script).collect(Collectors.toSet()));

    private static final Duration ACQUIRE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(5);

    /** A health check that fails within these nanoseconds used a connection that had been open before. */
    private static final long AT_ONCE = 1_000_000_000;

    /** One for the leases, one for the work of dead nodes, one for health checks, and one more. */
    private static final int UPKEEP_CONNECTIONS = 4;

    private static final int HEALTH_CHECKS = 1;

    private final ConnectionPool pool;
    private final ConnectionPool upkeepPool;
    /** Health checks may be frequent. They must not take the connections of the rest of the upkeep. */
    private final Semaphore healthChecks = new Semaphore(HEALTH_CHECKS);

    private final ConnectionPool serverPool;
    private final SessionWatch watch;
    private final WarmSessions warmSessions;
    private final Router<DatabaseRef> router;
    private final Catalog catalog;
    private final Databases databases;

    PostgresBackend(PostgresSettings settings) {
        this(settings, new ServerAccess(settings, CONTROL_STATEMENTS));
    }

    PostgresBackend(PostgresSettings settings, ServerAccess access) {
        this(settings, access, null);
    }

    /** Returns the backend of a server without a catalog, for the control plane with this identity. */
    static PostgresBackend server(PostgresSettings settings, UUID controlPlane) {
        return new PostgresBackend(settings, new ServerAccess(settings, CONTROL_STATEMENTS), controlPlane);
    }

    private PostgresBackend(PostgresSettings settings, ServerAccess access, @Nullable UUID controlPlane) {
        Duration timeout = Duration.ofSeconds(settings.connectSeconds());
        pool = new ConnectionPool(
                "allotment-catalog",
                access.catalog(),
                settings.poolSize(),
                timeout,
                settings.autoCommit(),
                this::forgetIdle);
        upkeepPool = new ConnectionPool(
                "allotment-upkeep",
                access.catalog(),
                UPKEEP_CONNECTIONS,
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
                new TenantConnections(access, serverPool, installation, application, TENANT_SCHEMA);
        warmSessions = new WarmSessions(tenantConnections::openPatiently);
        router = new Router<>(settings.tenantConnections(), ACQUIRE_TIMEOUT, tenantConnections);
        catalog = new JdbcCatalog(
                new Transactions(PostgresDialect.INSTANCE, CATALOG_SCHEMA),
                pool,
                upkeepPool,
                new CatalogSetup(
                        access,
                        serverPool,
                        new Migrator(PostgresDialect.INSTANCE, CATALOG_SCHEMA, new NodesOfCatalog())),
                CATALOG_SCHEMA.migrations().size());
        PostgresLogins logins = new PostgresLogins(access, application);
        String version = tenantVersion();
        databases = new PostgresDatabases(
                settings,
                pool,
                serverPool,
                installation,
                tenantConnections,
                router,
                new Transactions(PostgresDialect.INSTANCE, TENANT_SCHEMA),
                new DatabaseProvisioner(
                        access,
                        new BaseTemplate(access, TENANT_SCHEMA, settings.user()),
                        version,
                        logins,
                        application,
                        settings,
                        controlPlane == null),
                logins,
                application,
                new DatabaseAdopter(access, TENANT_SCHEMA, settings.loginConnections()),
                watch,
                warmSessions,
                controlPlane == null,
                version);
    }

    /** The version of the schema of tenant databases, as transfers name it. */
    static String tenantVersion() {
        return TENANT_SCHEMA.migrations().stream().map(Migration::checksum).collect(Collectors.joining(" "));
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
        return List.of(pool.use("catalog"), upkeepPool.use("upkeep"), serverPool.use("server"), router.use("tenants"));
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
        Health first = check(upkeepPool);
        if (first.up() || System.nanoTime() - start > AT_ONCE) {
            return first;
        }
        // Connections in the pool may have died with a server that is back by now. Only a new one shows that.
        forgetIdle();
        return check(upkeepPool);
    }

    /** Closes the idle connections to the server. A pool trusts those that were in use half a second ago. */
    private void forgetIdle() {
        pool.forgetIdle();
        upkeepPool.forgetIdle();
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
        upkeepPool.close();
        pool.close();
    }
}
