// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.remote;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The server that is called, and the key. Address and key come from one place, so the key of a profile or of a variable
 * is never sent to an address that the line names.
 *
 * @param address without a path
 * @param key the secret
 */
record Connection(URI address, String key) {
    static final String URL = "ALLOTMENT_URL";
    static final String KEY = "ALLOTMENT_KEY";
    static final String KEY_FILE = "ALLOTMENT_KEY_FILE";
    static final String PROFILE = "ALLOTMENT_PROFILE";

    private static final Set<String> OF_A_PROFILE = Set.of("url", "key", "key-file");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");
    private static final Pattern SECRET = Pattern.compile("[\\x21-\\x7e]+");
    private static final Set<PosixFilePermission> OF_OTHERS = Set.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    /** Shows no key. */
    @Override
    public String toString() {
        return "Connection[" + address + "]";
    }

    /**
     * Finds out the connection.
     *
     * @throws RemoteFailure if a part is missing or wrong, or if others may read a file with a key
     */
    static Connection of(CommonOptions.Target target, Map<String, String> environment) throws RemoteFailure {
        String url = target.url != null || target.profile != null ? target.url : given(environment, URL);
        if (url != null && target.profile != null) {
            throw RemoteFailure.wrong("Give --url or --profile, not both: the profile has an address, too.");
        }
        if (url == null) {
            return ofProfile(target, environment);
        }
        boolean named = target.url != null;
        String file = target.keyFile != null || named ? target.keyFile : given(environment, KEY_FILE);
        String key = file != null ? firstLine(path(file)) : named ? null : given(environment, KEY);
        if (key == null) {
            throw RemoteFailure.wrong("There is no API key for " + url + ". Give --key-file"
                    + (named ? "; the variables are for the address in " + URL : ", or set " + KEY_FILE + " or " + KEY)
                    + ". \"saas api-key\" on the server makes a key.");
        }
        return new Connection(address(url), secret(key));
    }

    private static Connection ofProfile(CommonOptions.Target target, Map<String, String> environment)
            throws RemoteFailure {
        String name = target.profile == null ? given(environment, PROFILE) : target.profile;
        Path file = profile(Objects.requireNonNullElse(name, "default"), environment);
        if (name == null && !Files.exists(file)) {
            throw RemoteFailure.wrong("No server is named. Give --url and --key-file, set " + URL + " and " + KEY_FILE
                    + ", or write url and key-file into " + file + ".");
        }
        Properties profile = read(file);
        String url = profile.getProperty("url");
        if (url == null) {
            throw RemoteFailure.wrong("The profile " + file + " has no url.");
        }
        String keyFile = profile.getProperty("key-file");
        String key = target.keyFile != null
                ? firstLine(path(target.keyFile))
                : keyFile == null ? profile.getProperty("key") : firstLine(file.resolveSibling(path(keyFile)));
        if (key == null) {
            throw RemoteFailure.wrong("The profile " + file + " has neither key nor key-file.");
        }
        return new Connection(address(url), secret(key));
    }

    private static Path profile(String name, Map<String, String> environment) throws RemoteFailure {
        if (!NAME.matcher(name).matches()) {
            throw RemoteFailure.wrong(
                    "The name of a profile has letters, digits, dots, hyphens and underscores; found \"" + name
                            + "\".");
        }
        String config = given(environment, "XDG_CONFIG_HOME");
        Path folder = config == null
                ? Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".config")
                : Path.of(config);
        return folder.resolve("allotment").resolve(name + ".properties");
    }

    private static Properties read(Path file) throws RemoteFailure {
        refuseOthers(file);
        Properties profile = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            profile.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw RemoteFailure.wrong("The profile " + file + " is not a readable properties file in UTF-8.");
        }
        Set<String> unknown = new TreeSet<>(profile.stringPropertyNames());
        unknown.removeAll(OF_A_PROFILE);
        if (!unknown.isEmpty()) {
            throw RemoteFailure.wrong("The profile " + file + " has " + String.join(", ", unknown)
                    + ". A profile has url, and key or key-file.");
        }
        return profile;
    }

    /**
     * A key that others can read may be known to them, and an address that they can write is theirs. Does nothing on
     * file systems without rights of owner, group and others.
     */
    private static void refuseOthers(Path file) throws RemoteFailure {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view == null) {
            return;
        }
        try {
            Set<PosixFilePermission> found = new TreeSet<>(view.readAttributes().permissions());
            found.retainAll(OF_OTHERS);
            if (!found.isEmpty()) {
                throw RemoteFailure.wrong("Other users may read or write " + file + ". Use: chmod 600 " + file
                        + "; and replace the key.");
            }
        } catch (IOException e) {
            throw RemoteFailure.wrong("There is no readable file " + file + ".");
        }
    }

    private static String firstLine(Path file) throws RemoteFailure {
        refuseOthers(file);
        try {
            return Files.readString(file).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw RemoteFailure.wrong("There is no readable file " + file + ".");
        }
    }

    private static Path path(String text) throws RemoteFailure {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw RemoteFailure.wrong("\"" + text + "\" is not the path of a file.");
        }
    }

    private static URI address(String url) throws RemoteFailure {
        try {
            URI address = URI.create(url.strip().replaceFirst("/+$", ""));
            boolean web = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
            if (web
                    && address.getHost() != null
                    && address.getRawUserInfo() == null
                    && address.getRawQuery() == null
                    && address.getRawFragment() == null) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            // reported below
        }
        throw RemoteFailure.wrong("The address of a server is http:// or https:// and a host, with at most a port and a"
                + " path; found \"" + url.replaceFirst("//[^/]*@", "//…@") + "\".");
    }

    private static String secret(String key) throws RemoteFailure {
        String stripped = key.strip();
        if (!SECRET.matcher(stripped).matches()) {
            throw RemoteFailure.wrong("The API key is empty, or has characters that no key has.");
        }
        return stripped;
    }

    private static @Nullable String given(Map<String, String> environment, String variable) {
        String value = environment.get(variable);
        return value == null || value.isEmpty() ? null : value;
    }
}
