// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The files of one database. Beside its data there can be a snapshot: then somebody changes what H2 has no transactions for, and
 * if there is nobody, was killed while doing so.
 *
 * @param stem what the names of its files begin with
 */
record DatabaseFiles(H2Storage storage, String folder, String stem) {
    /** Appended by H2. */
    static final String DATA = ".mv.db";

    private static final String SNAPSHOT = ".before";
    private static final String HALF_A_SNAPSHOT = ".before.new";
    private static final String OPEN = ".open";
    private static final String LOGIN = ".login";

    /** How H2 names it. */
    String databaseName() {
        return storage.databaseName(file(""));
    }

    boolean exist() {
        return storage.exists(data());
    }

    String data() {
        return file(DATA);
    }

    long size() {
        return storage.size(data());
    }

    /** Keeps in mind whether its application may connect. */
    void setOpen(boolean open) {
        if (open) {
            storage.createFile(file(OPEN));
        } else {
            storage.delete(file(OPEN));
        }
    }

    boolean isOpen() {
        return storage.exists(file(OPEN));
    }

    /** Keeps in mind what the password of its application is verified with. */
    void setVerifier(byte[] verifier) {
        storage.write(file(LOGIN), verifier);
    }

    /** Empty where no password was set: a copy has none. */
    byte[] verifier() {
        return storage.exists(file(LOGIN)) ? storage.read(file(LOGIN)) : new byte[0];
    }

    /** Puts back what a process has left that was killed within {@link #changing}. Nobody may have a connection. */
    void recover() {
        if (storage.exists(file(SNAPSHOT))) {
            storage.replace(data(), file(SNAPSHOT));
        }
        if (storage.exists(file(HALF_A_SNAPSHOT))) {
            storage.delete(file(HALF_A_SNAPSHOT));
        }
    }

    /**
     * Runs a change that is made as a whole or not at all. Nobody may have a connection when it begins, and nobody but the
     * change may get one.
     *
     * @param change has to see to it that what it has done is on the disk when it returns
     * @param disconnect closes all connections; called before the database is put back
     */
    <T extends @Nullable Object> T changing(Supplier<T> change, Runnable disconnect) {
        storage.copy(data(), file(HALF_A_SNAPSHOT));
        storage.replace(file(SNAPSHOT), file(HALF_A_SNAPSHOT));
        boolean done = false;
        try {
            T result = change.get();
            // From here on, the change is made.
            storage.delete(file(SNAPSHOT));
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
