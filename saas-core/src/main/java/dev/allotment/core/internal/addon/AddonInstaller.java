// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.addon;

import dev.allotment.AddonRemoval;
import dev.allotment.AddonStatus;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.access.Group;
import dev.allotment.access.GroupId;
import dev.allotment.access.Member;
import dev.allotment.core.internal.record.MemberRows;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.core.internal.rule.VersionNumbers;
import dev.allotment.hook.Addon;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Membership;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Installs, updates and uninstalls add-ons inside one tenant database, in the transaction that it is given. */
public final class AddonInstaller {

    private final AddonRegistry registry;
    private final String dialect;

    AddonInstaller(AddonRegistry registry, String dialect) {
        this.registry = registry;
        this.dialect = dialect;
    }

    /** Installs the add-ons that are missing; returns their names in the order of installation. */
    public List<String> install(DatabaseTransaction tx, Collection<String> names) {
        List<String> installed = new ArrayList<>();
        for (Addon addon : registry.withDependencies(names)) {
            AddonStatus status = AddonRows.status(tx, addon.name()).orElse(null);
            if (status == null || !status.installed()) {
                migrate(tx, addon, null);
                addGroups(tx, addon);
                mark(tx, addon, status, addon.version());
                installed.add(addon.name());
            }
        }
        return installed;
    }

    /**
     * Updates installed add-ons to their latest version, dependencies first. Returns the names of those whose version
     * changed.
     *
     * @param installed receives the names of the dependencies that had to be installed
     */
    public List<String> update(DatabaseTransaction tx, Collection<String> names, List<String> installed) {
        for (String name : names) {
            registry.get(name);
            if (AddonRows.status(tx, name).filter(AddonStatus::installed).isEmpty()) {
                throw notInstalled(name);
            }
        }
        List<String> updated = new ArrayList<>();
        for (Addon addon : registry.withDependencies(names)) {
            AddonStatus status = AddonRows.status(tx, addon.name()).orElse(null);
            String version = status == null ? null : status.installedVersion();
            boolean due = names.contains(addon.name())
                    && version != null
                    && VersionNumbers.ORDER.compare(version, addon.version()) < 0;
            if (due) {
                installed.addAll(install(tx, addon.dependencies()));
                migrate(tx, addon, version);
                addGroups(tx, addon);
                mark(tx, addon, status, addon.version());
                updated.add(addon.name());
            }
        }
        return updated;
    }

    /** Updates the add-ons that are older than in another database, if this node knows them. */
    public void updateOlderThan(DatabaseTransaction tx, Map<String, String> versions) {
        List<String> older = AddonRows.installed(tx).stream()
                .filter(each -> registry.knows(each.name()) && isOlder(each, versions.get(each.name())))
                .map(AddonStatus::name)
                .toList();
        update(tx, older, new ArrayList<>());
    }

    private static boolean isOlder(AddonStatus status, @Nullable String than) {
        String version = status.installedVersion();
        return version != null && than != null && VersionNumbers.ORDER.compare(version, than) < 0;
    }

    /** Uninstalls the add-ons that are installed; returns their names in the order of removal. */
    public List<String> uninstall(DatabaseTransaction tx, Collection<String> names) {
        List<String> order = removalOrder(tx, names);
        for (String name : order) {
            remove(tx, registry.get(name));
        }
        return order;
    }

    /** Returns what {@link #uninstall} would delete; changes nothing. */
    public List<AddonRemoval> previewUninstall(DatabaseTransaction tx, Collection<String> names) {
        return removalOrder(tx, names).stream()
                .map(registry::get)
                .map(addon -> removal(tx, addon))
                .toList();
    }

    private AddonRemoval removal(DatabaseTransaction tx, Addon addon) {
        UninstallScript script =
                UninstallScript.of(addon.uninstallScript(dialect).orElse(""));
        List<AddonRemoval.DroppedTable> tables = new ArrayList<>();
        for (String table : script.tables()) {
            OptionalLong rows = tx.estimatedRows(table);
            tables.add(new AddonRemoval.DroppedTable(table, rows.isPresent() ? rows.getAsLong() : null));
        }
        return new AddonRemoval(addon.name(), addon.title(), tables, script.otherStatements());
    }

    private List<String> removalOrder(DatabaseTransaction tx, Collection<String> names) {
        Set<String> leaving = new LinkedHashSet<>();
        for (String name : names) {
            registry.get(name);
            AddonRows.status(tx, name).filter(AddonStatus::installed).ifPresent(status -> leaving.add(name));
        }
        for (AddonStatus other : AddonRows.installed(tx)) {
            if (!leaving.contains(other.name()) && registry.knows(other.name())) {
                for (String need : registry.get(other.name()).dependencies()) {
                    if (leaving.contains(need)) {
                        throw needed(need, other.name());
                    }
                }
            }
        }
        List<String> order = new ArrayList<>();
        for (Addon addon : registry.withDependencies(leaving)) {
            if (leaving.contains(addon.name())) {
                order.add(0, addon.name());
            }
        }
        return order;
    }

