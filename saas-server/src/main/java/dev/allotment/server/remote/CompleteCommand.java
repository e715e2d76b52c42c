// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.remote;

import dev.allotment.server.command.CommandLineArguments;
import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;

/** The command {@code complete}, which the script of the shell calls: prints what the last word may become. */
@Command(description = "For the script of completion: prints what the last word may become.")
final class CompleteCommand implements RemoteTask {
    @Parameters(arity = "0..*", description = "The words of the line after saas.")
    private String[] words = {};

    @Override
    public int run(Terminal terminal) throws RemoteFailure {
        String last = words.length == 0 ? "" : words[words.length - 1];
        candidates(terminal, last).filter(each -> each.startsWith(last)).forEach(terminal.out()::println);
        terminal.out().flush();
        return ExitCode.OK;
    }

    private Stream<String> candidates(Terminal terminal, String last) throws RemoteFailure {
        RemoteCommands commands = RemoteCommands.all();
        if (words.length <= 1) {
            return Stream.concat(
                            Stream.of(Mode.values()).map(each -> each.command().split(" ")[0]),
                            commands.nouns().stream())
                    .distinct()
                    .sorted();
        }
        List<String> verbs = commands.verbs(words[0]);
        Mode mode = verbs.contains(words[1]) ? null : Mode.find(words);
        if (words.length == 2 && !last.startsWith("-") && !verbs.isEmpty()) {
            return verbs.stream();
        }
        if (mode != null) {
            return options(CommandLineArguments.spec(mode));
        }
        RouteTask task = commands.routeTask(words[0], words[1]);
        if (task == null) {
            CommandSpec other = commands.spec(words[0], words[1]);
            return other == null ? Stream.empty() : options(other);
        }
        return last.startsWith("-") ? options(task.spec()) : values(terminal, commands, task, last);
    }

    private static Stream<String> options(CommandSpec spec) {
        return spec.optionsMap().keySet().stream()
                .filter(each -> each.startsWith("--"))
                .sorted();
    }

    /** Returns what an option takes, or the names of records for an argument. */
    private Stream<String> values(Terminal terminal, RemoteCommands commands, RouteTask task, String last)
            throws RemoteFailure {
        Map<String, OptionSpec> options = task.spec().optionsMap();
        CommonOptions.Target target = new CommonOptions.Target();
        List<String> arguments = new ArrayList<>();
        String taking = null;
        List<String> before = new ArrayList<>(List.of(words).subList(2, words.length - 1));
        for (String each : before) {
            if (taking != null) {
                note(target, taking, each);
                taking = null;
            } else if (each.startsWith("-")) {
                OptionSpec option = options.get(each);
                taking = option != null && option.arity().max() > 0 ? each : null;
            } else {
                arguments.add(each);
            }
        }
        if (taking == null) {
            return arguments.size() < task.command().arguments().size()
                    ? task.command().names(arguments, last, names(terminal, commands, target)).stream()
                    : Stream.empty();
        }
        for (FieldOption each : task.options()) {
            if (each.name().equals(taking) && !each.constants().isEmpty()) {
                return each.constants().stream();
            }
            if (each.name().equals(taking) && each.group() != null) {
                String list = "/" + each.group();
                return names(terminal, commands, target).startingWith(list, list, last).stream();
            }
        }
        return Stream.empty();
    }

    private static void note(CommonOptions.Target target, String option, String value) {
        switch (option) {
            case "--url" -> target.url = value;
            case "--key-file" -> target.keyFile = value;
            case "--profile" -> target.profile = value;
            default -> {
                // It does not say which server is asked.
            }
        }
    }

    private static Names names(Terminal terminal, RemoteCommands commands, CommonOptions.Target target)
            throws RemoteFailure {
        return new Names(new ApiClient(Connection.of(target, terminal.environment())), commands.routes());
    }
}
