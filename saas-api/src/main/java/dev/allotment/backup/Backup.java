// SPDX-License-Identifier: Apache-2.0
package dev.allotment.backup;

import dev.allotment.Internal;
import dev.allotment.fleet.Server;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A complete backup of one tenant, as its manifest in the store describes it. It was read back and compared when it was
 * made.
 *
 * <p>Immutable.
 *
 * @param id its identity
 * @param tenant the UUID of the tenant
 * @param name the name that the tenant had
 * @param plan the name of the plan that the tenant was on; null: none
 * @param createdAt when the backup was requested. The database is in the state of a moment after that, unless it was
 *     read from a {@linkplain Server#source source}
 * @param content what was read and stored
 * @param format the kind of databases that it can be restored to, such as {@code postgres}
 * @param schemaVersion the version of the base schema that the database had
 * @param programVersion the version of the program that made it; null: not known
 * @param addons the versions of the installed add-ons by their names; empty for one that was read from a source
 * @param madeBy who made it: {@code administrator}, also for the embedder, {@code owner}, {@code schedule}, {@code
 *     campaign}, {@code safety} before a change or a restore in place, or {@code source} for one that an administrator
 *     read from a source. Newer versions of the program may make backups for other reasons
 */
public record Backup(
        BackupId id,
        UUID tenant,
        String name,
        @Nullable String plan,
        Instant createdAt,
        BackupContent content,
        String format,
        int schemaVersion,
        @Nullable String programVersion,
        Map<String, String> addons,
        String madeBy) {
    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public Backup {
        addons = Map.copyOf(addons);
    }

    /** Returns how many bytes were read, see {@link BackupContent#bytes}. */
    public long contentBytes() {
        return content.bytes();
    }

    /** Returns how many bytes are in the store, see {@link BackupContent#storedBytes}. */
    public long storedBytes() {
        return content.storedBytes();
    }

    /** Returns the SHA-256 of what is stored, see {@link BackupContent#sha256}. */
    public String sha256() {
        return content.sha256();
    }

    /** Returns how many files of the application it contains, see {@link BackupContent#files}. */
    public @Nullable Long files() {
        return content.files();
    }
}
