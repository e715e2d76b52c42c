// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.remote;

import dev.allotment.Saas;
import dev.allotment.server.setting.ExitCode;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command {@code doctor}: looks for what keeps an operator from working with a server. */
@Command(description = DoctorCommand.SUMMARY)
final class DoctorCommand implements RemoteTask {
    static final String SUMMARY = "Checks the connection, the key, the version, the clock, the database servers, and"
            + " operations that failed.";

    private static final Duration MOST_DIFFERENCE = Duration.ofSeconds(60);
    private static final int MOST = 200;

    @Mixin
    private CommonOptions.Target target = new CommonOptions.Target();

    private int findings;

    @Override
    public int run(Terminal terminal) throws RemoteFailure, InterruptedException {
        ApiClient client = new ApiClient(Connection.of(target, terminal.environment()));
        ApiClient.Answer document = client.get("/openapi.json");
        good(terminal, client.address() + " answers");
        version(
                terminal,
                String.valueOf(ApiClient.object(document.json().get("info")).get("version")));
        clock(terminal, document.response().headers().firstValue("date").orElse(""));
        Map<String, Object> account = client.get("/me").json();
        boolean administrator = "administrator".equals(account.get("role"));
        good(terminal, "the key belongs to " + account.get("login") + ", who is " + account.get("role"));
        if (administrator) {
            servers(terminal, client);
        }
        failures(terminal, client);
        return findings == 0 ? ExitCode.OK : ExitCode.FINDINGS;
    }

    private void version(Terminal terminal, String version) {
        if (version.equals(Saas.version())) {
            good(terminal, "server and program have version " + version);
        } else {
            bad(
                    terminal,
                    "the server has version " + version + ", and this program " + Saas.version()
                            + ": use the program of the server's version");
        }
    }

    private void clock(Terminal terminal, String date) {
        try {
            Instant there = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            Duration difference =
                    Duration.between(there, Clock.systemUTC().instant()).abs();
            if (difference.compareTo(MOST_DIFFERENCE) <= 0) {
                good(terminal, "the clocks agree");
            } else {
                bad(terminal, "the clocks differ by " + difference.toSeconds() + " s: synchronise both machines");
            }
        } catch (DateTimeException e) {
            bad(terminal, "the answer has no date: a proxy may have removed it");
        }
    }

    private void servers(Terminal terminal, ApiClient client) throws RemoteFailure, InterruptedException {
        for (Map<String, Object> each : client.get("/servers?limit=" + MOST).items()) {
            Map<String, Object> status =
                    client.get("/servers/" + each.get("id") + "/status").json();
            Map<String, Object> health = ApiClient.object(status.get("health"));
            String name = "database server " + each.get("name");
            if (Boolean.TRUE.equals(health.get("up"))) {
                good(terminal, name + " is up");
            } else {
                bad(terminal, name + " is down: " + health.get("message"));
            }
        }
    }

    private void failures(Terminal terminal, ApiClient client) throws RemoteFailure, InterruptedException {
        String since = Clock.systemUTC().instant().minus(Duration.ofDays(1)).toString();
        int failed = client.send(ApiClient.Call.get(
                        "/operations",
                        Map.of(
                                "state", List.of("failed"),
                                "where", List.of("updatedAt>=" + since),
                                "limit", List.of(Integer.toString(MOST)))))
                .items()
                .size();
        if (failed == 0) {
            good(terminal, "no operation has failed in the last day");
        } else {
            bad(
                    terminal,
                    (failed == MOST ? "at least " : "") + failed
                            + " operations have failed in the last day: saas operation"
                            + " list --state failed --where 'updatedAt>=" + since + "'");
        }
    }

    private static void good(Terminal terminal, String text) {
        terminal.out().println("ok    " + Table.safe(text));
    }

    private void bad(Terminal terminal, String text) {
        findings++;
        terminal.out().println("FOUND " + Table.safe(text));
    }
}
