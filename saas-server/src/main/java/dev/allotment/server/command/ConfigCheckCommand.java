// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.command;

import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.ServerConfiguration;
import dev.allotment.spi.backend.Backend;
import java.io.PrintStream;
import picocli.CommandLine.Command;

/** The command {@code config check}: says that the settings are right. Wrong ones are reported before it runs. */
@Command
final class ConfigCheckCommand implements Task {
    @Override
    public int run(ServerConfiguration configuration, Backend backend, PrintStream out) {
        out.println("The settings are right: backend " + configuration.storage() + ", main database "
                + configuration.mainDatabase() + ". Nothing was opened or contacted.");
        return ExitCode.OK;
    }
}
