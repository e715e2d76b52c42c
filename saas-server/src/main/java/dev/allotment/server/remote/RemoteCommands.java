// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.remote;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** The commands on a running server: those that are made from routes, and a few annotated ones. */
final class RemoteCommands {
    /** An annotated command. Its summary is known without loading it. */
    private record Own(String summary, Supplier<RemoteTask> task) {}

    private static final Map<String, Own> OWN = own();

    /** Nouns that need no verb. */
    private static final Set<String> ALONE = Set.of("doctor", "completion", "complete");

    private final List<RouteCommand> routes;

    private RemoteCommands(List<RouteCommand> routes) {
        this.routes = routes;
    }

    static RemoteCommands all() {
        return new RemoteCommands(RouteCommand.all());
    }

    private static Map<String, Own> own() {
        Map<String, Own> own = new LinkedHashMap<>();
        own.put("operation watch", new Own(WatchCommand.SUMMARY, WatchCommand::new));
        own.put("event tail", new Own(TailCommand.SUMMARY, TailCommand::new));
        own.put("doctor", new Own(DoctorCommand.SUMMARY, DoctorCommand::new));
        own.put("completion", new Own(CompletionCommand.SUMMARY, CompletionCommand::new));
        own.put("complete", new Own("", CompleteCommand::new));
        return own;
    }

    List<RouteCommand> routes() {
        return routes;
    }

    /** Returns the nouns, and the commands without a verb, in the order of the reference. */
    Set<String> nouns() {
        Set<String> nouns = new LinkedHashSet<>();
        routes.forEach(each -> nouns.add(each.noun()));
        nouns.addAll(
                ALONE.stream().filter(each -> !each.equals("complete")).sorted().toList());
        return nouns;
    }

    /** Returns a noun for a word of the line, which may be its plural; null if there is none. */
    @Nullable
    String noun(String word) {
        if (ALONE.contains(word)) {
            return word;
        }
        String singular = RouteCommand.singular(word);
        return routes.stream()
                .map(RouteCommand::noun)
                .filter(each -> each.equals(word) || each.equals(singular))
                .findFirst()
                .orElse(null);
    }

    static boolean standsAlone(String noun) {
        return ALONE.contains(noun);
    }

    /** Returns the verbs of a noun; none: it is a command itself, or does not exist. */
    List<String> verbs(String word) {
        String noun = noun(word);
        return Stream.concat(
                        routes.stream().filter(each -> each.noun().equals(noun)).map(RouteCommand::verb),
                        OWN.keySet().stream()
                                .filter(each -> each.startsWith(noun + " "))
                                .map(each -> each.substring(each.indexOf(' ') + 1)))
                .toList();
    }

    /** Returns what a command does, as a sentence. */
    String summary(String name) {
        Own own = OWN.get(name);
        return own != null
                ? own.summary()
                : routes.stream()
                        .filter(each -> each.name().equals(name))
                        .map(each -> each.route().summary())
                        .findFirst()
                        .orElse("");
    }

    /** Returns the task of a route; null if the command is another one. */
    @Nullable
    RouteTask routeTask(String word, String verb) {
        String name = noun(word) + " " + verb;
        return routes.stream()
                .filter(each -> each.name().equals(name))
                .map(each -> new RouteTask(routes, each))
                .findFirst()
                .orElse(null);
    }

    /** Returns the options of any command; null if it does not exist. */
    @Nullable
    CommandSpec spec(String word, String verb) {
        RouteTask task = routeTask(word, verb);
        if (task != null) {
            return task.spec();
        }
        String noun = noun(word);
        Own own = OWN.get(noun != null && standsAlone(noun) ? noun : noun + " " + verb);
        return own == null ? null : CommandSpec.forAnnotatedObject(own.task().get());
    }
}
