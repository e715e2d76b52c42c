// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.setting;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Merges the settings of all sources. The command line overrides environment variables, and variables override the
 * file. Secrets are read from the files that contain them.
 */
public final class SettingSources {
    /** The backend's name for the file with its password. */
    private static final String PASSWORD_FILE = "password.file";

    private static final String BACKEND_PREFIX = "backend.";

    /** The environment variable with the log level of this project. */
    public static final String LOG_LEVEL = "SAAS_LOG_LEVEL";

    /** Variables that are not settings: the start script and the log configuration read them. */
    private static final Set<String> NO_SETTINGS = Set.of("SAAS_JAVA_OPTIONS", "SAAS_CLASSPATH", LOG_LEVEL);

    private final Map<String, String> values = new TreeMap<>();
    private final Map<String, String> backend = new TreeMap<>();
    private final List<String> problems;

    /**
     * Reads the settings file and the files with secrets.
     *
     * @param problems receives what is wrong
     */
    public SettingSources(Map<String, String> commandLine, Map<String, String> environment, List<String> problems) {
        this.problems = problems;
        Map<String, String> variables = variables(environment);
        String config = commandLine.getOrDefault(SettingOption.CONFIG.key(), variables.get(SettingOption.CONFIG.key()));
        Map<String, String> file = config == null ? Map.of() : file(config);
        for (Map<String, String> layer : List.of(file, variables, commandLine)) {
            layer.forEach(this::put);
            checkSecrets(layer);
        }
        readSecrets();
    }

    /** Returns the server's own settings by key. Keys that do not exist are included. */
    public Map<String, String> values() {
        return values;
    }

    /** Returns the backend's settings of the file, by the backend's names. */
    public Map<String, String> backend() {
        return backend;
    }

    /** A secret replaces both of its names from a weaker source. */
    private void put(String key, String value) {
        if (key.startsWith(BACKEND_PREFIX)) {
            backend.put(key.substring(BACKEND_PREFIX.length()), value);
            return;
        }
        SettingOption option = SettingOption.of(key);
        if (option != null && option.secret()) {
            values.remove(key.equals(option.key()) ? option.fileKey() : option.key());
        }
        values.put(key, value);
    }

    private void checkSecrets(Map<String, String> layer) {
        for (SettingOption option : SettingOption.values()) {
            if (option.secret() && layer.containsKey(option.key()) && layer.containsKey(option.fileKey())) {
                problems.add(option.key() + ": is set twice, also by " + option.fileKey() + "; remove one of them");
            }
        }
    }

    private void readSecrets() {
        for (SettingOption option : SettingOption.values()) {
            String path = option.secret() ? values.remove(option.fileKey()) : null;
            if (path == null) {
                continue;
            }
            String secret = secret(path);
            if (secret == null || secret.isEmpty()) {
                problems.add(option.fileKey() + ": found \"" + path
                        + "\", expected a readable file that contains the secret");
            } else if (option == SettingOption.PASSWORD) {
                // The backend reads the file again when it connects: the password may be changed meanwhile.
                backend.put(PASSWORD_FILE, path);
            } else {
                values.put(option.key(), secret);
                if (option == SettingOption.SECRET_KEY) {
                    // It is read again, like that file.
                    values.put(option.fileKey(), path);
                }
            }
        }
    }

    /** Returns the secret without the line end that editors add, or null if the file cannot be read. */
    private static @Nullable String secret(String path) {
        try {
            return Files.readString(Path.of(path)).replaceFirst("\\R\\z", "");
        } catch (IOException | IllegalArgumentException e) {
            return null;
        }
    }

    private static Map<String, String> variables(Map<String, String> environment) {
        Map<String, String> set = new LinkedHashMap<>();
        environment.forEach((variable, value) -> {
            if (variable.startsWith(SettingOption.VARIABLE_PREFIX)
                    && !value.isEmpty()
                    && !NO_SETTINGS.contains(variable)) {
                // Misspelt variables too: they must be reported, above all if they contain a password.
                set.put(SettingOption.keyOf(variable), value);
            }
        });
        return set;
    }

    private Map<String, String> file(String path) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(path))) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            problems.add("config: found \"" + path + "\", expected a readable properties file in UTF-8");
        }
        Map<String, String> set = new TreeMap<>();
        properties.stringPropertyNames().forEach(key -> set.put(key, properties.getProperty(key)));
        if (set.remove(SettingOption.CONFIG.key()) != null) {
            problems.add("config: cannot be set in the file itself");
        }
        return set;
    }
}
