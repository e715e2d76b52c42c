// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of the files of one backup. They start with its time, so that their order is that of the backups. It has
 * one manifest, which makes it a backup, and one file of content for each run of the operation that makes it.
 */
public record BackupName(UUID tenant, String time, UUID backup) {
    static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final String MANIFEST = ".json";
    private static final String CONTENT = ".content";
    static final String ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    private static final Pattern FILE =
            Pattern.compile("(" + ID + ")/(\\d{8}T\\d{12}Z)-(" + ID + ")(?:\\.json|\\.\\d+\\.content)");

    public static BackupName of(UUID tenant, Instant time, UUID backup) {
        return new BackupName(tenant, TIME.format(time), backup);
    }

    /** The backup that a file belongs to; empty if it belongs to none. */
    public static Optional<BackupName> ofFile(String file) {
        Matcher parts = FILE.matcher(file);
        return parts.matches()
                ? Optional.of(new BackupName(
                        UUID.fromString(parts.group(1)), parts.group(2), UUID.fromString(parts.group(3))))
                : Optional.empty();
    }

    public Instant createdAt() {
        return TIME.parse(time, Instant::from);
    }

    public boolean isOlderThan(Instant other) {
        return time.compareTo(TIME.format(other)) < 0;
    }

    public boolean isLaterThan(BackupName other) {
        return time.compareTo(other.time) > 0;
    }

    public static boolean isManifest(String file) {
        return file.endsWith(MANIFEST);
    }

    /** What the names of all its files start with. */
    String prefix() {
        return BackupFiles.folder(tenant) + time + "-" + backup + ".";
    }

    public String manifest() {
        return BackupFiles.folder(tenant) + time + "-" + backup + MANIFEST;
    }

    /**
     * The name of the content that a run writes.
     *
     * @param run a number that no other run of the operation has
     */
    public String content(long run) {
        return prefix() + run + CONTENT;
    }

    /** Whether a name is that of content of this backup. */
    boolean isContent(String file) {
        return file.startsWith(prefix()) && file.endsWith(CONTENT);
    }

    /** What the keys of its content and its manifest are bound to. */
    String purpose() {
        return "backup " + backup + " of tenant " + tenant + " at " + time;
    }
}
