// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.addon;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.internal.rule.VersionNumbers;
import dev.allotment.hook.Addon;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An add-on without code: a folder with {@code addon.properties} and SQL files. It is read completely when it is found,
 * so later changes to the folder have no effect.
 */
public final class FileAddon implements Addon {
    private static final String PROPERTIES = "addon.properties";
    private static final String GROUP = "group.";
    private static final String UNINSTALL = "uninstall";
    private static final String NEUTRALISE = "neutralise";
    private static final String EVERYONE = ".everyone";
    private static final Pattern SCRIPT =
            Pattern.compile("(?<version>uninstall|neutralise|[0-9.]*[0-9])(?:\\.(?<dialect>[a-z][a-z0-9_-]*))?\\.sql");

    private final String name;
    private final String version;
    private final String title;
    private final List<String> dependencies;
    private final List<GroupDefinition> groups;
    /** By version, "uninstall" or "neutralise", then by dialect; the empty dialect serves all. */
    private final Map<String, Map<String, String>> scripts;

    private FileAddon(
            String name,
            String version,
            String title,
            List<String> dependencies,
            List<GroupDefinition> groups,
            Map<String, Map<String, String>> scripts) {
        this.name = name;
        this.version = version;
        this.title = title;
        this.dependencies = dependencies;
        this.groups = groups;
        this.scripts = scripts;
    }

    /** Whether a folder holds an add-on. */
    static boolean is(Path folder) {
        return Files.isRegularFile(folder.resolve(PROPERTIES));
    }

    /**
     * Reads an add-on from its folder.
     *
     * @throws SaasException {@code addon.invalid}
     */
    public static FileAddon read(Path folder) {
        String name = String.valueOf(folder.getFileName()).replace("/", "");
        Properties properties = new Properties();
        Map<String, Map<String, String>> scripts = new TreeMap<>();
        try (Reader reader = Files.newBufferedReader(folder.resolve(PROPERTIES));
                Stream<Path> files = Files.list(folder)) {
            properties.load(reader);
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".sql")).toList()) {
                String fileName = String.valueOf(file.getFileName());
                Matcher matcher = SCRIPT.matcher(fileName);
                if (!matcher.matches()) {
                    throw invalid(
                            name,
                            "the script " + fileName + " is named neither <version>.sql nor uninstall.sql nor"
                                    + " neutralise.sql, with or without a dialect before .sql");
                }
                String script = matcher.group("version");
                if (isVersion(script) && !VersionNumbers.valid(script)) {
                    throw invalid(name, "the script " + fileName + " has no version: whole numbers joined by dots");
                }
                String dialect = matcher.group("dialect");
                scripts.computeIfAbsent(script, key -> new TreeMap<>())
                        .put(dialect == null ? "" : dialect, Files.readString(file));
            }
        } catch (CharacterCodingException | IllegalArgumentException e) {
            throw invalid(name, "addon.properties or a script is not UTF-8 text");
        } catch (IOException e) {
            throw SaasException.internal(
                    ErrorCodes.ADDON_INVALID, "Add-on \"" + name + "\" cannot be read: " + e.getMessage(), e);
        }
        return of(name, properties, scripts);
    }

    private static FileAddon of(String name, Properties properties, Map<String, Map<String, String>> scripts) {
        List<GroupDefinition> groups = new ArrayList<>();
        for (String key : properties.stringPropertyNames().stream().sorted().toList()) {
            if (key.startsWith(GROUP) && !key.endsWith(EVERYONE)) {
                groups.add(new GroupDefinition(
                        key.substring(GROUP.length()),
                        properties.getProperty(key).strip(),
                        properties.getProperty(key + EVERYONE, "false").strip().equals("true")));
            } else if (!key.startsWith(GROUP)
                    && !List.of("version", "title", "depends").contains(key)) {
                throw invalid(
                        name,
                        "the key " + key + " is not known; known are version, title, depends, group.<name> and"
                                + " group.<name>.everyone");
            }
        }
        String version = properties.getProperty("version", "").strip();
        checkGroups(name, properties);
        checkScripts(name, version, scripts);
        List<String> dependencies = Arrays.stream(
                        properties.getProperty("depends", "").split(","))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .toList();
        return new FileAddon(
                name,
                version,
                properties.getProperty("title", name).strip(),
                dependencies,
                List.copyOf(groups),
                scripts);
    }

    private static void checkGroups(String name, Properties properties) {
        for (String key : properties.stringPropertyNames()) {
            if (key.startsWith(GROUP) && key.endsWith(EVERYONE)) {
                String group = key.substring(0, key.length() - EVERYONE.length());
                String value = properties.getProperty(key).strip();
                if (!properties.containsKey(group) || !(value.equals("true") || value.equals("false"))) {
                    throw invalid(
                            name, "the key " + key + " must be true or false, for a group that " + group + " names");
                }
            }
        }
    }

    private static void checkScripts(String name, String version, Map<String, Map<String, String>> scripts) {
        List<String> versions =
                scripts.keySet().stream().filter(FileAddon::isVersion).toList();
        for (String each : versions) {
            if (VersionNumbers.valid(version) && VersionNumbers.ORDER.compare(each, version) > 0) {
                throw invalid(name, "its version is " + version + ", and it has a script of version " + each);
            }
            if (versions.stream()
                    .anyMatch(other -> !other.equals(each) && VersionNumbers.ORDER.compare(each, other) == 0)) {
                throw invalid(name, "it has two scripts of version " + each + ", written differently");
            }
        }
    }

    private static SaasException invalid(String name, String what) {
        return SaasException.invalid(ErrorCodes.ADDON_INVALID, "Add-on \"" + name + "\" is wrong: " + what + ".");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public List<String> dependencies() {
        return dependencies;
    }

    @Override
    public List<GroupDefinition> groups() {
        return groups;
    }

    @Override
    public List<Migration> migrations(String dialect) {
        List<Migration> migrations = new ArrayList<>();
        for (String each : scripts.keySet()) {
            if (isVersion(each)) {
                script(each, dialect).ifPresent(script -> migrations.add(new Migration(each, script)));
            }
        }
        migrations.sort(Comparator.comparing(Migration::version, VersionNumbers.ORDER));
        return migrations;
    }

    @Override
    public Optional<String> uninstallScript(String dialect) {
        return script(UNINSTALL, dialect);
    }

    @Override
    public Optional<String> neutraliseScript(String dialect) {
        return script(NEUTRALISE, dialect);
    }

    private static boolean isVersion(String script) {
        return !script.equals(UNINSTALL) && !script.equals(NEUTRALISE);
    }

    private Optional<String> script(String key, String dialect) {
        Map<String, String> byDialect = scripts.getOrDefault(key, Map.of());
        String special = byDialect.get(dialect);
        return Optional.ofNullable(special == null ? byDialect.get("") : special);
    }
}
