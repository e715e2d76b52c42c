// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.addon;

import dev.allotment.AddonStatus;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.Template;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.core.internal.rule.VersionNumbers;
import dev.allotment.hook.Addon;
import dev.allotment.hook.AddonSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Knows the available add-ons and their dependencies. */
public final class AddonRegistry {
    private static final String BASE = "base";
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");
    private static final Pattern GROUP = Pattern.compile("(?:[a-z][a-z0-9_]{0,62}\\.)?[a-z][a-z0-9_]{0,62}");

    private final List<AddonSource> sources;
    private volatile Map<String, Addon> addons;

    public AddonRegistry(List<AddonSource> sources) {
        this.sources = List.copyOf(sources);
        this.addons = read();
    }

    /** Reads the sources again. If they are invalid, the registry stays as it was. */
    public void refresh() {
        addons = read();
    }

    /** By name. */
    Collection<Addon> all() {
        return addons.values();
    }

    /** By name, as a database without any add-on would list them. */
    public List<AddonStatus> available() {
        return addons.values().stream()
                .map(each -> new AddonStatus(0, each.name(), each.title(), false, null, each.version()))
                .toList();
    }

    public boolean knows(String name) {
        return addons.containsKey(name);
    }

    public Addon get(String name) {
        Addon addon = addons.get(name);
        if (addon == null) {
            throw unknown(name, "");
        }
        return addon;
    }

    /**
     * Returns these add-ons and all their dependencies, dependencies first.
     *
     * @throws SaasException {@code addon.unknown}
     */
    public List<Addon> withDependencies(Collection<String> names) {
        Set<Addon> ordered = new LinkedHashSet<>();
        for (String name : names) {
            get(name);
            visit(addons, name, ordered, new ArrayList<>());
        }
        return List.copyOf(ordered);
    }

    private Map<String, Addon> read() {
        Map<String, Addon> found = new TreeMap<>();
        for (AddonSource source : sources) {
            for (Addon addon : source.addons()) {
                check(addon);
                Addon other = found.putIfAbsent(addon.name(), addon);
                if (other != null) {
                    throw invalid(
                            addon.name(),
                            "there are two of this name, of versions " + other.version() + " and " + addon.version());
                }
            }
        }
        Set<Addon> ordered = new LinkedHashSet<>();
        for (String name : found.keySet()) {
            visit(found, name, ordered, new ArrayList<>());
        }
        return Map.copyOf(found).isEmpty() ? Map.of() : new TreeMap<>(found);
    }

    /** Returns the names of the add-ons that are newer here than in a template, dependencies first. */
    public List<String> newerThan(Template template) {
        List<String> newer = new ArrayList<>();
        for (int i = 0;
                i < Math.min(template.addons().size(), template.versions().size());
                i++) {
            String name = template.addons().get(i);
            if (knows(name)
                    && VersionNumbers.ORDER.compare(
                                    get(name).version(), template.versions().get(i))
                            > 0) {
                newer.add(name);
            }
        }
        return newer;
    }

    private static void check(Addon addon) {
        if (!NAME.matcher(addon.name()).matches()) {
            throw invalid(
                    addon.name(),
                    "a technical name consists of lower case letters, digits and underscores, and starts with a"
                            + " letter");
        }
        if (addon.name().equals(BASE)) {
            throw invalid(addon.name(), "this name belongs to the base that every database has");
        }
        for (Addon.GroupDefinition group : addon.groups()) {
            if (!GROUP.matcher(group.name()).matches()) {
                throw invalid(
                        addon.name(),
                        "a group is named like group_manager or base.group_manager, found "
                                + TextRules.describe(group.name()));
            }
        }
        if (!VersionNumbers.valid(addon.version())) {
            throw invalid(
                    addon.name(), "its version is whole numbers joined by dots, found \"" + addon.version() + "\"");
        }
    }

    private static void visit(Map<String, Addon> known, String name, Set<Addon> ordered, List<String> path) {
        Addon addon = known.get(name);
        if (addon == null) {
            throw unknown(name, path.isEmpty() ? "" : ", which " + path.get(path.size() - 1) + " needs,");
        }
        if (path.contains(name)) {
            throw invalid(name, "it depends on itself: " + String.join(" needs ", path) + " needs " + name);
        }
        if (!ordered.contains(addon)) {
            path.add(name);
            for (String dependency : addon.dependencies()) {
                visit(known, dependency, ordered, path);
            }
            path.remove(path.size() - 1);
            ordered.add(addon);
        }
    }

    private static SaasException unknown(String name, String why) {
        return new SaasException(
                ErrorCategory.NOT_FOUND,
                ErrorCodes.ADDON_UNKNOWN,
                "Add-on " + TextRules.describe(name) + why + " does not exist.",
                Map.of("addon", name),
                false,
                null);
    }

    private static SaasException invalid(String name, String what) {
        return SaasException.invalid(
                ErrorCodes.ADDON_INVALID, "Add-on " + TextRules.describe(name) + " is wrong: " + what + ".");
    }
}
