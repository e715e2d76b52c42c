// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.internal.backup.stream.StoredBytes;
import dev.allotment.spi.backup.BackupStore;
import dev.allotment.spi.backup.StoredFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The files in the store, with the errors that callers see. Thread-safe. */
public final class BackupFiles {
    /** A manifest or a key has less. */
    private static final int LONGEST_TEXT = 1 << 20;

    private final @Nullable BackupStore store;
    private final LongSupplier ticker;

    /** @param store null: there is none */
    BackupFiles(@Nullable BackupStore store, LongSupplier ticker) {
        this.store = store;
        this.ticker = ticker;
    }

    private interface Action<T extends @Nullable Object> {
        T in(BackupStore store) throws IOException;
    }

    void requireStore() {
        use(used -> true);
    }

    private <T extends @Nullable Object> T use(Action<T> action) {
        BackupStore used = store;
        if (used == null) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKUP_NO_STORE,
                    "This installation has no store for backups. Set one: Saas.builder().backupFolder(…) or"
                            + " backupStore(…), or --backup-folder or --backup-s3-bucket of the server.");
        }
        try {
            return action.in(used);
        } catch (SaasException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // A store must not throw the latter, but if it does, the operation has to be undone as for the former.
            throw failed(e);
        }
    }

    static SaasException failed(Exception cause) {
        return SaasException.unavailable(
                ErrorCodes.BACKUP_STORE_FAILED,
                "The store of the backups is unavailable, full or too slow. Check it and its free space, and try"
                        + " again.",
                cause);
    }

    /**
     * The failure of a restore from files that were changed.
     *
     * @param what a sentence without its full stop
     */
    public static SaasException damaged(String what) {
        return SaasException.conflict(
                ErrorCodes.BACKUP_DAMAGED, what + ". Nothing was restored from it. Use another backup.");
    }

    static String folder(UUID tenant) {
        return tenant + "/";
    }

    boolean exist() {
        return store != null;
    }

    /** Writes a small file; false if there is one of this name. */
    boolean write(String name, byte[] bytes) {
        return write(name, new ByteArrayInputStream(bytes));
    }

    /** Writes a file; false if there is one of this name. */
    boolean write(String name, InputStream content) {
        return this.<Boolean>use(used -> {
            try {
                used.write(name, content);
                return true;
            } catch (FileAlreadyExistsException e) {
                return false;
            }
        });
    }

    /** The text of a small file; empty if there is none. */
    Optional<String> text(String name) {
        return this.<Optional<String>>use(used -> {
            try (InputStream in = used.read(name)) {
                byte[] bytes = StoredBytes.incoming(in, ticker).readNBytes(LONGEST_TEXT);
                return Optional.of(new String(bytes, StandardCharsets.UTF_8));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        });
    }

    /** Opens a file with content; the caller closes it. */
    InputStream open(String name) {
        return find(name).orElseThrow(() -> damaged("The content of the backup is missing"));
    }

    /** Opens a file, which the caller closes; empty if there is none. */
    Optional<InputStream> find(String name) {
        return this.<Optional<InputStream>>use(used -> {
            try {
                return Optional.of(used.read(name));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        });
    }

    /** The files whose names start with this text, in the order of their names. */
    List<StoredFile> list(String prefix) {
        return this.<List<StoredFile>>use(used -> {
            List<StoredFile> found = new ArrayList<>(used.list(prefix));
            // What is listed is deleted with its tenant, so a store that confuses prefixes must not be believed.
            if (found.stream().anyMatch(file -> !file.name().startsWith(prefix))) {
                throw new IOException("The store lists files that were not requested");
            }
            found.sort(Comparator.comparing(StoredFile::name));
            return found;
        });
    }

    void delete(String name) {
        this.<Boolean>use(used -> {
            used.delete(name);
            return true;
        });
    }

    void tidy() {
        this.<Boolean>use(used -> {
            used.tidy();
            return true;
        });
    }
}
