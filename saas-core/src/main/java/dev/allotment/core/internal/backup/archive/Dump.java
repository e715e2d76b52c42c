// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A dump that {@link DumpArchive#read} has checked. */
public final class Dump implements ImportedStream {
    private final byte[] archive;
    private final UUID tenant;
    private final String format;
    private final int schemaVersion;
    private final @Nullable Long files;
    private final boolean own;

    Dump(byte[] archive, UUID tenant, String format, int schemaVersion, @Nullable Long files, boolean own) {
        this.archive = archive;
        this.tenant = tenant;
        this.format = format;
        this.schemaVersion = schemaVersion;
        this.files = files;
        this.own = own;
    }

    byte[] archive() {
        return archive;
    }

    /** The UUID of the tenant that it was made of, as the dump says. */
    public UUID tenant() {
        return tenant;
    }

    /** The kind of databases that it is for. */
    public String format() {
        return format;
    }

    int schemaVersion() {
        return schemaVersion;
    }

    /** How many files of the application it has; null: it was made without them. */
    @Nullable
    Long files() {
        return files;
    }

    /** Whether this control plane has made it, and it is unchanged. */
    boolean isOwn() {
        return own;
    }
}
