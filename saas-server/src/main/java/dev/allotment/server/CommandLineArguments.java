// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
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
     * @param catalog what is decided about the catalog
     * @param nodes whether PgBouncer is for nodes, and not for applications
     * @param backup what is done with backups
     * @param export what is exported
     * @param campaign what is done with campaigns
     * @param erase which customer is erased
     */
    record TaskOptions(
            boolean apply,
            Set<String> drop,
            CatalogOptions catalog,
            boolean nodes,
            BackupOptions backup,
            ExportOptions export,
            CampaignOptions campaign,
            EraseOptions erase) {
        static final TaskOptions NONE = new TaskOptions(
                false,
                Set.of(),
                CatalogOptions.NONE,
                false,
                BackupOptions.NONE,
                ExportOptions.NONE,
                CampaignOptions.NONE,
                EraseOptions.NONE);

        TaskOptions {
            drop = Set.copyOf(drop);
        }
    }

    /**
     * The options of the command {@code catalog}.
     *
     * @param moved whether it was moved
     * @param separate whether it becomes a separate control plane
     * @param leave whether it leaves its place
     */
    record CatalogOptions(boolean moved, boolean separate, boolean leave) {
        static final CatalogOptions NONE = new CatalogOptions(false, false, false);

        boolean isOneAtMost() {
            return Stream.of(moved, separate, leave).filter(each -> each).count() <= 1;
        }
    }

    /**
     * The options of the command {@code erase}.
     *
     * @param customer the login of an account of the customer
     * @param confirmed the same login; null: nothing is erased
     * @param proof the number of a customer that was erased, whose proof is printed again
     */
    record EraseOptions(
            @Nullable String customer,
            @Nullable String confirmed,
            @Nullable String proof) {
        static final EraseOptions NONE = new EraseOptions(null, null, null);
    }

    /**
     * The options of the command {@code backup}.
     *
     * @param tenant the name of the tenant
     * @param make whether a backup is made
     * @param from the name of the source that it is made from, instead of the tenant's database
     * @param restore the backup that is restored
     * @param as the name of the tenant that it is restored as
     * @param server the name of the database server of that tenant
     * @param active whether that tenant is not neutralised
     * @param preview how many hours that tenant exists as a preview copy; null: it is none
     * @param inPlace whether the tenant itself is brought back to the backup
     * @param importing a folder with backups of another installation, one of which is restored; null: the store
     * @param importKeyFile the file with the secret keys of that installation
     * @param plan the name of the plan of the tenant that is made of it
     * @param owner the login of the owner of that tenant
     * @param delete the backup that is deleted
     * @param drill whether the newest backup is restored as a drill
     * @param swap the name of the tenant that this one exchanges databases with
     * @param back whether that takes an earlier exchange back
     * @param kept how many hours that tenant is kept with the previous state; null: the default
     * @param neutralised whether the tenant may get a neutralised database
     */
    record BackupOptions(
            @Nullable String tenant,
            boolean make,
            @Nullable String from,
            @Nullable String restore,
            @Nullable String as,
            @Nullable String server,
            boolean active,
            @Nullable String preview,
            boolean inPlace,
            @Nullable String importing,
            @Nullable String importKeyFile,
            @Nullable String plan,
            @Nullable String owner,
            @Nullable String delete,
            boolean drill,
            @Nullable String swap,
            boolean back,
            @Nullable String kept,
            boolean neutralised) {
        static final BackupOptions NONE = new BackupOptions(
                null, false, null, null, null, null, false, null, false, null, null, null, null, null, false, null,
                false, null, false);
    }

    /**
     * The options of the command {@code export}.
     *
     * @param tenant the name of the tenant
     * @param backup the backup of it that is exported; null: its database
     * @param customer the login of an account of the customer
     * @param to the new file
     * @param passphraseFile the file with the passphrase; null: the export is not encrypted
     */
    record ExportOptions(
            @Nullable String tenant,
            @Nullable String backup,
            @Nullable String customer,
            @Nullable String to,
            @Nullable String passphraseFile) {
        static final ExportOptions NONE = new ExportOptions(null, null, null, null, null);
    }

    /**
     * The options of the command {@code campaign}, by name.
     *
     * @param values those with a value
     * @param flags the others
     */
    record CampaignOptions(Map<String, String> values, Set<String> flags) {
        static final CampaignOptions NONE = new CampaignOptions(Map.of(), Set.of());

        CampaignOptions {
            values = Map.copyOf(values);
            flags = Set.copyOf(flags);
        }

        Stream<String> given() {
            return Stream.concat(values.keySet().stream(), flags.stream());
        }

        String value(String option, String byDefault) {
            return values.getOrDefault(option, byDefault);
        }

        private static CampaignOptions of(ParseResult command) {
            Map<String, String> values = new LinkedHashMap<>();
            Set<String> flags = new LinkedHashSet<>();
            for (OptionSpec each : campaign()) {
                if (each.type() == String.class) {
                    String value = command.matchedOptionValue(each.longestName(), null);
                    if (value != null) {
                        values.put(each.longestName(), value);
                    }
                } else if (command.matchedOptionValue(each.longestName(), false)) {
                    flags.add(each.longestName());
                }
            }
            return new CampaignOptions(values, flags);
        }
    }

    private static final String DASHES = "--";
    private static final String APPLY = "--apply";
    private static final String DROP = "--drop";
    private static final String MOVED = "--moved";
    private static final String SEPARATE = "--separate";
    private static final String LEAVE = "--leave";
    private static final String NODES = "--nodes";
    private static final String TENANT = "--tenant";
    private static final String MAKE = "--make";
    private static final String FROM = "--from";
    private static final String RESTORE = "--restore";
    private static final String AS = "--as";
    private static final String SERVER = "--server";
    private static final String ACTIVE = "--active";
    private static final String PREVIEW = "--preview";
    private static final String IN_PLACE = "--in-place";
    private static final String IMPORT = "--import";
    private static final String IMPORT_KEY_FILE = "--import-key-file";
    private static final String PLAN = "--plan";
    private static final String OWNER = "--owner";
    private static final String DELETE = "--delete";
    private static final String DRILL = "--drill";
    private static final String SWAP = "--swap";
    private static final String BACK = "--back";
    private static final String KEPT = "--kept";
    private static final String NEUTRALISED = "--neutralised";
    private static final String CUSTOMER = "--customer";
    private static final String YES_ERASE = "--yes-erase";
    private static final String PROOF = "--proof";
    private static final String BACKUP = "--backup";
    private static final String TO = "--to";
    private static final String PASSPHRASE_FILE = "--passphrase-file";

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
                        new CatalogOptions(
                                command.matchedOptionValue(MOVED, false),
                                command.matchedOptionValue(SEPARATE, false),
                                command.matchedOptionValue(LEAVE, false)),
                        command.matchedOptionValue(NODES, false),
                        new BackupOptions(
                                command.matchedOptionValue(TENANT, (String) null),
                                command.matchedOptionValue(MAKE, false),
                                command.matchedOptionValue(FROM, (String) null),
                                command.matchedOptionValue(RESTORE, (String) null),
                                command.matchedOptionValue(AS, (String) null),
                                command.matchedOptionValue(SERVER, (String) null),
                                command.matchedOptionValue(ACTIVE, false),
                                command.matchedOptionValue(PREVIEW, (String) null),
                                command.matchedOptionValue(IN_PLACE, false),
                                command.matchedOptionValue(IMPORT, (String) null),
                                command.matchedOptionValue(IMPORT_KEY_FILE, (String) null),
                                command.matchedOptionValue(PLAN, (String) null),
                                command.matchedOptionValue(OWNER, (String) null),
                                command.matchedOptionValue(DELETE, (String) null),
                                command.matchedOptionValue(DRILL, false),
                                command.matchedOptionValue(SWAP, (String) null),
                                command.matchedOptionValue(BACK, false),
                                command.matchedOptionValue(KEPT, (String) null),
                                command.matchedOptionValue(NEUTRALISED, false)),
                        new ExportOptions(
                                command.matchedOptionValue(TENANT, (String) null),
                                command.matchedOptionValue(BACKUP, (String) null),
                                command.matchedOptionValue(CUSTOMER, (String) null),
                                command.matchedOptionValue(TO, (String) null),
                                command.matchedOptionValue(PASSPHRASE_FILE, (String) null)),
                        mode(command) == Mode.CAMPAIGN ? CampaignOptions.of(command) : CampaignOptions.NONE,
                        new EraseOptions(
                                command.matchedOptionValue(CUSTOMER, (String) null),
                                command.matchedOptionValue(YES_ERASE, (String) null),
                                command.matchedOptionValue(PROOF, (String) null))));
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
                                        + " 3 database unavailable, 4 findings, 5 refused.");
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
            spec.addOption(flag(LEAVE, "Ends its use in this place, before a move. --moved then keeps the API keys."));
            spec.addOption(flag(SEPARATE, "Makes this copy a separate control plane, without the original's servers."));
        }
        if (mode == Mode.PGBOUNCER) {
            spec.addOption(flag(NODES, "For nodes. Without it: for applications of tenants."));
        }
        if (mode == Mode.BACKUP) {
            spec.addOption(value(
                    TENANT, "NAME", "The tenant: its name, a host, its UUID or its number. Alone: lists its backups."));
            spec.addOption(flag(MAKE, "Makes a backup."));
            spec.addOption(value(FROM, "SOURCE", "With --make: reads the tenant from this source."));
            spec.addOption(value(RESTORE, "BACKUP", "Creates a new tenant from this backup, next to the present one."));
            spec.addOption(value(AS, "NAME", "The name of the new tenant (default: the next name of the plan)."));
            spec.addOption(value(SERVER, "NAME", "The database server of the new tenant (default: the tenant's)."));
            spec.addOption(flag(ACTIVE, "Does not neutralise the new tenant."));
            spec.addOption(value(PREVIEW, "HOURS", "With --restore: deletes the new tenant for good after this time."));
            spec.addOption(flag(IN_PLACE, "Brings the tenant itself back to the backup, instead of a new tenant."));
            spec.addOption(value(
                    IMPORT,
                    "FOLDER",
                    "With --restore: from this folder of another installation. --tenant is the UUID there."));
            spec.addOption(value(IMPORT_KEY_FILE, "FILE", "A file with the secret key of that installation."));
            spec.addOption(value(PLAN, "NAME", "With --import: the plan of the new tenant."));
            spec.addOption(value(OWNER, "LOGIN", "With --import: the owner of the new tenant."));
            spec.addOption(value(DELETE, "BACKUP", "Deletes this backup."));
            spec.addOption(flag(DRILL, "Restores the newest backup as a drill, and deletes the new database again."));
            spec.addOption(value(SWAP, "NAME", "Exchanges the database with that of this copy of the tenant."));
            spec.addOption(flag(BACK, "With --swap: takes an earlier swap of the two back."));
            spec.addOption(value(KEPT, "HOURS", "With --swap: deletes the other tenant after this time."));
            spec.addOption(flag(NEUTRALISED, "With --swap: the tenant may get a neutralised database."));
        }
        if (mode == Mode.ERASE) {
            spec.addOption(value(CUSTOMER, "LOGIN", "The login of an account of the customer."));
            spec.addOption(value(YES_ERASE, "LOGIN", "The same login. Without it, shows what would be erased."));
            spec.addOption(value(PROOF, "NUMBER", "Prints the proof of the erasure of this customer again."));
        }
        if (mode == Mode.EXPORT) {
            spec.addOption(value(TENANT, "NAME", "Exports this tenant."));
            spec.addOption(value(BACKUP, "BACKUP", "With --tenant: exports this backup instead of the database."));
            spec.addOption(value(CUSTOMER, "LOGIN", "Exports the customer of this account, with all its tenants."));
            spec.addOption(value(TO, "FILE", "The new file."));
            spec.addOption(
                    value(PASSPHRASE_FILE, "FILE", "Encrypts with the first line of this file, as openssl does."));
        }
        if (mode == Mode.CAMPAIGN) {
            campaign().forEach(spec::addOption);
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

    private static List<OptionSpec> campaign() {
        return List.of(
                flag(CampaignCommand.LIST, "Lists the last campaigns, as the command without options does."),
                value(
                        CampaignCommand.START,
                        "CHANGE",
                        "Starts a campaign: addons (updates all), addons=NAME,NAME, move=SERVER, or"
                                + " rebalance=CODE for the moves that --rebalancing shows. The nodes run it."),
                value(CampaignCommand.COUNT, "CHANGE", "Says how many tenants such a campaign would change."),
                value(CampaignCommand.SHOW, "ID", "Shows a campaign, and which tenants failed."),
                value(CampaignCommand.PAUSE, "ID", "Finishes the tenants that are being changed, and starts no other."),
                value(CampaignCommand.RESUME, "ID", "Continues with the tenants that were not tried."),
                value(CampaignCommand.RETRY, "ID", "Continues, and tries the failed tenants again."),
                value(CampaignCommand.CANCEL, "ID", "Ends a campaign before the next tenant."),
                flag(CampaignCommand.VERSIONS, "Says how many tenants have which versions."),
                flag(CampaignCommand.REBALANCING, "Shows moves that would even out the database servers."),
                value(CampaignCommand.BY, "MEASURE", "With --rebalancing: evens out their size (default) or load."),
                value(CampaignCommand.TAGS, "NAME,NAME", "Selects the tenants with all of these tags."),
                value(CampaignCommand.PLAN, "NAME", "Selects the tenants on this plan."),
                value(CampaignCommand.SERVER, "NAME", "Selects the tenants on this database server."),
                value(CampaignCommand.CANARIES, "N", "How many tenants are changed first, one by one (default: 1)."),
                value(
                        CampaignCommand.WAVES,
                        "N,N",
                        "Growing percentages of the others, such as 10,50 (default: one wave)."),
                value(CampaignCommand.PARALLEL, "N", "How many tenants are changed at once (default: 1)."),
                value(CampaignCommand.PER_SERVER, "N", "How many of these on one database server (default: no limit)."),
                value(CampaignCommand.FAILURES, "N", "How many tenants may fail (default: 0)."),
                value(CampaignCommand.PERCENT, "N", "How many of a hundred tried tenants may fail."),
                flag(CampaignCommand.WINDOW, "Changes each tenant in its maintenance window only."),
                flag(CampaignCommand.BACKUP, "Makes a backup of each tenant before its change."));
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
