// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * A parsed command line. Values are not checked here; they are still texts.
 *
 * @param mode null if the user requested help or the version, or gave no command
 * @param output what to print instead of starting a server; empty if a server is to be started
 * @param given the values by key. Options that do not exist are included, so that they are reported with all other
 *     problems
 * @param problems what is wrong with the line itself
 * @param task the options of commands that do one task
 */
record CommandLineArguments(
        @Nullable Mode mode, String output, Map<String, String> given, List<String> problems, TaskOptions task) {
    /**
     * The options of commands that do one task.
     *
     * @param apply whether the repair changes anything
     * @param drop what the repair drops
     * @param moved whether the catalog was moved
     * @param separate whether the catalog becomes a separate control plane
     * @param nodes whether PgBouncer is for nodes, and not for applications
     * @param backup what is done with backups
     */
    record TaskOptions(
            boolean apply, Set<String> drop, boolean moved, boolean separate, boolean nodes, BackupOptions backup) {
        static final TaskOptions NONE = new TaskOptions(false, Set.of(), false, false, false, BackupOptions.NONE);

        TaskOptions {
            drop = Set.copyOf(drop);
        }
    }

    /**
     * The options of the command {@code backup}.
     *
     * @param tenant the name of the tenant
     * @param make whether a backup is made
     * @param restore the backup that is restored
     * @param as the name of the tenant that it is restored as
     * @param server the name of the database server of that tenant
     * @param active whether that tenant is not neutralised
     * @param delete the backup that is deleted
     */
    record BackupOptions(
            @Nullable String tenant,
            boolean make,
            @Nullable String restore,
            @Nullable String as,
            @Nullable String server,
            boolean active,
            @Nullable String delete) {
        static final BackupOptions NONE = new BackupOptions(null, false, null, null, null, false, null);
    }

    private static final String DASHES = "--";
    private static final String APPLY = "--apply";
    private static final String DROP = "--drop";
    private static final String MOVED = "--moved";
    private static final String SEPARATE = "--separate";
    private static final String NODES = "--nodes";
    private static final String TENANT = "--tenant";
    private static final String MAKE = "--make";
    private static final String RESTORE = "--restore";
    private static final String AS = "--as";
    private static final String SERVER = "--server";
    private static final String ACTIVE = "--active";
    private static final String DELETE = "--delete";

    CommandLineArguments {
        given = Map.copyOf(given);
        problems = List.copyOf(problems);
    }

    static CommandLineArguments parse(String version, String... line) {
        CommandLine parser = parser(version);
        ParseResult parsed = parser.parseArgs(line);
        ParseResult command = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
        if (parsed.isVersionHelpRequested() || command.isVersionHelpRequested()) {
            return asked("saas " + version + System.lineSeparator());
        }
        if (parsed.isUsageHelpRequested() || command.isUsageHelpRequested()) {
            return asked(command.commandSpec().commandLine().getUsageMessage());
        }
        List<String> problems = new ArrayList<>();
        Map<String, String> given = new LinkedHashMap<>();
        parsed.errors().forEach(error -> problems.add(String.valueOf(error.getMessage())));
        if (command == parsed) {
            problems.add(
                    parsed.unmatched().isEmpty()
                            ? "No command; expected " + Mode.commands()
                            : "Command " + parsed.unmatched().get(0) + " does not exist; expected " + Mode.commands());
            return new CommandLineArguments(null, "", Map.of(), problems, TaskOptions.NONE);
        }
        command.errors().forEach(error -> problems.add(String.valueOf(error.getMessage())));
        for (String key : SettingOption.keys()) {
            String value = command.matchedOptionValue(DASHES + key, null);
            if (value != null) {
                given.put(key, value);
            }
        }
        strays(command.unmatched(), given, problems);
        return new CommandLineArguments(
                mode(command),
                "",
                given,
                problems,
                new TaskOptions(
                        command.matchedOptionValue(APPLY, false),
                        Set.copyOf(command.matchedOptionValue(DROP, List.<String>of())),
                        command.matchedOptionValue(MOVED, false),
                        command.matchedOptionValue(SEPARATE, false),
                        command.matchedOptionValue(NODES, false),
                        new BackupOptions(
                                command.matchedOptionValue(TENANT, (String) null),
                                command.matchedOptionValue(MAKE, false),
                                command.matchedOptionValue(RESTORE, (String) null),
                                command.matchedOptionValue(AS, (String) null),
                                command.matchedOptionValue(SERVER, (String) null),
                                command.matchedOptionValue(ACTIVE, false),
                                command.matchedOptionValue(DELETE, (String) null))));
    }

    private static CommandLineArguments asked(String output) {
        return new CommandLineArguments(null, output, Map.of(), List.of(), TaskOptions.NONE);
    }

    private static Mode mode(ParseResult command) {
        return Mode.of(command.commandSpec().name());
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

    private static CommandLine parser(String version) {
        CommandSpec root = CommandSpec.create().name("saas").mixinStandardHelpOptions(true);
        root.version("saas " + version);
        root.usageMessage()
                .description(
                        "A control plane for software as a service: accounts, plans, and a database for each customer.")
                .footer("", "saas COMMAND --help lists the options of a command.");
        for (Mode mode : Mode.values()) {
            root.addSubcommand(mode.command(), command(mode));
        }
        CommandLine parser = new CommandLine(root);
        parser.setUnmatchedArgumentsAllowed(true);
        parser.setExpandAtFiles(false);
        parser.setUsageHelpWidth(100);
        root.parser().collectErrors(true);
        root.subcommands()
                .values()
                .forEach(each -> each.getCommandSpec().parser().collectErrors(true));
        return parser;
    }

    private static CommandSpec command(Mode mode) {
        CommandSpec spec = CommandSpec.create().name(mode.command()).mixinStandardHelpOptions(true);
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
                        mode.isServer()
                                ? "Exit codes: 0 stopped, 1 failed, 2 wrong settings, 3 port or database unavailable."
                                : "Exit codes: 0 nothing is left to repair, 1 failed, 2 wrong settings,"
                                        + " 3 database unavailable, 4 findings.");
        if (mode == Mode.REPAIR) {
            spec.addOption(flag(APPLY, "Repairs. Without it, nothing is changed."));
            spec.addOption(OptionSpec.builder(DROP)
                    .type(List.class)
                    .auxiliaryTypes(String.class)
                    .paramLabel("NAME")
                    .description("Drops an orphan, with everything in it; can be repeated.")
                    .build());
        }
        if (mode == Mode.CATALOG) {
            spec.addOption(flag(MOVED, "Confirms that this is the catalog now: it was moved or restored."));
            spec.addOption(flag(SEPARATE, "Makes this copy a separate control plane, without the original's servers."));
        }
        if (mode == Mode.PGBOUNCER) {
            spec.addOption(flag(NODES, "For nodes. Without it: for applications of tenants."));
        }
        if (mode == Mode.BACKUP) {
            spec.addOption(value(TENANT, "NAME", "The tenant. Without another option, its backups are listed."));
            spec.addOption(flag(MAKE, "Makes a backup."));
            spec.addOption(value(RESTORE, "BACKUP", "Creates a new tenant from this backup, next to the present one."));
            spec.addOption(value(AS, "NAME", "The name of the new tenant (default: the next name of the plan)."));
            spec.addOption(value(SERVER, "NAME", "The database server of the new tenant (default: the tenant's)."));
            spec.addOption(flag(ACTIVE, "Does not neutralise the new tenant."));
            spec.addOption(value(DELETE, "BACKUP", "Deletes this backup."));
        }
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

    private static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name)
                .type(boolean.class)
                .description(description)
                .build();
    }

    private static OptionSpec value(String name, String label, String description) {
        return OptionSpec.builder(name)
                .type(String.class)
                .paramLabel(label)
                .description(description)
                .build();
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
