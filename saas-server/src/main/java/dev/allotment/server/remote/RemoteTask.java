// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.remote;

/** What a command on a running server does. Its options are fields, which are set when the line is parsed. */
interface RemoteTask {
    /**
     * Does it, and returns the exit code.
     *
     * @throws RemoteFailure with the exit code that says why it failed
     */
    int run(Terminal terminal) throws RemoteFailure, InterruptedException;
}
