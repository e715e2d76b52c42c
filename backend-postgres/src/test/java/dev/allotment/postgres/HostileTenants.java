// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import dev.allotment.spi.backend.Backend;
import dev.allotment.tck.HostileTenant;
import java.util.List;
import java.util.Map;

/**
 * Hostile tenants on the shared server, for an administrator who is not a superuser, with canaries that only a
 * superuser can see: the rights and members of all roles, and who owns and may use what in the victim's database.
 */
final class HostileTenants implements AutoCloseable {
    private static final String ROLES = """
            SELECT concat_ws(' ', rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,
                rolbypassrls, rolconnlimit, rolvaliduntil, rolconfig) FROM pg_roles ORDER BY 1
            """;

    private static final String MEMBERS = """
            SELECT concat_ws(' ', roleid::regrole, member::regrole, grantor::regrole, admin_option, inherit_option, set_option)
            FROM pg_auth_members ORDER BY 1
            """;

    private static final String DATABASES = """
            SELECT concat_ws(' ', datname, datdba::regrole, datallowconn, datconnlimit, datistemplate,
                CASE WHEN datname = 'attacker.example' THEN NULL ELSE datacl END)
            FROM pg_database ORDER BY 1
            """;

    private static final String OWNERS = """
            SELECT concat_ws(' ', oid::regclass, relowner::regrole, relacl) FROM pg_class WHERE oid >= 16384
            UNION ALL SELECT concat_ws(' ', oid::regprocedure, proowner::regrole, proacl) FROM pg_proc WHERE oid >= 16384
            UNION ALL SELECT concat_ws(' ', nspname, nspowner::regrole, nspacl) FROM pg_namespace
                WHERE NOT starts_with(nspname, 'pg_')
            ORDER BY 1
            """;

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final Backend backend = fixture.open();
    private final HostileTenant tenant;

    /** @param limited whether a table of the attacker has a quota */
    HostileTenants(boolean limited) {
        backend.catalog().migrate();
        tenant = new HostileTenant(backend, limited);
        tenant.assertNoEffect("no attack");
        watch("the rights of roles", "postgres", ROLES);
        watch("the members of roles", "postgres", MEMBERS);
        watch("the databases", "postgres", DATABASES);
        watch("who owns what in the victim's database", tenant.victim().name(), OWNERS);
        tenant.watch("the schema of the control plane in the attacker's database", () -> ofControlPlane(server));
    }

    private List<String> ofControlPlane(PostgresTestServer from) {
        return from.values(tenant.database().name(), OWNERS).stream()
                .filter(line -> line.startsWith("allotment"))
                .toList();
    }

    private void watch(String what, String database, String sql) {
        tenant.watch(what, () -> server.values(database, sql));
    }

    HostileTenant tenant() {
        return tenant;
    }

    PostgresTestServer server() {
        return server;
    }

    PostgresFixture fixture() {
        return fixture;
    }

    Backend backend() {
        return backend;
    }

    /** Replaces the names of roles and databases in a statement. */
    String filled(String sql) {
        return sql.replace(":shop", '"' + tenant.database().name() + '"')
                .replace(":me", '"' + tenant.login().user() + '"')
                .replace(":other", '"' + tenant.victimLogin().user() + '"');
    }

    @Override
    public void close() {
        backend.close();
        fixture.close();
    }
}
