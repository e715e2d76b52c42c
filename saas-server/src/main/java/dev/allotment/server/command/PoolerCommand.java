// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.command;

import dev.allotment.ErrorCodes;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.fleet.Server;
import dev.allotment.server.setting.Backends;
import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.PostgresUrl;
import dev.allotment.server.setting.ServerConfiguration;
import dev.allotment.server.setting.StartFailure;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.PoolUse;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code saas pgbouncer}: prints a configuration of PgBouncer that fits the settings. Applications share sessions of
 * the server; nodes must not, so each needs its own process of PgBouncer.
 */
@Command
final class PoolerCommand implements Task {
    private static final String DEFAULT_LOGIN_CONNECTIONS = "20";

    private static final String PREPARATION = """
            ; PgBouncer between {callers} and PostgreSQL, printed by "saas pgbouncer{option}".
            ;
            ; First, as a superuser, in the database "postgres" of the server:
            ;
            ;   CREATE ROLE pgbouncer LOGIN PASSWORD '...';
            ;   CREATE SCHEMA pgbouncer;
            ;   CREATE FUNCTION pgbouncer.secret(name text, OUT login text, OUT secret text) LANGUAGE sql
            ;     SECURITY DEFINER SET search_path = pg_catalog
            ;     AS $$SELECT usename, passwd FROM pg_shadow WHERE usename = name AND ({roles})$$;
            ;   REVOKE ALL ON FUNCTION pgbouncer.secret(text) FROM PUBLIC;
            ;   GRANT USAGE ON SCHEMA pgbouncer TO pgbouncer;
            ;   GRANT EXECUTE ON FUNCTION pgbouncer.secret(text) TO pgbouncer;
            ;   GRANT CONNECT ON DATABASE postgres TO pgbouncer;
            ;
            ; Then write the line "pgbouncer" "password of that role", with the quotes, into the file of auth_file.

            [databases]
            ; Each database is reached under its name.
            * = host={host} port={port}

            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = 6432
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = /etc/pgbouncer/userlist.txt
            auth_user = pgbouncer
            auth_dbname = postgres
            auth_query = SELECT login, secret FROM pgbouncer.secret($1)
            ; Drivers send these. Settings of an application belong to its role or database.
            ignore_startup_parameters = extra_float_digits,options
            """;

    private static final String FOR_APPLICATIONS = """
            pool_mode = transaction
            max_client_conn = 10000
            ; For each tenant. All processes of PgBouncer together, and what connects without them, must not have more than
            ; login.connections ({connections}): PostgreSQL refuses further ones.
            default_pool_size = {connections}
            max_prepared_statements = 200
            ; A database that was closed, for a copy or while it was suspended, is available again soon after it was opened.
            server_login_retry = 1
            server_idle_timeout = 60
            query_wait_timeout = 30
            """;

    private static final String FOR_NODES = """
            ; Locks and settings of a node last as long as its session. A node refuses to start with any other mode.
            pool_mode = session
            ; One node has at most {connections} connections. Multiply both numbers by the number of nodes.
            default_pool_size = {connections}
            max_client_conn = {connections}
            ; Nodes need to know why PostgreSQL refused a connection. PgBouncer repeats only part of it while it waits.
            server_login_retry = 0
            server_idle_timeout = 60
            """;

    /** A node has these outside its pools: a health check, and four sessions in spares for the next claims. */
    private static final int OUTSIDE_POOLS = 5;

    @Option(names = "--nodes", description = "For nodes. Without it: for applications of tenants.")
    private boolean nodes;

    @Option(
            names = "--server",
            paramLabel = "NAME",
            description = "For this database server. Without it: for the one of the catalog.")
    private @Nullable String server;

    /** Prints the configuration. Asks no database server, but reads a registered one from the catalog. */
    @Override
    public int run(ServerConfiguration configuration, Backend backend, PrintStream out) throws StartFailure {
        if (server == null) {
            print(configuration.backend(), configuration.backendSettings(), backend, out);
            return ExitCode.OK;
        }
        try (Saas saas = Saas.builder()
                .backend(backend)
                .mainDatabase(configuration.mainDatabase())
                .attach()) {
            Server found = saas.servers()
                    .findByName(server)
                    .orElseThrow(() -> SaasException.notFound(
                            ErrorCodes.RECORD_MISSING, "There is no database server \"" + server + "\"."));
            if (found.backend() == null) {
                print(configuration.backend(), configuration.backendSettings(), backend, out);
                return ExitCode.OK;
            }
            Map<String, String> settings = new HashMap<>(found.settings());
            // It divides tenants among roles, which makes no difference here.
            settings.remove("division");
            try (Backend registered = Backends.open(found.backend(), settings)) {
                print(found.backend(), settings, registered, out);
            }
            return ExitCode.OK;
        } catch (SaasException e) {
            throw StartFailure.of(e, configuration.storage());
        }
    }

    private void print(String backend, Map<String, String> settings, Backend opened, PrintStream out)
            throws StartFailure {
        String url = settings.get("url");
        if (!backend.equals("postgres") || url == null) {
            throw new StartFailure(
                    ExitCode.WRONG_SETTINGS,
                    server == null
                            ? "PgBouncer is for PostgreSQL: set --backend postgres and its --url."
                            : "PgBouncer is for PostgreSQL: the database server \"" + server + "\" is not one.");
        }
        PostgresUrl address = PostgresUrl.read(url);
        if (address == null) {
            throw new StartFailure(
                    ExitCode.WRONG_SETTINGS,
                    "The URL of the database server names no host, or several hosts. PgBouncer does not find out which of"
                            + " them is the primary: set a --url with one host, such as an address that moves with the"
                            + " primary.");
        }
        String own = "usename = '" + settings.get("user") + "'";
        String tenants = "starts_with(usename, 'allotment_')";
        out.print(PREPARATION
                .replace("{callers}", nodes ? "nodes" : "applications of tenants")
                .replace("{option}", (nodes ? " --nodes" : "") + (server == null ? "" : " --server " + server))
                .replace("{roles}", nodes ? own + " OR " + tenants : tenants)
                .replace("{host}", address.host())
                .replace("{port}", address.port()));
        out.print(encryption(address));
        out.print((nodes ? FOR_NODES : FOR_APPLICATIONS)
                .replace(
                        "{connections}",
                        nodes
                                ? connectionsOfNode(opened)
                                : settings.getOrDefault("login.connections", DEFAULT_LOGIN_CONNECTIONS)));
        out.flush();
    }

    /** The driver's default and PgBouncer's are the same. */
    private static String encryption(PostgresUrl server) {
        String mode = server.sslMode();
        if (mode == null) {
            return "";
        }
        String authority = server.parameters().get("sslrootcert");
        if (authority == null && mode.startsWith("verify-")) {
            authority = "/etc/pgbouncer/root.crt";
        }
        return "server_tls_sslmode = " + mode + "\n"
                + (authority == null ? "" : "server_tls_ca_file = " + authority + "\n");
    }

    private static String connectionsOfNode(Backend backend) {
        return Integer.toString(
                OUTSIDE_POOLS + backend.pools().stream().mapToInt(PoolUse::max).sum());
    }
}
