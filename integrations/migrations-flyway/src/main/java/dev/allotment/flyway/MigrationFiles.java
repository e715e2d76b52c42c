// SPDX-License-Identifier: Apache-2.0
package dev.allotment.flyway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.Location;
import org.flywaydb.core.api.configuration.Configuration;

/**
 * Reads the files of Flyway's locations without a database, which Flyway itself cannot: on the class path, also in a
 * jar, and in folders.
 */
final class MigrationFiles {
    private static final String CLASS_PATH = "classpath:";
    private static final String FOLDER = "filesystem:";

    private final SortedMap<String, byte[]> files = new TreeMap<>();

    private MigrationFiles() {}

    /** Returns the content of each file, by its name below its location. */
    static SortedMap<String, byte[]> of(Configuration configuration) {
        MigrationFiles found = new MigrationFiles();
        for (Location location : configuration.getLocations()) {
            try {
                found.add(location.getDescriptor(), configuration.getClassLoader());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (URISyntaxException e) {
                throw new FlywayException("Location " + location + " cannot be read", e);
            }
        }
        return found.files;
    }

    private void add(String location, ClassLoader loader) throws IOException, URISyntaxException {
        if (location.contains("*") || location.contains("?")) {
            throw new FlywayException("Locations with wildcards are not supported, but found " + location);
        }
        if (location.startsWith(FOLDER)) {
            addFolder(Path.of(location.substring(FOLDER.length())));
        } else if (location.startsWith(CLASS_PATH)) {
            String folder = location.substring(CLASS_PATH.length()).replaceFirst("^/", "") + "/";
            for (URL url : Collections.list(loader.getResources(folder))) {
                if (url.openConnection() instanceof JarURLConnection jar) {
                    addJar(jar, folder);
                } else {
                    addFolder(Path.of(new URI(url.toString())));
                }
            }
        } else {
            throw new FlywayException(
                    "Locations start with " + CLASS_PATH + " or " + FOLDER + ", but found " + location);
        }
    }

    private void addFolder(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path file : paths.filter(Files::isRegularFile).toList()) {
                files.put(folder.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
            }
        }
    }

    private void addJar(JarURLConnection connection, String folder) throws IOException {
        // A cached jar would be closed for everyone.
        connection.setUseCaches(false);
        try (JarFile jar = connection.getJarFile()) {
            for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
                if (!entry.isDirectory() && entry.getName().startsWith(folder)) {
                    files.put(
                            entry.getName().substring(folder.length()),
                            jar.getInputStream(entry).readAllBytes());
                }
            }
        }
    }
}