    /**
     * Runs the neutralise scripts of all installed add-ons; returns the names of these add-ons.
     *
     * @throws SaasException {@code neutraliser.failed} if this node does not know an installed add-on, which may have a
     *     script
     */
    List<String> neutralise(DatabaseTransaction tx) {
        List<String> installed =
                AddonRows.installed(tx).stream().map(AddonStatus::name).toList();
        for (String name : installed) {
            if (!registry.knows(name)) {
                throw Neutralisation.failed("addon:" + name, "is not known on this node", null);
            }
        }
        List<String> done = new ArrayList<>();
        for (Addon addon : registry.withDependencies(installed)) {
            Optional<String> script =
                    installed.contains(addon.name()) ? addon.neutraliseScript(dialect) : Optional.empty();
            script.ifPresent(each -> {
                run(tx, addon, "neutralise", each);
                done.add(addon.name());
            });
        }
        return done;
    }

    private void migrate(DatabaseTransaction tx, Addon addon, @Nullable String from) {
        for (Addon.Migration migration : addon.migrations(dialect)) {
            boolean due = from == null || VersionNumbers.ORDER.compare(migration.version(), from) > 0;
            if (due && VersionNumbers.ORDER.compare(migration.version(), addon.version()) <= 0) {
                run(tx, addon, migration.version(), migration.script());
            }
        }
    }

    private static void run(DatabaseTransaction tx, Addon addon, String what, String script) {
        try {
            tx.run(script);
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.ADDON_FAILED)) {
                throw e;
            }
            throw new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.ADDON_FAILED,
                    "Add-on \"" + addon.name() + "\": its script " + what + " failed; nothing was changed.",
                    Map.of("addon", addon.name(), "script", what),
                    false,
                    e);
        }
    }

    private static void addGroups(Transaction tx, Addon addon) {
        for (Addon.GroupDefinition definition : addon.groups()) {
            String xmlId = AddonRows.xmlId(addon, definition);
            if (MemberRows.group(tx, xmlId).isEmpty()) {
                Group group = tx.records(RecordTypes.GROUPS)
                        .insert(new Group(new GroupId(0), xmlId, definition.title(), addon.name()));
                if (definition.everyone()) {
                    for (Member member :
                            tx.records(RecordTypes.MEMBERS).list(Query.where(Filter.equal(Member.SHARE, false)))) {
                        MemberRows.add(tx, group.id(), member.id());
                    }
                }
            }
        }
    }

    private void remove(DatabaseTransaction tx, Addon addon) {
        addon.uninstallScript(dialect).ifPresent(script -> run(tx, addon, "uninstall", script));
        mark(tx, addon, AddonRows.status(tx, addon.name()).orElse(null), null);
        for (Group group : tx.records(RecordTypes.GROUPS).list(Query.where(Filter.equal(Group.ADDON, addon.name())))) {
            Optional<Addon> other = installedWith(tx, group.xmlId());
            if (other.isPresent()) {
                tx.records(RecordTypes.GROUPS)
                        .update(new Group(
                                group.id(),
                                group.xmlId(),
                                group.name(),
                                other.get().name()));
            } else {
                remove(tx, group);
            }
        }
    }

    private static void remove(Transaction tx, Group group) {
        Records<Membership> memberships = tx.records(RecordTypes.MEMBERSHIPS);
        for (Membership membership : memberships.list(Query.where(Filter.equal(Membership.GROUP_ID, group.id())))) {
            memberships.delete(membership.id());
        }
        tx.records(RecordTypes.GROUPS).delete(group.id().value());
    }

    /** Finds another installed add-on that also defines this group: several may define one under a shared prefix. */
    private Optional<Addon> installedWith(Transaction tx, String group) {
        return AddonRows.installed(tx).stream()
                .filter(status -> registry.knows(status.name()))
                .map(status -> registry.get(status.name()))
                .filter(addon -> addon.groups().stream()
                        .anyMatch(each -> AddonRows.xmlId(addon, each).equals(group)))
                .findFirst();
    }

    private static void mark(Transaction tx, Addon addon, @Nullable AddonStatus known, @Nullable String installed) {
        Records<AddonStatus> records = tx.records(RecordTypes.ADDONS);
        AddonStatus now = new AddonStatus(
                known == null ? 0 : known.id(),
                addon.name(),
                addon.title(),
                installed != null,
                installed,
                addon.version());
        if (known == null) {
            records.insert(now);
        } else {
            records.update(now);
        }
    }

    private static SaasException notInstalled(String name) {
        return SaasException.conflict(
                ErrorCodes.ADDON_INVALID,
                "Add-on " + TextRules.describe(name) + " is not installed, so it cannot be updated.");
    }

    private static SaasException needed(String name, String by) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.ADDON_NEEDED,
                "Add-on \"" + name + "\" cannot be uninstalled: \"" + by + "\" needs it. Uninstall that too.",
                Map.of("addon", name, "by", by),
                false,
                null);
    }

    /** Formats names the way events and operations store them. */
    public static Map<String, String> summary(List<String> install, List<String> update, List<String> uninstall) {
        return Map.of(
                "install", String.join(",", install),
                "update", String.join(",", update),
                "uninstall", String.join(",", uninstall));
    }
}
