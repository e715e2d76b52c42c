// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.remote;

import dev.allotment.server.setting.ExitCode;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The part of the command line that works on a running server: {@code saas NOUN VERB}. */
public final class RemoteProgram {
    private static final int WIDTH = 100;
    private static final int LONGEST = 20;

    private final RemoteCommands commands;
    private final Terminal terminal;

    private RemoteProgram(RemoteCommands commands, Terminal terminal) {
        this.commands = commands;
        this.terminal = terminal;
    }

    /** Returns whether a line starts with a noun of this part. */
    public static boolean handles(String... line) {
        return line.length > 0 && RemoteCommands.all().noun(line[0]) != null;
    }

    /** Prints the nouns with their verbs, for the help of the program. */
    public static void list(PrintStream out) {
        RemoteCommands commands = RemoteCommands.all();
        for (String each : commands.nouns()) {
            List<String> verbs = commands.verbs(each);
            out.println("  " + padded(each) + (verbs.isEmpty() ? commands.summary(each) : String.join(", ", verbs)));
        }
    }

    /**
     * Runs a line, and returns its exit code.
     *
     * @param interactive whether a person sees {@code err} on a terminal
     */
    public static int run(
            Map<String, String> environment, PrintStream out, PrintStream err, boolean interactive, String... line) {
        Terminal terminal = new Terminal(environment, out, err, interactive);
        try {
            int code = new RemoteProgram(RemoteCommands.all(), terminal).run(line);
            if (out.checkError()) {
                throw new RemoteFailure(ExitCode.FAILED, "The output could not be written.");
            }
            return code;
        } catch (RemoteFailure failure) {
            err.println(failure.text());
            return failure.exitCode();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.FAILED;
        }
    }

    private int run(String[] line) throws RemoteFailure, InterruptedException {
        String noun = String.valueOf(commands.noun(line[0]));
        boolean alone = RemoteCommands.standsAlone(noun);
        String verb = alone || line.length == 1 ? "" : line[1];
        if (!alone && (verb.isEmpty() || verb.equals("--help") || verb.equals("-h"))) {
            listVerbs(noun);
            return verb.isEmpty() ? ExitCode.WRONG_SETTINGS : ExitCode.OK;
        }
        CommandSpec spec = commands.spec(noun, verb);
        if (spec == null) {
            throw RemoteFailure.wrong("There is no command \"" + noun + " " + verb + "\". A " + noun + " has "
                    + String.join(", ", commands.verbs(noun)) + ".");
        }
        String name = alone ? noun : noun + " " + verb;
        return run(name, spec, Arrays.copyOfRange(line, alone ? 1 : 2, line.length));
    }

    private int run(String name, CommandSpec spec, String... rest) throws RemoteFailure, InterruptedException {
        spec.name("saas " + name);
        spec.addMixin("help", CommandSpec.forAnnotatedObject(new CommonOptions.Help()));
        spec.usageMessage()
                .description(commands.summary(name).replace("%", "%%"), "")
                .sortOptions(false)
                .abbreviateSynopsis(true)
                .footer("", "docs/cli.md has the exit codes.");
        CommandLine parser = new CommandLine(spec);
        parser.setExpandAtFiles(false);
        parser.setUsageHelpWidth(WIDTH);
        ParseResult parsed;
        try {
            parsed = parser.parseArgs(rest);
        } catch (ParameterException e) {
            throw RemoteFailure.wrong(e.getMessage() + ". \"saas " + name + " --help\" lists the options.");
        }
        if (parsed.isUsageHelpRequested()) {
            parser.usage(terminal.out());
            return ExitCode.OK;
        }
        return ((RemoteTask) spec.userObject()).run(terminal);
    }

    private void listVerbs(String noun) {
        terminal.out().println("Usage: saas " + noun + " VERB [OPTIONS]");
        for (String each : commands.verbs(noun)) {
            terminal.out().println("  " + padded(each) + commands.summary(noun + " " + each));
        }
        terminal.out().println("\"saas " + noun + " VERB --help\" lists the options of a command.");
    }

    private static String padded(String text) {
        return text + " ".repeat(Math.max(2, LONGEST - text.length()));
    }
}
