// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.remote;

import dev.allotment.rest.json.Json;
import dev.allotment.rest.route.Route.Repetition;
import dev.allotment.server.setting.ExitCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** Calls one route: turns the line into a request, and prints the answer. */
@Command
final class RouteTask implements RemoteTask {
    private static final int PAGE = 200;
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");

    @Mixin
    private CommonOptions.Target target = new CommonOptions.Target();

    private final CommonOptions.Waiting waiting = new CommonOptions.Waiting();
    private final CommonOptions.Repeating repeating = new CommonOptions.Repeating();
    private final CommonOptions.Confirmation confirmation = new CommonOptions.Confirmation();
    private final CommonOptions.Paging paging = new CommonOptions.Paging();
    private final CommonOptions.Clearing clearing = new CommonOptions.Clearing();

    private final List<RouteCommand> all;
    private final RouteCommand command;
    private final CommandSpec spec;
    private final List<FieldOption> options;

    /** @param all in which names are looked up */
    RouteTask(List<RouteCommand> all, RouteCommand command) {
        this.all = all;
        this.command = command;
        spec = CommandSpec.forAnnotatedObject(this);
        command.arguments()
                .forEach(each -> spec.addPositional(PositionalParamSpec.builder()
                        .index(Integer.toString(command.arguments().indexOf(each)))
                        .paramLabel(each.label())
                        .type(String.class)
                        .required(true)
                        .description(each.list() == null ? "Its UUID." : "Its name or number.")
                        .build()));
        if (command.route().starts()) {
            spec.addMixin("waiting", CommandSpec.forAnnotatedObject(waiting));
        }
        if (command.route().repetition() == Repetition.BY_KEY) {
            spec.addMixin("repeating", CommandSpec.forAnnotatedObject(repeating));
        }
        if (command.deletes()) {
            spec.addMixin("confirmation", CommandSpec.forAnnotatedObject(confirmation));
        }
        if (command.pages()) {
            spec.addMixin("paging", CommandSpec.forAnnotatedObject(paging));
        }
        if (command.route().method().equals("PATCH")) {
            spec.addMixin("clearing", CommandSpec.forAnnotatedObject(clearing));
        }
        options = FieldOption.of(command, spec.optionsMap().keySet());
        options.forEach(each -> spec.addOption(each.spec()));
    }

    /** Returns the options for the parser. */
    CommandSpec spec() {
        return spec;
    }

    RouteCommand command() {
        return command;
    }

    /** Returns the options of the fields, for the completion. */
    List<FieldOption> options() {
        return options;
    }

    @Override
    public int run(Terminal terminal) throws RemoteFailure, InterruptedException {
        ApiClient client = new ApiClient(Connection.of(target, terminal.environment()));
        ParseResult line = Objects.requireNonNull(spec.commandLine().getParseResult());
        if (command.deletes() && !confirmation.yes) {
            throw RemoteFailure.wrong(command.route().summary() + " Nothing was changed. Confirm it with --yes.");
        }
        Names names = new Names(client, all);
        Map<String, List<String>> query = new TreeMap<>();
        Map<String, Object> body = new LinkedHashMap<>();
        for (FieldOption each : options) {
            Object given = line.matchedOptionValue(each.name(), null);
            if (given != null) {
                put(each, each.value(given, names), query, body);
            }
        }
        for (String each : clearing.clear) {
            body.put(each, null);
        }
        if (command.route().method().equals("PATCH") && body.isEmpty()) {
            throw RemoteFailure.wrong(
                    "Nothing is to be changed. \"saas " + command.name() + " --help\" lists the fields.");
        }
        List<String> texts = IntStream.range(0, command.arguments().size())
                .mapToObj(each -> line.matchedPositionalValue(each, ""))
                .toList();
        String path = command.path(texts, names);
        if (command.pages()) {
            print(terminal, pages(client, path, query));
            return ExitCode.OK;
        }
        ApiClient.Answer answer = client.send(call(path, query, body));
        if (command.route().starts()) {
            return started(terminal, client, answer.json());
        }
        print(terminal, answer.json());
        return ExitCode.OK;
    }

