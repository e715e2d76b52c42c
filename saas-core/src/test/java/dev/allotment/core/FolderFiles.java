// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.hook.TenantFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** The files of tenants in a folder that has a folder for each. */
public record FolderFiles(Path root) implements TenantFiles {
    /** The start of the names of unfinished files. Apart from them, the root has only the folders of tenants. */
    private static final String TEMPORARY = "writing-";

    public Path place(UUID tenant) {
        return root.resolve(tenant.toString());
    }

    @Override
    public Stream<String> list(UUID tenant) throws IOException {
        return Files.isDirectory(place(tenant)) ? below(place(tenant), "") : Stream.empty();
    }

    private static Stream<String> below(Path folder, String prefix) throws IOException {
        List<String> names;
        try (Stream<Path> found = Files.list(folder)) {
            names = found.filter(each -> isFolder(each) || Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS))
                    .map(each -> each.getFileName() + (isFolder(each) ? "/" : ""))
                    .sorted()
                    .toList();
        }
        return names.stream()
                .flatMap(name -> name.endsWith("/") ? inner(folder, prefix, name) : Stream.of(prefix + name));
    }

    private static boolean isFolder(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static Stream<String> inner(Path folder, String prefix, String name) {
        try {
            return below(folder.resolve(name), prefix + name);
        } catch (NoSuchFileException e) {
            return Stream.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public InputStream open(UUID tenant, String name) throws IOException {
        return Files.newInputStream(place(tenant).resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public void create(UUID tenant) throws IOException {
        delete(tenant);
        Files.createDirectory(place(tenant));
    }

    @Override
    public void write(UUID tenant, String name, InputStream content) throws IOException {
        Path target = place(tenant).resolve(name);
        Path temporary = Files.createTempFile(root, TEMPORARY, "");
        try {
            Files.copy(content, temporary, StandardCopyOption.REPLACE_EXISTING);
            if (!Files.isDirectory(place(tenant))) {
                throw new NoSuchFileException(tenant.toString());
            }
            Files.createDirectories(target.getParent());
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    @Override
    public void replace(UUID tenant, UUID by) throws IOException {
        if (Files.isDirectory(place(by))) {
            delete(tenant);
            Files.move(place(by), place(tenant), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    @Override
    public void delete(UUID tenant) throws IOException {
        if (Files.isDirectory(place(tenant))) {
            try (Stream<Path> all = Files.walk(place(tenant))) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(each);
                }
            }
        }
    }
}
