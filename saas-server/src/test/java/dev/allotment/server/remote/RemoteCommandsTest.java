// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.server.command.CommandLineArguments;
import dev.allotment.server.setting.Mode;
import dev.allotment.server.setting.SettingOption;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** All commands, and the page that documents them. */
class RemoteCommandsTest {
    private static final Path PAGE = Path.of("..", "docs", "cli.md");
    private static final String START = "<!-- commands -->\n";
    private static final String END = "<!-- end -->\n";

    private final RemoteCommands commands = RemoteCommands.all();

    @Test
    void everyRouteIsACommandOfItsOwn() {
        assertThat(commands.routes())
                .hasSizeGreaterThan(70)
                .extracting(RouteCommand::name)
                .doesNotHaveDuplicates()
                .contains("tenant suspend", "backup restore-in-place", "domain add", "me show", "campaign start")
                .contains(
                        "member list",
                        "member create",
                        "member show",
                        "member update",
                        "member delete",
                        "member set-password",
                        "member list-groups",
                        "member set-groups",
                        "tenant groups")
                .contains(
                        "team list",
                        "team show",
                        "team update",
                        "team remove",
                        "team hand-over",
                        "team leave",
                        "me teams",
                        "invitation list",
                        "invitation create",
                        "invitation show",
                        "invitation resend",
                        "invitation revoke",
                        "invitation inspect",
                        "invitation accept",
                        "invitation decline");
    }

    @Test
    void noOptionOfACommandHasTheNameOfAnother() {
        assertThat(commands.routes())
                .allSatisfy(each -> assertThat(new RouteTask(commands.routes(), each).options())
                        .extracting(FieldOption::name)
                        .doesNotHaveDuplicates());
    }

    /** With {@code -Dallotment.docs.write=true}, the page is written instead. */
    @Test
    void thePageHasAllCommandsAndOptions() throws IOException {
        String page = Files.readString(PAGE);
        int start = page.indexOf(START) + START.length();
        int end = page.indexOf(END);
        assertThat(start).isLessThanOrEqualTo(end);
        if (Boolean.getBoolean("allotment.docs.write")) {
            page = page.substring(0, start) + reference() + page.substring(end);
            Files.writeString(PAGE, page);
            end = page.indexOf(END);
        }

        assertThat(page.substring(start, end)).isEqualTo(reference());
    }

    private String reference() {
        StringBuilder text = new StringBuilder("\n### On a running server\n\n");
        text.append("| command | options | what it does |\n|---|---|---|\n");
        CommandSpec common = CommandSpec.forAnnotatedObject(new CommonOptions.Target());
        for (String noun : commands.nouns()) {
            if (RemoteCommands.standsAlone(noun)) {
                text.append(row(noun, Objects.requireNonNull(commands.spec(noun, "")), common));
            }
            for (String verb : commands.verbs(noun)) {
                text.append(row(noun + " " + verb, Objects.requireNonNull(commands.spec(noun, verb)), common));
            }
        }
        text.append("\n### On this machine\n\n| command | options | what it does |\n|---|---|---|\n");
        for (Mode each : Mode.values()) {
            CommandSpec spec = CommandLineArguments.spec(each);
            text.append(row(
                    each.command(),
                    spec,
                    option -> SettingOption.keys().contains(option.longestName().substring(2)),
                    each.description().replace(" Takes the settings of serve.", "")));
        }
        return text.append("\n").toString();
    }

    private String row(String name, CommandSpec spec, CommandSpec common) {
        return row(name, spec, option -> common.optionsMap().containsKey(option.longestName()), commands.summary(name));
    }

    private static String row(String name, CommandSpec spec, Predicate<OptionSpec> elsewhere, String summary) {
        String arguments = spec.positionalParameters().stream()
                .map(ArgSpec::paramLabel)
                .map(each -> " " + each)
                .collect(Collectors.joining());
        String options = spec.options().stream()
                .filter(each -> !each.usageHelp() && !each.versionHelp() && !elsewhere.test(each))
                .flatMap(each -> Stream.of(each.longestName()))
                .map(each -> "`" + each + "`")
                .collect(Collectors.joining(", "));
        return "| `" + name + arguments + "` | " + options + " | " + summary.replace("|", "\\|") + " |\n";
    }

    /** A customer chooses names. */
    @Test
    void aNameDoesNotControlTheTerminal() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        Map<String, Object> record = Map.of("name", "a\u001b[2Jb\nc", "attributes", Map.of("note", "\u001b[2J"));

        Table.print(out, record);
        Table.print(out, "customer", List.of(record));

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("a?[2Jb?c")
                .doesNotContain("\u001b")
                .hasLineCount(4);
    }

    @Test
    void anArgumentNamesTheRecordInThePath() {
        List<RouteCommand.Argument> arguments = commands.routes().stream()
                .filter(each -> each.name().equals("backup restore"))
                .findFirst()
                .orElseThrow()
                .arguments();

        assertThat(arguments).extracting(RouteCommand.Argument::label).containsExactly("TENANT", "BACKUP");
        assertThat(arguments).extracting(RouteCommand.Argument::list).containsExactly("/tenants", null);
    }

    @Test
    void idsAreNamedIfTheirRecordsHaveNames() {
        assertThat(options("invitation create")).contains("--tenants").doesNotContain("--tenant-ids");
        assertThat(options("member create")).contains("--group-ids").doesNotContain("--groups");
    }

    private List<String> options(String command) {
        return commands.routes().stream()
                .filter(each -> each.name().equals(command))
                .flatMap(each -> new RouteTask(commands.routes(), each).options().stream())
                .map(FieldOption::name)
                .toList();
    }
}
