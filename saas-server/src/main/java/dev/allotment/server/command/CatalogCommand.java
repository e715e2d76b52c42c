// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.command;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.fleet.CatalogIdentity;
import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.ServerConfiguration;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code catalog}: says what the catalog is, after it was decided, if it was. */
@Command
final class CatalogCommand extends OperatorCommand {
    @Option(names = "--moved", description = "Confirms that this is the catalog now: it was moved or restored.")
    private boolean moved;

    @Option(
            names = "--leave",
            description = "Ends its use in this place, before a move. --moved then keeps the API keys.")
    private boolean leave;

    @Option(
            names = "--separate",
            description = "Makes this copy a separate control plane, without the original's servers.")
    private boolean separate;

    @Override
    int run(ServerConfiguration configuration) {
        if (Stream.of(moved, separate, leave).filter(each -> each).count() > 1) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID,
                    "Give one of --moved, --separate and --leave: the catalog is one of the three.");
        }
        CatalogIdentity identity = saas().catalogIdentity();
        if (leave) {
            identity.leave();
            out().println(
                            identity.isCopy()
                                    ? "Nothing can be changed with this catalog any more. Dump it, restore it in its new"
                                            + " place, and run \"saas catalog --moved\" there within a day, which then"
                                            + " keeps the API keys. To stay here, run it here."
                                    : "All databases of this catalog are copied with it, so there is nothing to decide."
                                            + " Stop the server, and copy the folder.");
            return ExitCode.OK;
        }
        if (moved) {
            out().println(
                            identity.confirmMoved()
                                    ? "The API keys of accounts were kept."
                                    : "The API keys of accounts were revoked, since some may have been revoked after this"
                                            + " copy was made. \"saas api-key\" makes a new one for an administrator.");
        }
        if (separate) {
            identity.separate();
            out().println("This catalog is a separate control plane now. Restart every node on it, and register its"
                    + " database servers.");
        }
        boolean copy = identity.isCopy();
        out().println(
                        copy
                                ? "This catalog is a copy: nothing can be changed with it. If it was moved or restored,"
                                        + " and the original is not used any more, run \"saas catalog --moved\". If it is"
                                        + " for another purpose, such as staging, run \"saas catalog --separate\"."
                                : "This catalog is the original.");
        return copy ? ExitCode.FINDINGS : ExitCode.OK;
    }
}
