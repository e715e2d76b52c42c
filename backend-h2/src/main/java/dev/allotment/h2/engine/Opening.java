// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2.engine;

import dev.allotment.h2.files.DatabaseFiles;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.h2.engine.Database;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;

/**
 * A database file from when H2 opens it until its disk fails. H2 knows an open database by its name. When a session of
 * a
 * failed database is used again, H2 forgets the database with its name, and then refuses to connect to it. So each
 * opening has a number, which is part of the name. After the disk has failed, nothing is written in the same opening.
 * After its end, nothing of it is open or can be opened. Thread-safe.
 */
final class Opening {
    /**
     * H2 has fewer transactions than this at once. Each can be counted wrongly once, see {@link #keepCountPositive}.
     */
    private static final int MAX_TRANSACTIONS = 1 << 16;

    /** The openings that have not ended, by the name of their file. */
    private static final Map<String, Opening> BY_NAME = new ConcurrentHashMap<>();

    private final Set<DatabaseFile> files = ConcurrentHashMap.newKeySet();
    private volatile WeakReference<@Nullable Database> database = new WeakReference<>(null);
    private volatile boolean failed;
    private volatile boolean ended;
    private MVStore.@Nullable TxCounter kept;

    private final String file;
    private final int number;
    private final String name;

    private Opening(String file, int number) {
        this.file = file;
        this.number = number;
        this.name = DatabasePath.fileName(file, number);
    }

    /**
     * Starts an opening.
     *
     * @param file the name of the database in its storage
     * @param number no earlier opening of this file has it
     */
    static Opening start(String file, int number) {
        Opening opening = new Opening(file, number);
        BY_NAME.put(opening.name, opening);
        return opening;
    }

    /**
     * Returns the opening of a file that H2 opens.
     *
     * @param name as {@link DatabasePath} has it
     * @throws IOException if it has ended
     */
    static Opening of(String name) throws IOException {
        Opening opening = BY_NAME.get(name);
        if (opening == null) {
            throw retired();
        }
        return opening;
    }

    /** Returns the opening of a database that H2 has opened; null if it has ended. */
    static @Nullable Opening find(Database database) {
        return BY_NAME.get(database.getName() + DatabaseFiles.DATA);
    }

    private static IOException retired() {
        return new IOException("The database was closed because its disk failed");
    }

    int number() {
        return number;
    }

    String file() {
        return file;
    }

    /** Notes the database that H2 has opened. */
    void opened(Database value) {
        if (database.get() != value) {
            database = new WeakReference<>(value);
        }
    }

    /** Whether the disk failed, or H2 has closed the storage for another reason. */
    boolean isBroken() {
        Database open = database.get();
        return failed || (open != null && open.getStore().getMvStore().getPanicException() != null);
    }

    /**
     * Refuses to write after the disk has failed.
     *
     * @throws IOException if it has
     */
    void checkDisk() throws IOException {
        if (failed) {
            throw new IOException("The disk failed before");
        }
    }

    /** Notes that the disk failed. Called while H2 writes or reads, so it waits for nothing. */
    void diskFailed() {
        failed = true;
        Database open = database.get();
        if (open != null) {
            keepCountPositive(open.getStore().getMvStore());
        }
    }

    /**
     * Prevents statements from waiting for ever. H2 counts the statements that use a version of its storage. If a
     * rollback finds the storage closed, H2 subtracts its statement twice. If the count is negative, every further
     * statement waits for a new version, but a closed storage gets none.
     */
    private synchronized void keepCountPositive(MVStore store) {
        MVStore.TxCounter present = store.registerVersionUsage();
        if (present != kept) {
            kept = present;
            for (int i = 1; i < MAX_TRANSACTIONS; i++) {
                store.registerVersionUsage();
            }
        }
    }

    /**
     * Notes a file that is open.
     *
     * @throws IOException if this opening has ended
     */
    void add(DatabaseFile file) throws IOException {
        files.add(file);
        if (ended) {
            files.remove(file);
            throw retired();
        }
    }

    void remove(DatabaseFile file) {
        files.remove(file);
    }

    /** Closes the database as if the process had been killed. */
    void end() {
        failed = true;
        ended = true;
        BY_NAME.remove(name);
        Database open = database.get();
        try {
            if (open != null) {
                open.shutdownImmediately();
            }
        } finally {
            files.forEach(DatabaseFile::closeQuietly);
        }
    }
}