    @SuppressWarnings("unchecked") // values of the query are texts, and a component belongs to an object
    private static void put(
            FieldOption option, Object value, Map<String, List<String>> query, Map<String, Object> body) {
        String name = option.field().name();
        if (!option.inBody()) {
            query.put(name, (List<String>) value);
        } else if (option.component() == null) {
            body.put(name, value);
        } else {
            ((Map<String, Object>) body.computeIfAbsent(name, key -> new LinkedHashMap<String, Object>()))
                    .put(option.component(), value);
        }
    }

    private ApiClient.Call call(String path, Map<String, List<String>> query, Map<String, Object> body)
            throws RemoteFailure {
        boolean keyed = command.route().repetition() == Repetition.BY_KEY;
        String key = repeating.key == null ? UUID.randomUUID().toString() : repeating.key;
        if (!KEY.matcher(key).matches()) {
            throw RemoteFailure.wrong("An idempotency key has 1 to 255 visible characters of ASCII.");
        }
        return new ApiClient.Call(
                command.route().method(),
                path,
                query,
                body.isEmpty() ? null : body,
                keyed ? key : null,
                switch (command.route().repetition()) {
                    case HARMLESS -> "Repeat the command: what was done is not done again.";
                    case BY_KEY ->
                        "Repeat the command with --idempotency-key " + key + ": what was done is not done again.";
                    case COUNTS -> "Look what there is before you repeat the command: it would be done again.";
                });
    }

    /** Returns the pages up to the limit as one. */
    private Map<String, Object> pages(ApiClient client, String path, Map<String, List<String>> query)
            throws RemoteFailure, InterruptedException {
        List<Object> items = new ArrayList<>();
        while (true) {
            int wanted = paging.limit == 0 ? PAGE : Math.min(PAGE, paging.limit - items.size());
            query.put("limit", List.of(Integer.toString(wanted)));
            ApiClient.Answer page = client.send(ApiClient.Call.get(path, query));
            items.addAll(page.items());
            Object next = page.json().get("next");
            boolean more = next != null && !Boolean.FALSE.equals(page.json().get("more"));
            if (!more || items.size() == paging.limit) {
                Map<String, Object> whole = new LinkedHashMap<>(page.json());
                whole.put("items", items);
                return whole;
            }
            query.put("after", List.of(String.valueOf(next)));
        }
    }

    private int started(Terminal terminal, ApiClient client, Map<String, Object> operation)
            throws RemoteFailure, InterruptedException {
        if (waiting.wait) {
            terminal.err().println("Operation " + operation.get("id") + " has started.");
            return new OperationWatch(terminal, client, target.asJson()).toTheEnd(operation);
        }
        if (target.asJson()) {
            print(terminal, operation);
        } else {
            terminal.out()
                    .println("Operation " + operation.get("id") + " is " + operation.get("state")
                            + ". To wait for its end: saas operation watch " + operation.get("id"));
        }
        return ExitCode.OK;
    }

    private void print(Terminal terminal, Map<String, @Nullable Object> json) {
        if (target.asJson()) {
            if (!json.isEmpty()) {
                terminal.out().println(new String(Json.write(json), StandardCharsets.UTF_8));
            }
        } else if (json.isEmpty()) {
            terminal.out().println("Done.");
        } else if (command.lists()) {
            List<Map<String, Object>> items = items(json);
            Table.print(terminal.out(), command.noun(), items);
            if (json.get("next") != null && !Boolean.FALSE.equals(json.get("more"))) {
                terminal.err()
                        .println(
                                "There are more. --limit " + 2 * items.size() + " lists twice as many, --limit 0 all.");
            }
        } else {
            Table.print(terminal.out(), json);
        }
    }

    private static List<Map<String, Object>> items(Map<String, @Nullable Object> json) {
        return json.get("items") instanceof List<?> list
                ? list.stream().map(ApiClient::object).collect(Collectors.toList())
                : List.of();
    }
}
