// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2.files;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.h2.message.DbException;
import org.h2.store.fs.FileUtils;
import org.jspecify.annotations.Nullable;

/** Files in H2's in-memory file system, below a name that no other backend uses. Closing deletes them. */
public final class MemoryStorage implements H2Storage {
    private final String root = "memFS:/allotment-" + UUID.randomUUID();

    @Override
    public String location() {
        return root;
    }

    @Override
    public @Nullable String identity() {
        return null;
    }

    @Override
    public String databaseName(String file) {
        return path(file);
    }

    @Override
    public synchronized boolean exists(String name) {
        return FileUtils.exists(path(name));
    }

    @Override
    public synchronized List<String> children(String folder) {
        String prefix = path(folder) + '/';
        List<String> children = new ArrayList<>();
        // H2 also lists the files of folders whose names start with this folder's name.
        for (String each : FileUtils.newDirectoryStream(path(folder))) {
            if (each.startsWith(prefix)) {
                children.add(each.substring(prefix.length()));
            }
        }
        return children;
    }

    @Override
    public synchronized void createFolder(String folder) {
        act(() -> FileUtils.createDirectories(path(folder)));
    }

    @Override
    public synchronized void createFile(String file) {
        act(() -> FileUtils.createFile(path(file)));
    }

    @Override
    public synchronized void write(String file, byte[] content) {
        act(() -> {
            try (OutputStream out = FileUtils.newOutputStream(path(file), false)) {
                out.write(content);
            }
        });
    }

    @Override
    public synchronized byte[] read(String file) {
        try (InputStream in = input(file)) {
            return in.readAllBytes();
        } catch (IOException | DbException e) {
            throw H2Storage.failed(e);
        }
    }

    /**
     * Wraps H2's stream so that it supports plain reading only. From Java 18 on, its {@code transferTo} would use the
     * channel's own transfer, which H2's in-memory files refuse.
     */
    @Override
    public synchronized InputStream input(String file) {
        try {
            return new FilterInputStream(FileUtils.newInputStream(path(file))) {};
        } catch (IOException | DbException e) {
            throw H2Storage.failed(e);
        }
    }

    @Override
    public void write(String file, InputStream content) throws IOException {
        try (OutputStream out = FileUtils.newOutputStream(path(file), false)) {
            content.transferTo(out);
        } catch (DbException e) {
            throw H2Storage.failed(e);
        }
    }

    @Override
    public synchronized void copy(String file, String copy) {
        act(() -> {
            try (InputStream in = input(file);
                    OutputStream out = FileUtils.newOutputStream(path(copy), false)) {
                in.transferTo(out);
            }
        });
    }

    @Override
    public synchronized void replace(String file, String by) {
        act(() -> FileUtils.moveAtomicReplace(path(by), path(file)));
    }

    @Override
    public synchronized boolean moveFolder(String folder, String name) {
        if (exists(name)) {
            return false;
        }
        createFolder(name);
        act(() -> children(folder)
                .forEach(child -> FileUtils.move(path(folder) + '/' + child, path(name) + '/' + child)));
        delete(folder);
        return true;
    }

    @Override
    public synchronized void delete(String name) {
        children(name).forEach(child -> delete(name + '/' + child));
        act(() -> FileUtils.delete(path(name)));
    }

    @Override
    public synchronized long size(String file) {
        return FileUtils.size(path(file));
    }

    @Override
    public boolean isUsable() {
        return true;
    }

    @Override
    public synchronized void close() {
        children("").forEach(this::delete);
    }

    private String path(String name) {
        return name.isEmpty() ? root : root + '/' + name;
    }

    @FunctionalInterface
    private interface Action {
        void run() throws IOException;
    }

    private static void act(Action action) {
        try {
            action.run();
        } catch (IOException | DbException e) {
            throw H2Storage.failed(e);
        }
    }
}
