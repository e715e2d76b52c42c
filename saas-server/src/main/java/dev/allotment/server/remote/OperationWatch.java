// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.remote;

import dev.allotment.rest.json.Json;
import dev.allotment.server.setting.ExitCode;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Waits for the end of an operation, and shows its progress on a terminal. */
final class OperationWatch {
    private static final int WIDTH = 30;

    /** In seconds. */
    private static final long BETWEEN = 1;

    /** How often a server that is away is asked. */
    private static final int ATTEMPTS = 300;

    private final Terminal terminal;
    private final ApiClient client;
    private final boolean asJson;

    OperationWatch(Terminal terminal, ApiClient client, boolean asJson) {
        this.terminal = terminal;
        this.client = client;
        this.asJson = asJson;
    }

    /**
     * Waits, prints the operation, and returns the exit code. The operation continues if this is interrupted.
     *
     * @param operation as it was seen last
     */
    int toTheEnd(Map<String, Object> operation) throws RemoteFailure, InterruptedException {
        Map<String, Object> seen = operation;
        while ("running".equals(seen.get("state"))) {
            show(seen);
            Terminal.pause(BETWEEN);
            seen = read(operation);
        }
        if (terminal.interactive()) {
            show(seen);
            terminal.err().println();
        }
        String text = "Operation " + seen.get("id") + " is " + seen.get("state") + ".";
        if (asJson) {
            terminal.out().println(new String(Json.write(seen), StandardCharsets.UTF_8));
        } else {
            terminal.out().println(text);
            if (seen.get("result") instanceof Map<?, ?> result && !result.isEmpty()) {
                Table.print(terminal.out(), ApiClient.object(result));
            }
        }
        if (!"failed".equals(seen.get("state"))) {
            return ExitCode.OK;
        }
        throw new RemoteFailure(
                ExitCode.OPERATION_FAILED,
                Table.safe(text + " " + seen.get("errorMessage") + " (" + seen.get("errorCode") + ")"));
    }

    /** Reads the operation, also if the server is away for a while, such as during an upgrade. */
    private Map<String, Object> read(Map<String, Object> operation) throws RemoteFailure, InterruptedException {
        ApiClient.Call call = ApiClient.Call.get("/operations/" + operation.get("id"), Map.of());
        try {
            return client.send(call, ATTEMPTS, this::away).json();
        } catch (RemoteFailure failure) {
            throw new RemoteFailure(
                    failure.exitCode(),
                    failure.text() + " The operation continues: saas operation watch " + operation.get("id"));
        }
    }

    private void away(RemoteFailure failure) {
        // The bar is on a line that has no end yet.
        terminal.err()
                .println((terminal.interactive() ? System.lineSeparator() : "") + failure.text() + " Trying again.");
    }

    /** Draws over the line that it has drawn before. */
    private void show(Map<String, Object> operation) {
        if (terminal.interactive()) {
            int percent = operation.get("percent") instanceof Number known ? known.intValue() : 0;
            int full = WIDTH * percent / 100;
            terminal.err()
                    .print("\r[" + "#".repeat(full) + " ".repeat(WIDTH - full) + "] " + percent + " %  "
                            + Table.safe(String.valueOf(operation.get("step"))) + "\u001b[K");
            terminal.err().flush();
        }
    }
}
