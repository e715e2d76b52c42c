// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.remote;

import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The command {@code operation watch}. */
@Command(description = WatchCommand.SUMMARY)
final class WatchCommand implements RemoteTask {
    static final String SUMMARY = "Waits for the end of an operation, and shows its progress on a terminal.";

    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");

    @Mixin
    private CommonOptions.Target target = new CommonOptions.Target();

    @Parameters(paramLabel = "OPERATION", description = "Its number.")
    private String operation = "";

    @Override
    public int run(Terminal terminal) throws RemoteFailure, InterruptedException {
        if (!NUMBER.matcher(operation).matches()) {
            throw RemoteFailure.wrong("An operation is named by its number; found \"" + operation + "\".");
        }
        ApiClient client = new ApiClient(Connection.of(target, terminal.environment()));
        return new OperationWatch(terminal, client, target.asJson())
                .toTheEnd(client.get("/operations/" + operation).json());
    }
}
