// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Backup;
import dev.allotment.BackupDrill;
import dev.allotment.BackupId;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.ImportBackup;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.RestoreBackup;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Server;
import dev.allotment.ServerId;
import dev.allotment.SwapTenants;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.server.CommandLineArguments.BackupOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The command {@code backup}: lists, makes, restores, imports, drills or deletes backups of a tenant, or swaps it. */
final class BackupCommand {
    private final Saas saas;
    private final BackupOptions options;
    private final PrintStream out;

    BackupCommand(Saas saas, BackupOptions options, PrintStream out) {
        this.saas = saas;
        this.options = options;
        this.out = out;
    }

    int run() {
        long actions = Stream.of(
                        options.make(),
                        options.restore() != null,
                        options.delete() != null,
                        options.drill(),
                        options.swap() != null)
                .filter(each -> each)
                .count();
        if (options.tenant() == null
                || actions > 1
                || (options.restore() == null && shapesARestore())
                || (!options.make() && options.from() != null)
                || (options.inPlace() && makesATenant())
                || isIncompleteImport()
                || (options.swap() == null && (options.kept() != null || options.neutralised() || options.back()))) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID,
                    "Name the tenant with --tenant, and give at most one of --make, --restore, --delete, --drill and"
                            + " --swap. --from belongs to --make. --as, --server, --active and --preview belong to"
                            + " --restore. So does --in-place, without these options. --import belongs to --restore,"
                            + " too. It needs --import-key-file, --plan and --owner, and then --tenant is a UUID."
                            + " --back, --kept and --neutralised belong to --swap.");
        }
        if (options.importing() != null) {
            importBackup(options.importing());
            return ExitCode.OK;
        }
        Tenant tenant = tenant(options.tenant());
        if (options.make()) {
            ServerId source = server(options.from());
            print(
                    source == null
                            ? saas.backups().create(tenant.id(), null)
                            : saas.backups().createFrom(tenant.id(), source, null));
        } else if (options.restore() != null) {
            restore(tenant, id(options.restore()));
        } else if (options.drill()) {
            drill(tenant);
        } else if (options.swap() != null) {
            swap(tenant, tenant(options.swap()));
        } else if (options.delete() != null) {
            saas.backups().delete(tenant.id(), id(options.delete()));
            out.println("Deleted, if it existed: " + options.delete());
        } else {
            List<Backup> backups = saas.backups().list(tenant.id());
            backups.forEach(this::print);
            out.println(backups.size() + " backups of " + tenant.name());
        }
        return ExitCode.OK;
    }

    private boolean isIncompleteImport() {
        List<@Nullable String> parts = Arrays.asList(options.importKeyFile(), options.plan(), options.owner());
        return options.importing() == null
                ? parts.stream().anyMatch(Objects::nonNull)
                : options.restore() == null || options.inPlace() || options.preview() != null || parts.contains(null);
    }

    /** Creates a tenant from a backup of another installation. */
    private void importBackup(String folder) {
        User owner = saas.accounts()
                .findByLogin(String.valueOf(options.owner()))
                .orElseThrow(() -> SaasException.notFound(
                        ErrorCodes.RECORD_MISSING, "There is no account \"" + options.owner() + "\"."));
        Plan plan = saas.plans()
                .findByName(String.valueOf(options.plan()))
                .orElseThrow(() -> SaasException.notFound(
                        ErrorCodes.RECORD_MISSING, "There is no plan \"" + options.plan() + "\"."));
        Tenant imported = saas.backups()
                .importBackup(
                        ImportBackup.builder(
                                        uuid(
                                                options.tenant(),
                                                "--import takes the UUID in the other installation as --tenant."),
                                        id(options.restore()),
                                        plan.id(),
                                        owner.id())
                                .name(options.as())
                                .neutralise(!options.active())
                                .server(server(options.server()))
                                .build(),
                        Path.of(folder),
                        keys(Path.of(String.valueOf(options.importKeyFile()))))
                .tenant();
        out.println("Imported as " + imported.name() + " (" + imported.uuid() + ")"
                + (options.active() ? "" : ", neutralised"));
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
        return options.inPlace() || makesATenant();
    }

    private boolean makesATenant() {
        return options.as() != null || options.server() != null || options.active() || options.preview() != null;
    }

    private void restore(Tenant tenant, BackupId backup) {
        if (options.inPlace()) {
            Tenant restored = saas.backups().restoreInPlace(tenant.id(), backup, null);
            out.println("Restored in place: " + restored.name() + " (" + restored.uuid() + ")");
            return;
        }
        Tenant restored = saas.backups()
                .restore(RestoreBackup.builder(tenant.id(), backup)
                        .name(options.as())
                        .neutralise(!options.active())
                        .server(server(options.server()))
                        .previewHours(hours())
                        .build())
                .tenant();
        out.println("Restored as " + restored.name() + " (" + restored.uuid() + ")"
                + (options.active() ? "" : ", neutralised"));
    }

    private @Nullable Integer hours() {
        return options.preview() == null ? null : (Integer) hours("--preview", options.preview(), 0);
    }

    private static int hours(String option, @Nullable String text, int byDefault) {
        try {
            return text == null ? byDefault : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw SaasException.invalid(ErrorCodes.SETTING_INVALID, option + " is a number of hours, such as 48.");
        }
    }

    private Tenant tenant(String name) {
        return NamedTenant.find(saas, name);
    }

    /** Swaps once in each direction, also if the answer is lost and the operator repeats the command. */
    private void swap(Tenant tenant, Tenant with) {
        List<Event> swaps = swaps(tenant, with);
        boolean swapped = swaps.size() % 2 == 1;
        if (swapped != options.back()) {
            out.println(
                    swapped
                            ? "Already swapped on "
                                    + swaps.get(swaps.size() - 1).at() + ": " + tenant.name() + " has the database of "
                                    + with.name() + ". To take that back, add --back."
                            : "Nothing to take back: " + tenant.name() + " and " + with.name()
                                    + " are not swapped. To swap them, leave --back out.");
            return;
        }
        saas.tenants()
                .swap(SwapTenants.builder(tenant.id(), with.id())
                        .keptHours(hours("--kept", options.kept(), SwapTenants.KEPT_HOURS))
                        .neutralised(options.neutralised())
                        // A command that another operator gave at the same time has the same key.
                        .idempotencyKey("swap " + tenant.uuid() + ' ' + with.uuid() + ' ' + swaps.size())
                        .build());
        out.println("Swapped " + tenant.name() + " and " + with.name() + ". " + with.name()
                + " has the previous state, is suspended, and is deleted on "
                + saas.tenants().get(with.id()).expiresAt());
    }

    /** The earlier swaps of the two, the oldest first. */
    private List<Event> swaps(Tenant tenant, Tenant with) {
        Filter<Event> ofTenant = Filter.and(
                Filter.equal(Event.TENANT_ID, tenant.id()), Filter.equal(Event.TYPE, EventType.TENANT_SWAPPED));
        return saas.events().list(Query.where(ofTenant).orderBy(Event.ID)).stream()
                .filter(each -> with.uuid().toString().equals(each.details().get("withUuid")))
                .toList();
    }

    private void drill(Tenant tenant) {
        BackupDrill drill = saas.backups().drill(tenant.id(), null);
        out.println("Restored " + drill.backup().id() + " of " + drill.backup().createdAt() + " as a drill in "
                + drill.duration().toSeconds() + " seconds: " + drill.members()
                + " members. The new database was deleted again.");
    }

    private @Nullable ServerId server(@Nullable String name) {
        return name == null
                ? null
                : saas.servers()
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
        out.println(backup.id() + "  " + backup.createdAt() + "  " + backup.storedBytes() + " bytes  " + backup.format()
                + " " + backup.schemaVersion());
    }
}
