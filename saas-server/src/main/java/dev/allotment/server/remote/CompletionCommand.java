// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.remote;

import dev.allotment.server.setting.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command {@code completion}: prints a script for the shell, which asks this program for the words. */
@Command(description = CompletionCommand.SUMMARY)
final class CompletionCommand implements RemoteTask {
    static final String SUMMARY = "Prints a script for the shell: source <(saas completion bash)";

    private static final String ZSH = """
            autoload -U +X bashcompinit && bashcompinit
            """;

    private static final String SCRIPT = """
            # Completes commands, options, and the names of records, for which it asks the server of the profile.
            _saas() {
                local IFS=$'\\n' each
                COMPREPLY=()
                for each in $("${COMP_WORDS[0]}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null); do
                    COMPREPLY+=("$(printf %q "$each")")
                done
            }
            complete -o default -F _saas saas
            """;

    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    private String shell = "";

    @Override
    public int run(Terminal terminal) throws RemoteFailure {
        switch (shell) {
            case "bash" -> terminal.out().print(SCRIPT);
            case "zsh" -> terminal.out().print(ZSH + SCRIPT);
            default ->
                throw RemoteFailure.wrong("There is a completion for bash and for zsh; found \"" + shell + "\".");
        }
        terminal.out().flush();
        return ExitCode.OK;
    }
}
