// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of the files of one export in the store. They have the time at which it expires, so that it is deleted then
 * even if no record knows it. The files of each run of its operation are others.
 */
public record ExportName(UUID tenant, String expiry, UUID export, long run) {
    private static final Pattern FILE = Pattern.compile(
            "(" + BackupName.ID + ")/export-(\\d{8}T\\d{12}Z)-(" + BackupName.ID + ")\\.(\\d{1,18})\\.\\d{8}\\.piece");

    static ExportName of(StoredExport export) {
        return new ExportName(export.tenant(), BackupName.TIME.format(export.expiresAt()), export.id(), export.run());
    }

    /** The export that a file belongs to; empty if it belongs to none. */
    public static Optional<ExportName> ofFile(String file) {
        Matcher parts = FILE.matcher(file);
        return parts.matches()
                ? Optional.of(new ExportName(
                        UUID.fromString(parts.group(1)),
                        parts.group(2),
                        UUID.fromString(parts.group(3)),
                        Long.parseLong(parts.group(4))))
                : Optional.empty();
    }

    /** What the names of all exports of a tenant start with. */
    static String all(UUID tenant) {
        return BackupFiles.folder(tenant) + "export-";
    }

    public boolean isExpired(Instant now) {
        return expiry.compareTo(BackupName.TIME.format(now)) <= 0;
    }

    /** What the names of the files of all runs start with. */
    String allRuns() {
        return all(tenant) + expiry + "-" + export + ".";
    }

    /** What the names of its files start with. */
    String prefix() {
        return allRuns() + run + ".";
    }

    String piece(int number) {
        return prefix() + String.format(Locale.ROOT, "%08d", number) + ".piece";
    }
}
