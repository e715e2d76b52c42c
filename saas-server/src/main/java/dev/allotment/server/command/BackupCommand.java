// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.command;

import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.SwapTenants;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.backup.Backup;
import dev.allotment.backup.BackupDrill;
import dev.allotment.backup.BackupId;
import dev.allotment.backup.ImportBackup;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.fleet.Server;
import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.SecretKeys;
import dev.allotment.server.setting.ServerConfiguration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code backup}: lists, makes, restores, imports, drills or deletes backups of a tenant, or swaps it. */
@Command
final class BackupCommand extends OperatorCommand {
    @Option(
            names = "--tenant",
            paramLabel = "NAME",
            description = "The tenant: its name, a host, its UUID or its number. Alone: lists its backups.")
    private @Nullable String tenant;

    @Option(names = "--make", description = "Makes a backup.")
    private boolean make;

    @Option(names = "--from", paramLabel = "SOURCE", description = "With --make: reads the tenant from this source.")
    private @Nullable String from;

    @Option(
            names = "--restore",
            paramLabel = "BACKUP",
            description = "Creates a new tenant from this backup, next to the present one.")
    private @Nullable String restore;

    @Option(
            names = "--as",
            paramLabel = "NAME",
            description = "The name of the new tenant (default: the next name of the plan).")
    private @Nullable String as;

    @Option(
            names = "--server",
            paramLabel = "NAME",
            description = "The database server of the new tenant (default: the tenant's).")
    private @Nullable String server;

    @Option(names = "--active", description = "Does not neutralise the new tenant.")
    private boolean active;

    @Option(
            names = "--preview",
            paramLabel = "HOURS",
            description = "With --restore: deletes the new tenant for good after this time.")
    private @Nullable String preview;

    @Option(names = "--in-place", description = "Brings the tenant itself back to the backup, instead of a new tenant.")
    private boolean inPlace;

    @Option(
            names = "--import",
            paramLabel = "FOLDER",
            description = "With --restore: from this folder of another installation. --tenant is the UUID there.")
    private @Nullable String importing;

    @Option(
            names = "--import-key-file",
            paramLabel = "FILE",
            description = "A file with the secret key of that installation.")
    private @Nullable String importKeyFile;

    @Option(names = "--plan", paramLabel = "NAME", description = "With --import: the plan of the new tenant.")
    private @Nullable String plan;

    @Option(names = "--owner", paramLabel = "LOGIN", description = "With --import: the owner of the new tenant.")
    private @Nullable String owner;

    @Option(names = "--delete", paramLabel = "BACKUP", description = "Deletes this backup.")
    private @Nullable String delete;

    @Option(
            names = "--drill",
            description = "Restores the newest backup as a drill, and deletes the new database again.")
    private boolean drill;

    @Option(
            names = "--swap",
            paramLabel = "NAME",
            description = "Exchanges the database with that of this copy of the tenant.")
    private @Nullable String swap;

    @Option(names = "--back", description = "With --swap: takes an earlier swap of the two back.")
    private boolean back;

    @Option(
            names = "--kept",
            paramLabel = "HOURS",
            description = "With --swap: deletes the other tenant after this time.")
    private @Nullable String kept;

    @Option(names = "--neutralised", description = "With --swap: the tenant may get a neutralised database.")
    private boolean neutralised;

    @Override
    int run(ServerConfiguration configuration) {
        return withLeases(this::act);
    }

