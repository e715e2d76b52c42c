// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.remote;

import dev.allotment.rest.json.Json;
import dev.allotment.server.setting.ExitCode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code event tail}: prints events as they come, each once and in their order. */
@Command(description = TailCommand.SUMMARY)
final class TailCommand implements RemoteTask {
    static final String SUMMARY =
            "Prints events as they come, until it is interrupted. With json, one document a line.";

    /** In seconds. */
    private static final long BETWEEN = 2;

    @Mixin
    private CommonOptions.Target target = new CommonOptions.Target();

    @Option(
            names = "--after",
            paramLabel = "NUMBER",
            description = "Starts after the event with this number; 0: at the start of the log. Default: now.")
    private @Nullable Long after;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "Only events of this type, such as tenant_created; can be repeated.")
    private String[] types = {};

    @Override
    public int run(Terminal terminal) throws RemoteFailure, InterruptedException {
        ApiClient client = new ApiClient(Connection.of(target, terminal.environment()));
        // No event has this number, so the answer says only where the log ends.
        String next = after == null ? next(client.send(call(Map.of("id", List.of("0"))))) : after.toString();
        while (true) {
            ApiClient.Answer page = client.send(
                    call(Map.of("after", List.of(next), "type", List.of(types))),
                    Integer.MAX_VALUE,
                    failure -> terminal.err().println(failure.text() + " Trying again, and missing nothing."));
            page.items().forEach(each -> print(terminal, each));
            next = next(page);
            if (terminal.out().checkError()) {
                // The reader of the output has closed it.
                return ExitCode.FAILED;
            }
            if (!Boolean.TRUE.equals(page.json().get("more"))) {
                Terminal.pause(BETWEEN);
            }
        }
    }

    private static ApiClient.Call call(Map<String, List<String>> query) {
        return ApiClient.Call.get("/events", new TreeMap<>(query));
    }

    private static String next(ApiClient.Answer page) {
        return String.valueOf(page.json().get("next"));
    }

    private void print(Terminal terminal, Map<String, Object> event) {
        terminal.out()
                .println(
                        target.asJson()
                                ? new String(Json.write(event), StandardCharsets.UTF_8)
                                : Table.line("event", event));
        terminal.out().flush();
    }
}
