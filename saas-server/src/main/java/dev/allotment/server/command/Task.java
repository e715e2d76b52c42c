// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.command;

import dev.allotment.server.setting.ServerConfiguration;
import dev.allotment.server.setting.StartFailure;
import dev.allotment.spi.backend.Backend;
import java.io.PrintStream;

/** What a command does that starts no server. Its own options are fields, which are set when the line is parsed. */
public interface Task {
    /**
     * Does it once, and returns the exit code.
     *
     * @param configuration the settings, which are those of a server
     * @param backend is open, and is not closed here
     */
    int run(ServerConfiguration configuration, Backend backend, PrintStream out) throws StartFailure;
}