    private int act() {
        long actions = Stream.of(make, restore != null, delete != null, drill, swap != null)
                .filter(each -> each)
                .count();
        if (tenant == null
                || actions > 1
                || (restore == null && shapesARestore())
                || (!make && from != null)
                || (inPlace && makesATenant())
                || isIncompleteImport()
                || (swap == null && (kept != null || neutralised || back))) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID,
                    "Name the tenant with --tenant, and give at most one of --make, --restore, --delete, --drill and"
                            + " --swap. --from belongs to --make. --as, --server, --active and --preview belong to"
                            + " --restore. So does --in-place, without these options. --import belongs to --restore,"
                            + " too. It needs --import-key-file, --plan and --owner, and then --tenant is a UUID."
                            + " --back, --kept and --neutralised belong to --swap.");
        }
        if (importing != null) {
            importBackup(importing);
            return ExitCode.OK;
        }
        Tenant named = tenant(tenant);
        if (make) {
            ServerId source = server(from);
            print(
                    source == null
                            ? saas().backups().create(named.id(), null)
                            : saas().backups().createFrom(named.id(), source, null));
        } else if (restore != null) {
            restore(named, id(restore));
        } else if (drill) {
            drill(named);
        } else if (swap != null) {
            swap(named, tenant(swap));
        } else if (delete != null) {
            saas().backups().delete(named.id(), id(delete));
            out().println("Deleted, if it existed: " + delete);
        } else {
            List<Backup> backups = saas().backups().list(named.id());
            backups.forEach(this::print);
            out().println(backups.size() + " backups of " + named.name());
        }
        return ExitCode.OK;
    }

    private boolean isIncompleteImport() {
        List<@Nullable String> parts = Arrays.asList(importKeyFile, plan, owner);
        return importing == null
                ? parts.stream().anyMatch(Objects::nonNull)
                : restore == null || inPlace || preview != null || parts.contains(null);
    }

    /** Creates a tenant from a backup of another installation. */
    private void importBackup(String folder) {
        User account = saas().accounts()
                .findByLogin(String.valueOf(owner))
                .orElseThrow(() ->
                        SaasException.notFound(ErrorCodes.RECORD_MISSING, "There is no account \"" + owner + "\"."));
        Plan target = saas().plans()
                .findByName(String.valueOf(plan))
                .orElseThrow(
                        () -> SaasException.notFound(ErrorCodes.RECORD_MISSING, "There is no plan \"" + plan + "\"."));
        Tenant imported = saas().backups()
                .importBackup(
                        ImportBackup.builder(
                                        uuid(tenant, "--import takes the UUID in the other installation as --tenant."),
                                        id(restore),
                                        target.id(),
                                        account.id())
                                .name(as)
                                .neutralise(!active)
                                .server(server(server))
                                .build(),
                        Path.of(folder),
                        keys(Path.of(String.valueOf(importKeyFile))))
                .tenant();
        out().println("Imported as " + imported.name() + " (" + imported.uuid() + ")"
                + (active ? "" : ", neutralised"));
    }

    private static List<String> keys(Path file) {
        try {
            return SecretKeys.of(file);
        } catch (IOException e) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID,
                    "The file of --import-key-file cannot be read. Check its path and its permissions.");
        }
    }

    private boolean shapesARestore() {
        return inPlace || makesATenant();
    }

    private boolean makesATenant() {
        return as != null || server != null || active || preview != null;
    }

    private void restore(Tenant tenant, BackupId backup) {
        if (inPlace) {
            Tenant restored = saas().backups().restoreInPlace(tenant.id(), backup, null);
            out().println("Restored in place: " + restored.name() + " (" + restored.uuid() + ")");
            return;
        }
        Tenant restored = saas().backups()
                .restore(RestoreBackup.builder(tenant.id(), backup)
                        .name(as)
                        .neutralise(!active)
                        .server(server(server))
                        .previewHours(hours())
                        .build())
                .tenant();
        out().println("Restored as " + restored.name() + " (" + restored.uuid() + ")"
                + (active ? "" : ", neutralised"));
    }

    private @Nullable Integer hours() {
        return preview == null ? null : (Integer) hours("--preview", preview, 0);
    }

    private static int hours(String option, @Nullable String text, int byDefault) {
        try {
            return text == null ? byDefault : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw SaasException.invalid(ErrorCodes.SETTING_INVALID, option + " is a number of hours, such as 48.");
        }
    }

    private Tenant tenant(String name) {
        return NamedTenant.find(saas(), name);
    }

    /** Swaps once in each direction, also if the answer is lost and the operator repeats the command. */
    private void swap(Tenant tenant, Tenant with) {
        List<Event> swaps = swaps(tenant, with);
        boolean swapped = swaps.size() % 2 == 1;
        if (swapped != back) {
            out().println(
                            swapped
                                    ? "Already swapped on "
                                            + swaps.get(swaps.size() - 1).at() + ": " + tenant.name()
                                            + " has the database of "
                                            + with.name() + ". To take that back, add --back."
                                    : "Nothing to take back: " + tenant.name() + " and " + with.name()
                                            + " are not swapped. To swap them, leave --back out.");
            return;
        }
        saas().tenants()
                .swap(SwapTenants.builder(tenant.id(), with.id())
                        .keptHours(hours("--kept", kept, SwapTenants.KEPT_HOURS))
                        .neutralised(neutralised)
                        // A command that another operator gave at the same time has the same key.
                        .idempotencyKey("swap " + tenant.uuid() + ' ' + with.uuid() + ' ' + swaps.size())
                        .build());
        out().println("Swapped " + tenant.name() + " and " + with.name() + ". " + with.name()
                + " has the previous state, is suspended, and is deleted on "
                + saas().tenants().get(with.id()).expiresAt());
    }

    /** The earlier swaps of the two, the oldest first. */
    private List<Event> swaps(Tenant tenant, Tenant with) {
        Filter<Event> ofTenant = Filter.and(
                Filter.equal(Event.TENANT_ID, tenant.id()), Filter.equal(Event.TYPE, EventType.TENANT_SWAPPED));
        return saas().events().list(Query.where(ofTenant).orderBy(Event.ID)).stream()
                .filter(each -> with.uuid().toString().equals(each.details().get("withUuid")))
                .toList();
    }

    private void drill(Tenant tenant) {
        BackupDrill drill = saas().backups().drill(tenant.id(), null);
        out().println("Restored " + drill.backup().id() + " of "
                + drill.backup().createdAt() + " as a drill in "
                + drill.duration().toSeconds() + " seconds: " + drill.members()
                + " members. The new database was deleted again.");
    }

    private @Nullable ServerId server(@Nullable String name) {
        return name == null
                ? null
                : saas().servers()
                        .findByName(name)
                        .map(Server::id)
                        .orElseThrow(() -> SaasException.notFound(
                                ErrorCodes.RECORD_MISSING, "There is no database server \"" + name + "\"."));
    }

    private static BackupId id(@Nullable String text) {
        return new BackupId(uuid(text, "A backup is named by its UUID, as \"saas backup --tenant NAME\" prints it."));
    }

    private static UUID uuid(@Nullable String text, String problem) {
        try {
            return UUID.fromString(Objects.requireNonNull(text));
        } catch (IllegalArgumentException e) {
            throw SaasException.invalid(ErrorCodes.SETTING_INVALID, problem);
        }
    }

    private void print(Backup backup) {
        out().println(backup.id() + "  " + backup.createdAt() + "  " + backup.storedBytes() + " bytes  "
                + backup.format() + " " + backup.schemaVersion());
    }
}
