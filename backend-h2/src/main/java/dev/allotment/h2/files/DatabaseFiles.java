// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2.files;

import dev.allotment.spi.backend.FencingToken;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The files of one database. A snapshot next to its data file means that a change is in progress for which H2 has no
 * transactions. If no process is making a change, the one that made it was killed.
 *
 * @param stem the start of the names of its files
 */
public record DatabaseFiles(H2Storage storage, String folder, String stem) {
    /** The suffix of the data file, which H2 appends. */
    public static final String DATA = ".mv.db";

    private static final String SNAPSHOT = ".before";
    private static final String UNFINISHED_SNAPSHOT = ".before.new";
    private static final String OPEN = ".open";
    private static final String LOGIN = ".login";
    private static final String TOKEN = ".token";

    /** The name that H2 uses for this database. */
    public String databaseName() {
        return storage.databaseName(file(""));
    }

    /** Whether the data file exists. */
    public boolean exist() {
        return storage.exists(data());
    }

    /** The name of the data file. */
    public String data() {
        return file(DATA);
    }

    /** The name of the file with the data as {@link #recover} would leave it. */
    public String recoveredData() {
        return storage.exists(file(SNAPSHOT)) ? file(SNAPSHOT) : data();
    }

    /** The size of the data file in bytes. */
    public long size() {
        return storage.size(data());
    }

    /** Stores whether the application may connect. */
    public void setOpen(boolean open) {
        if (open) {
            storage.createFile(file(OPEN));
        } else {
            storage.delete(file(OPEN));
        }
    }

    /** Whether the application may connect. */
    public boolean isOpen() {
        return storage.exists(file(OPEN));
    }

    /** Stores the verifier of the application's password. */
    public void setVerifier(byte[] verifier) {
        storage.write(file(LOGIN), verifier);
    }

    /** The verifier of the application's password; empty if none was set, as in a copy. */
    public byte[] verifier() {
        return storage.exists(file(LOGIN)) ? storage.read(file(LOGIN)) : new byte[0];
    }

    /** Stores the fencing token of a change, before the change is made. */
    public void setToken(FencingToken token) {
        storage.write(file(TOKEN), token.encoded().getBytes(StandardCharsets.US_ASCII));
    }

    /** The fencing token of the last change; null if none is stored. */
    public @Nullable FencingToken token() {
        return storage.exists(file(TOKEN))
                ? FencingToken.parse(new String(storage.read(file(TOKEN)), StandardCharsets.US_ASCII))
                : null;
    }

    /**
     * Gives the files the id of another database, which is closed and has no password then. May be repeated. Requires
     * that there are no connections, and no unfinished {@link #change}.
     */
    void rename(String id) {
        DatabaseFiles renamed = new DatabaseFiles(storage, folder, id);
        storage.delete(file(OPEN));
        storage.delete(file(LOGIN));
        if (storage.exists(file(TOKEN))) {
            storage.replace(renamed.file(TOKEN), file(TOKEN));
        }
        if (exist()) {
            storage.replace(renamed.data(), data());
        }
    }

    /** Rolls back a {@link #change} that a killed process left unfinished. Requires that there are no connections. */
    public void recover() {
        if (storage.exists(file(SNAPSHOT))) {
            storage.replace(data(), file(SNAPSHOT));
        }
        if (storage.exists(file(UNFINISHED_SNAPSHOT))) {
            storage.delete(file(UNFINISHED_SNAPSHOT));
        }
    }

    /**
     * Runs a change completely or not at all. Requires that there are no connections when it starts, and that only
     * the change opens one.
     *
     * @param change must have forced its effects to the disk when it returns
     * @param disconnect closes all connections; called before the database is rolled back
     */
    public <T extends @Nullable Object> T change(Supplier<T> change, Runnable disconnect) {
        storage.copy(data(), file(UNFINISHED_SNAPSHOT));
        storage.replace(file(SNAPSHOT), file(UNFINISHED_SNAPSHOT));
        boolean done = false;
        try {
            T result = change.get();
            storage.delete(file(SNAPSHOT)); // commits the change
            done = true;
            return result;
        } finally {
            if (!done) {
                disconnect.run();
                recover();
            }
        }
    }

    private String file(String suffix) {
        return folder + '/' + stem + suffix;
    }
}
