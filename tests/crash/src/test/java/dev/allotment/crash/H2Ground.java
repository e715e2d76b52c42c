// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** Files in a folder. */
final class H2Ground implements Ground {
    private static final String OPTIONS = ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;NON_KEYWORDS=KEY,VALUE"
            + ";ACCESS_MODE_DATA=r;IFEXISTS=TRUE;DB_CLOSE_ON_EXIT=FALSE";
    private static final String DATA = ".mv.db";
    private static final String NAMED = "db-";

    private final String server;
    private final Path folder;

    H2Ground(String server, Path folder) {
        this.server = server;
        this.folder = folder;
    }

    @Override
    public String server() {
        return server;
    }

    @Override
    public String backend() {
        return "h2";
    }

    @Override
    public Map<String, String> settings() {
        return Map.of("path", folder.toString());
    }

    @Override
    public boolean shared() {
        return false;
    }

    @Override
    public Connection catalog() throws SQLException {
        return connect(folder.resolve("catalog/catalog"));
    }

    @Override
    public Runnable backUpCatalog() {
        Path file = folder.resolve("catalog/catalog" + DATA);
        try {
            byte[] content = Files.readAllBytes(file);
            return () -> {
                try {
                    Files.write(file, content);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Connection database(String name, UUID identity) throws SQLException {
        return connect(databasesFolder().resolve(NAMED + name).resolve(identity.toString()));
    }

    private Connection connect(Path file) throws SQLException {
        String password;
        try {
            password = Files.readString(folder.resolve("key"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return DriverManager.getConnection("jdbc:h2:file:" + file + OPTIONS, "sa", password);
    }

    private Path databasesFolder() {
        return folder.resolve("databases");
    }

    @Override
    public Map<String, UUID> databases() throws IOException {
        Map<String, UUID> found = new HashMap<>();
        for (Path each : children(databasesFolder())) {
            String name = each.getFileName().toString();
            if (!name.startsWith(NAMED)) {
                // An interrupted operation has left it: see assertNothingElse.
                continue;
            }
            for (Path file : children(each)) {
                String fileName = file.getFileName().toString();
                if (fileName.endsWith(DATA)) {
                    String identity = fileName.substring(0, fileName.length() - DATA.length());
                    found.put(name.substring(NAMED.length()), UUID.fromString(identity));
                }
            }
        }
        return found;
    }

    @Override
    public Set<String> letIn() throws IOException {
        Set<String> open = new HashSet<>();
        for (Map.Entry<String, UUID> each : databases().entrySet()) {
            Path files = databasesFolder().resolve(NAMED + each.getKey());
            if (Files.exists(files.resolve(each.getValue() + ".open"))) {
                open.add(each.getKey());
            }
        }
        return open;
    }

    @Override
    public void assertNothingElse(Map<String, UUID> databases) throws IOException {
        List<String> names = new ArrayList<>();
        for (Map.Entry<String, UUID> each : databases.entrySet()) {
            for (Path file : children(databasesFolder().resolve(NAMED + each.getKey()))) {
                assertThat(file.getFileName().toString())
                        .as("a file of database %s", each.getKey())
                        .isIn(
                                each.getValue() + DATA,
                                each.getValue() + ".open",
                                each.getValue() + ".token",
                                // A swap sets the password of the application, so that it fits the other database.
                                each.getValue() + ".login");
            }
            names.add(NAMED + each.getKey());
        }
        assertThat(children(databasesFolder()))
                .extracting(path -> path.getFileName().toString())
                .containsExactlyInAnyOrderElementsOf(names);
    }

    @Override
    public boolean putForeign(String name) {
        return false;
    }

    @Override
    public Set<String> put() {
        return Set.of();
    }

    @Override
    public Set<String> foreign() {
        return Set.of();
    }

    private static List<Path> children(Path parent) throws IOException {
        if (Files.notExists(parent)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(parent)) {
            return children.toList();
        }
    }

    @Override
    public void close() {
        // The folder is the test's.
    }
}
