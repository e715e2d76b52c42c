// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.hook.Addon;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An add-on that a test defines in one line. {@code {dialect}} in its scripts is replaced by the requested dialect. */
public record TestAddon(
        String name,
        String version,
        String title,
        List<String> dependencies,
        List<GroupDefinition> groups,
        List<Migration> steps,
        Optional<String> removal,
        Optional<String> neutral)
        implements Addon {

    public static TestAddon of(String name, String version) {
        return new TestAddon(name, version, name, List.of(), List.of(), List.of(), Optional.empty(), Optional.empty());
    }

    public static TestAddon of(String name) {
        return of(name, "1.0");
    }

    public TestAddon needs(String... names) {
        return new TestAddon(name, version, title, List.of(names), groups, steps, removal, neutral);
    }

    public TestAddon group(String group) {
        return group(group, false);
    }

    public TestAddon group(String group, boolean everyone) {
        List<GroupDefinition> more = new ArrayList<>(groups);
        more.add(new GroupDefinition(group, group, everyone));
        return new TestAddon(name, version, title, dependencies, List.copyOf(more), steps, removal, neutral);
    }

    public TestAddon script(String ofVersion, String script) {
        List<Migration> more = new ArrayList<>(steps);
        more.add(new Migration(ofVersion, script));
        return new TestAddon(name, version, title, dependencies, groups, List.copyOf(more), removal, neutral);
    }

    public TestAddon uninstall(String script) {
        return new TestAddon(name, version, title, dependencies, groups, steps, Optional.of(script), neutral);
    }

    @Override
    public List<Migration> migrations(String dialect) {
        return steps.stream()
                .map(each -> new Migration(each.version(), each.script().replace("{dialect}", dialect)))
                .toList();
    }

    @Override
    public Optional<String> uninstallScript(String dialect) {
        return removal.map(script -> script.replace("{dialect}", dialect));
    }

    public TestAddon neutralise(String script) {
        return new TestAddon(name, version, title, dependencies, groups, steps, removal, Optional.of(script));
    }

    @Override
    public Optional<String> neutraliseScript(String dialect) {
        return neutral.map(script -> script.replace("{dialect}", dialect));
    }
}
