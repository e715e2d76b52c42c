// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import dev.allotment.test.ExternalProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** PgBouncer in front of a test server, configured like the one that {@code saas pgbouncer --nodes} prints. */
final class PgBouncer implements AutoCloseable {
    private static final String ROLE = "pgbouncer";
    private static final String PASSWORD = "password of the pooler";

    private final ExternalProgram program;
    private final int port = ExternalProgram.freePort();

    private PgBouncer(PostgresTestServer server, Path folder, String mode, String more) throws IOException {
        prepare(server);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path users = Files.writeString(folder.resolve("users.txt"), "\"" + ROLE + "\" \"" + PASSWORD + "\"\n");
        Path configuration = Files.writeString(
                folder.resolve("pgbouncer.ini"), """
                [databases]
                * = host=127.0.0.1 port=%d

                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = scram-sha-256
                auth_file = %s
                auth_user = %s
                auth_dbname = postgres
                auth_query = SELECT login, secret FROM pgbouncer.secret($1)
                pool_mode = %s
                default_pool_size = 100
                max_client_conn = 500
                server_login_retry = 0
                ignore_startup_parameters = extra_float_digits,options
                %s
                """.formatted(server.port(), port, users, ROLE, mode, more));
        List<String> arguments = new ArrayList<>(List.of(configuration.toString()));
        if (System.getProperty("user.name").equals("root")) {
            // It refuses to run as root.
            arguments.addAll(0, List.of("-u", "nobody"));
        }
        program = ExternalProgram.start(
                "pgbouncer", folder.resolve("pgbouncer.log"), port, arguments.toArray(new String[0]));
    }

    static PgBouncer start(PostgresTestServer server, Path folder, String mode) throws IOException {
        return start(server, folder, mode, "");
    }

    /** @param more lines of the section {@code pgbouncer} */
    static PgBouncer start(PostgresTestServer server, Path folder, String mode, String more) throws IOException {
        return new PgBouncer(server, folder, mode, more);
    }

    private static void prepare(PostgresTestServer server) {
        if (server.values("postgres", "SELECT 1 FROM pg_roles WHERE rolname = '" + ROLE + "'")
                .isEmpty()) {
            server.execute(
                    "postgres",
                    "CREATE ROLE pgbouncer LOGIN PASSWORD '" + PASSWORD + "'",
                    "CREATE SCHEMA pgbouncer",
                    """
                    CREATE FUNCTION pgbouncer.secret(name text, OUT login text, OUT secret text) LANGUAGE sql
                    SECURITY DEFINER SET search_path = pg_catalog
                    AS 'SELECT usename, passwd FROM pg_shadow WHERE usename = name'
                    """,
                    "REVOKE ALL ON FUNCTION pgbouncer.secret(text) FROM PUBLIC",
                    "GRANT USAGE ON SCHEMA pgbouncer TO pgbouncer",
                    "GRANT EXECUTE ON FUNCTION pgbouncer.secret(text) TO pgbouncer",
                    "GRANT CONNECT ON DATABASE postgres TO pgbouncer");
        }
    }

    /** Returns settings with this port. */
    Map<String, String> through(Map<String, String> settings) {
        Map<String, String> changed = new HashMap<>(settings);
        changed.compute("url", (key, url) -> url.replaceFirst("localhost:[0-9]+", "localhost:" + port));
        return changed;
    }

    @Override
    public void close() {
        program.close();
    }
}
