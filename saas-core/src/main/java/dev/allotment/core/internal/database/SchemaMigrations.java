// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.database;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.core.internal.addon.EmbedderHooks;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.parameter.DerivedSecrets;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.hook.MigrationFailedException;
import dev.allotment.hook.TenantSchema;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Brings databases up to the version of the embedder's {@link TenantSchema}. */
public final class SchemaMigrations {
    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final DerivedSecrets derivedSecrets;
    private final @Nullable TenantSchema schema;
    private final @Nullable String version;

    public SchemaMigrations(
            CoreContext context,
            ServerRegistry serverRegistry,
            DerivedSecrets derivedSecrets,
            EmbedderHooks embedderHooks) {
        this.context = context;
        this.serverRegistry = serverRegistry;
        this.derivedSecrets = derivedSecrets;
        this.schema = embedderHooks.tenantSchema();
        this.version = embedderHooks.schemaVersion();
    }

    /** The version that databases should have; null if the embedder has no tenant schema. */
    public @Nullable String version() {
        return version;
    }

    /**
     * Whether this node should migrate a database.
     *
     * @param recorded the version that it has; null: unknown
     */
    public boolean isOutdated(@Nullable String recorded) {
        return version != null && (recorded == null || (!version.equals(recorded) && !isOlder(version, recorded)));
    }

    /** Compares the numbers of two versions: if they are equal, the texts after them have no order. */
    public static boolean isOlder(String version, String than) {
        return Arrays.compare(numbers(version), numbers(than)) < 0;
    }

    /** Trailing zeros do not count, as in the versions of add-ons. */
    private static long[] numbers(String version) {
        return Arrays.stream(version.replaceFirst("-.*", "")
                        .replaceFirst("(\\.0+)+$", "")
                        .split("\\.", -1))
                .mapToLong(Long::parseLong)
                .toArray();
    }

    /** Whether the application must be locked out, because it could not change tables with a quota. */
    public boolean isLimited(StoredTenant tenant) {
        return isLimited(serverRegistry.databases(tenant.serverId()), tenant.serverId(), DatabaseRefs.of(tenant));
    }

    private boolean isLimited(Databases databases, ServerId server, DatabaseRef database) {
        return serverRegistry.enforcesRecordQuotas(server)
                && databases.<Boolean>transact(
                        database, tx -> !RecordQuotas.all(tx).isEmpty());
    }

    /** Migrates the database of an open tenant while its application works; returns the version that it has then. */
    public String migrateOpen(StoredTenant tenant) {
        Databases databases = serverRegistry.databases(tenant.serverId());
        return run(tenant.name(), databases.login(DatabaseRefs.of(tenant), derivedSecrets.password(tenant)));
    }

    /**
     * Migrates a database while its application is locked out, and closes it. Its login has another password then.
     * Sessions of an earlier run that was killed are ended, with their locks.
     *
     * @return the version that it has then
     */
    public String migrateClosed(StoredOperation operation, ServerId server, DatabaseRef database) {
        Databases databases = serverRegistry.databases(server, operation);
        databases.close(database);
        boolean limited = isLimited(databases, server, database);
        if (limited) {
            databases.<@Nullable Void>configure(database, tx -> {
                tx.enforce(List.of());
                return null;
            });
        }
        // No application knows this password, so opening the database admits only the migration.
        DatabaseLogin login = databases.login(database, context.secrets().next());
        databases.open(database);
        String migrated = run(database.name(), login);
        databases.close(database);
        if (limited) {
            enforce(databases, database);
        }
        return migrated;
    }

    /** Gives a tenant's login its own password again, and its database its quotas; the database stays closed. */
    public void restore(StoredOperation operation, StoredTenant tenant) {
        Databases databases = serverRegistry.databases(tenant.serverId(), operation);
        DatabaseRef database = DatabaseRefs.of(tenant);
        databases.close(database);
        if (isLimited(databases, tenant.serverId(), database)) {
            enforce(databases, database);
        }
        databases.login(database, derivedSecrets.password(tenant));
    }

    private static void enforce(Databases databases, DatabaseRef database) {
        databases.<@Nullable Void>configure(database, tx -> {
            RecordQuotas.enforce(tx);
            return null;
        });
    }

    private String run(String database, DatabaseLogin login) {
        if (schema == null || version == null) {
            throw none();
        }
        try {
            schema.migrate(login);
            return version;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(database, version, e);
        } catch (Exception e) {
            throw failed(database, version, e);
        }
    }

    public static SaasException none() {
        return SaasException.conflict(
                ErrorCodes.SCHEMA_NONE,
                "There is no tenant schema to migrate to. Register one at the builder with tenantSchema.");
    }

    private static String where(Exception cause) {
        if (!(cause instanceof MigrationFailedException failed)) {
            return "";
        }
        return ": " + failed.migration() + " failed" + (failed.line() == 0 ? "" : " in line " + failed.line())
                + (failed.sqlState() == null ? "" : " (SQL state " + failed.sqlState() + ")");
    }

    private static Map<String, String> details(String database, String version, Exception cause) {
        Map<String, String> details = new HashMap<>(Map.of("database", database, "version", version));
        if (cause instanceof MigrationFailedException failed) {
            details.put("migration", failed.migration());
        }
        return details;
    }

    private static SaasException failed(String database, String version, Exception cause) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.SCHEMA_FAILED,
                "The tenant schema of database " + database + " could not be migrated to version " + version
                        + where(cause) + ". Fix the reason, and try again.",
                details(database, version, cause),
                false,
                cause);
    }
}
