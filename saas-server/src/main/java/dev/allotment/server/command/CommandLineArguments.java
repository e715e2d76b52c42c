// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.command;

import dev.allotment.server.setting.Backends;
import dev.allotment.server.setting.Mode;
import dev.allotment.server.setting.SettingOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * A parsed command line. The values of settings are not checked here; they are still texts.
 *
 * @param mode null if the user requested help or the version, or gave no command of this package
 * @param task what the command does, with the values of its options; null if it starts a server
 * @param output what to print instead of running a command; empty if one is to be run
 * @param given the values by key. Options that do not exist are included, so that they are reported with all other
 *     problems
 * @param problems what is wrong with the line itself
 */
public record CommandLineArguments(
        @Nullable Mode mode, @Nullable Task task, String output, Map<String, String> given, List<String> problems) {
    private static final String DASHES = "--";

    public CommandLineArguments {
        given = Map.copyOf(given);
        problems = List.copyOf(problems);
    }

    /** Parses a line that starts with a command of this package. */
    public static CommandLineArguments parse(String version, String... line) {
        Mode mode = Mode.find(line);
        if (mode == null) {
            return new CommandLineArguments(
                    null,
                    null,
                    "",
                    Map.of(),
                    List.of((line.length == 0 ? "No command." : "Command " + line[0] + " does not exist.")
                            + " \"saas --help\" lists the commands."));
        }
        CommandSpec spec = spec(mode);
        int words = mode.command().split(" ").length;
        ParseResult command = parser(spec, version).parseArgs(Arrays.copyOfRange(line, words, line.length));
        if (command.isVersionHelpRequested()) {
            return asked("saas " + version + System.lineSeparator());
        }
        if (command.isUsageHelpRequested()) {
            return asked(spec.commandLine().getUsageMessage());
        }
        List<String> problems = new ArrayList<>();
        command.errors().forEach(error -> problems.add(String.valueOf(error.getMessage())));
        Map<String, String> given = new LinkedHashMap<>();
        for (String key : SettingOption.keys()) {
            String value = command.matchedOptionValue(DASHES + key, null);
            if (value != null) {
                given.put(key, value);
            }
        }
        strays(command.unmatched(), given, problems);
        return new CommandLineArguments(mode, spec.userObject() instanceof Task set ? set : null, "", given, problems);
    }

    private static CommandLineArguments asked(String output) {
        return new CommandLineArguments(null, null, output, Map.of(), List.of());
    }

    /** An unmatched argument that looks like an option is a misspelt one. The argument after it is its value. */
    private static void strays(List<String> unmatched, Map<String, String> given, List<String> problems) {
        Iterator<String> rest = unmatched.iterator();
        boolean afterOption = false;
        while (rest.hasNext()) {
            String each = rest.next();
            if (each.startsWith("-") && each.length() > 1) {
                int equals = each.indexOf('=');
                String name = equals < 0 ? each : each.substring(0, equals);
                given.put(name.replaceFirst("^-+", ""), "");
                afterOption = equals < 0;
            } else {
                if (!afterOption) {
                    problems.add("Argument \"" + each + "\" does not belong to an option");
                }
                afterOption = false;
            }
        }
    }

    private static CommandLine parser(CommandSpec spec, String version) {
        spec.version("saas " + version);
        spec.parser().collectErrors(true);
        CommandLine parser = new CommandLine(spec);
        parser.setUnmatchedArgumentsAllowed(true);
        parser.setExpandAtFiles(false);
        parser.setUsageHelpWidth(100);
        return parser;
    }

    /** Returns what a command does, with options that are not set yet; null if it starts a server. */
    private static @Nullable Task task(Mode mode) {
        return switch (mode) {
            case DEMO, SERVE -> null;
            case CONFIG_CHECK -> new ConfigCheckCommand();
            case TENANT_PSQL -> new PsqlCommand();
            case CHECK -> new CheckCommand();
            case REPAIR -> new RepairCommand();
            case CATALOG -> new CatalogCommand();
            case BACKUP -> new BackupCommand();
            case EXPORT -> new ExportCommand();
            case CAMPAIGN -> new CampaignCommand();
            case ERASE -> new EraseCommand();
            case ADMIN_PASSWORD -> new CredentialsCommand();
            case API_KEY -> new CredentialsCommand();
            case MASTER_PASSWORD -> new CredentialsCommand();
            case REKEY -> new RekeyCommand();
            case PGBOUNCER -> new PoolerCommand();
        };
    }

    /** Returns the options of a command: its own ones, and the settings. */
    public static CommandSpec spec(Mode mode) {
        Task task = task(mode);
        CommandSpec spec = task == null ? CommandSpec.create() : CommandSpec.forAnnotatedObject(task);
        spec.name("saas " + mode.command()).mixinStandardHelpOptions(true);
        spec.usageMessage()
                .description(mode.description(), "")
                .sortOptions(false)
                .abbreviateSynopsis(true)
                .footer(
                        "",
                        "Each option can also be set in an environment variable (--main-db: SAAS_MAIN_DB) and in the",
                        "file that --config names (main-db = ...). The command line overrides variables, and variables",
                        "override the file. Settings of the backend itself belong in the file: backend.<name> = ...",
                        "Every user of the machine can see a password on the command line. Use a variable, the file,",
                        "or the -file option, which names a file that contains nothing but the password.",
                        "",
                        task == null
                                ? "Exit codes: 0 stopped, 1 failed, 2 wrong settings, 3 port or database unavailable."
                                : "Exit codes: 0 nothing is left to repair, 1 failed, 2 wrong settings,"
                                        + " 3 database unavailable, 4 findings, 5 refused, 6 does not exist, 7 busy.");
        for (SettingOption option : SettingOption.values()) {
            String byDefault = mode.defaultOf(option);
            String description = option.description() + (byDefault == null ? "" : " Default: " + byDefault);
            spec.addOption(text(option.key(), option.label(), description));
            if (option.secret()) {
                spec.addOption(text(option.fileKey(), "FILE", "A file that contains it and nothing else."));
            }
        }
        return spec;
    }

    private static OptionSpec text(String key, String label, String description) {
        return OptionSpec.builder(DASHES + key)
                .type(String.class)
                // Only the help needs them: loading all backends takes time.
                .completionCandidates(() -> Backends.names().iterator())
                .paramLabel(label)
                .description(description.replace("%", "%%"))
                .build();
    }
}
