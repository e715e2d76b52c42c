// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.backup.Backup;
import dev.allotment.backup.BackupContent;
import dev.allotment.backup.BackupId;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.spi.backend.JsonText;
import dev.allotment.spi.backend.StoredOperation;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the store says about a backup: a JSON object of texts that an operator can read, with a code that only the
 * tenant's key can make.
 *
 * @param content the name of the file with the content
 * @param schedule the text of the schedule by which the backup was made; null: a caller requested it
 */
public record Manifest(
        Backup backup, String content, @Nullable String schedule) {
    /** Raised if older builds cannot read what a newer one writes. */
    private static final int FORMAT = 2;
    /** That of content without files, which older builds can read. */
    private static final int FORMAT_WITHOUT_FILES = 1;

    private static final String FORMAT_KEY = "manifest";
    private static final String CODE = "code";
    private static final String PLAN = "plan";
    private static final String PROGRAM = "program";
    private static final String ADDONS = "addons";
    /** Missing: an administrator. */
    private static final String MADE_BY = "madeBy";

    private static final String SCHEDULE = "schedule";
    /** Missing: the content is that of the database alone. */
    private static final String FILES = "files";
    /** One on each line. Missing: none. */
    private static final String DOUBTS = "doubts";

    byte[] bytes(DataKey key, BackupName name) {
        Map<String, String> parts = parts();
        parts.put(CODE, code(key, name, parts));
        return JsonText.write(parts).getBytes(StandardCharsets.UTF_8);
    }

    /** Its parts without the code, as an operation stores them. */
    public Map<String, String> parts() {
        Map<String, String> parts = new TreeMap<>();
        Long files = backup.files();
        parts.put(FORMAT_KEY, Integer.toString(files == null ? FORMAT_WITHOUT_FILES : FORMAT));
        if (files != null) {
            parts.put(FILES, files.toString());
        }
        parts.put("backup", backup.id().toString());
        parts.put("tenant", backup.tenant().toString());
        parts.put("name", backup.name());
        parts.put("createdAt", backup.createdAt().toString());
        parts.put("contentBytes", Long.toString(backup.contentBytes()));
        parts.put("storedBytes", Long.toString(backup.storedBytes()));
        parts.put("sha256", backup.sha256());
        parts.put("format", backup.format());
        parts.put("schemaVersion", Integer.toString(backup.schemaVersion()));
        parts.put(ADDONS, JsonText.write(backup.addons()));
        parts.put("content", content);
        if (backup.plan() != null) {
            parts.put(PLAN, backup.plan());
        }
        if (backup.programVersion() != null) {
            parts.put(PROGRAM, backup.programVersion());
        }
        if (madeBy() != MadeBy.ADMINISTRATOR) {
            parts.put(MADE_BY, backup.madeBy());
        }
        if (!backup.content().doubts().isEmpty()) {
            parts.put(DOUBTS, String.join("\n", backup.content().doubts()));
        }
        if (schedule != null) {
            parts.put(SCHEDULE, schedule);
        }
        return parts;
    }

    private static String code(DataKey key, BackupName name, Map<String, String> parts) {
        byte[] text = JsonText.write(parts).getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(key.derived("manifest of " + name.purpose(), text));
    }

    /**
     * Reads a manifest.
     *
     * @throws SaasException {@code backup.damaged}, {@code backup.newer}
     */
    static Manifest read(String text, DataKey key, BackupName name) {
        try {
            Map<String, String> parts = new TreeMap<>(JsonText.readMap(text));
            if (Integer.parseInt(part(parts, FORMAT_KEY)) > FORMAT) {
                throw newer(name);
            }
            String code = String.valueOf(parts.remove(CODE));
            Manifest manifest = of(parts);
            if (Secrets.sameText(code, code(key, name, parts)) && name.isContent(manifest.content)) {
                return manifest;
            }
        } catch (SaasException e) {
            if (e.code().equals(ErrorCodes.BACKUP_NEWER)) {
                throw e;
            }
            throw damaged(name);
        } catch (RuntimeException e) {
            throw damaged(name);
        }
        throw damaged(name);
    }

    /** Reads parts that were not changed since {@link #parts} wrote them. */
    public static Manifest of(Map<String, String> parts) {
        return new Manifest(
                new Backup(
                        new BackupId(UUID.fromString(part(parts, "backup"))),
                        UUID.fromString(part(parts, "tenant")),
                        part(parts, "name"),
                        parts.get(PLAN),
                        Instant.parse(part(parts, "createdAt")),
                        new BackupContent(
                                Long.parseLong(part(parts, "contentBytes")),
                                Long.parseLong(part(parts, "storedBytes")),
                                part(parts, "sha256"),
                                parts.containsKey(FILES) ? Long.valueOf(part(parts, FILES)) : null,
                                parts.containsKey(DOUBTS)
                                        ? part(parts, DOUBTS).lines().toList()
                                        : List.of()),
                        part(parts, "format"),
                        Integer.parseInt(part(parts, "schemaVersion")),
                        parts.get(PROGRAM),
                        JsonText.readMap(part(parts, ADDONS)),
                        parts.getOrDefault(MADE_BY, MadeBy.ADMINISTRATOR.stored())),
                part(parts, "content"),
                parts.get(SCHEDULE));
    }

    /** What is known of a copy of this backup, which an operation makes for another tenant. */
    public Backup of(UUID tenant, StoredOperation operation) {
        return new Backup(
                new BackupId(operation.uuid()),
                tenant,
                backup.name(),
                backup.plan(),
                operation.createdAt(),
                new BackupContent(0, 0, "", backup.files(), backup.content().doubts()),
                backup.format(),
                backup.schemaVersion(),
                backup.programVersion(),
                backup.addons(),
                MadeBy.ADMINISTRATOR.stored());
    }

    public MadeBy madeBy() {
        return Arrays.stream(MadeBy.values())
                .filter(each -> each.stored().equals(backup.madeBy()))
                .findFirst()
                .orElse(MadeBy.UNKNOWN);
    }

    /** Whether a text that need not be authentic says that the schedule made the backup, or does not say who did. */
    static boolean maybeScheduled(String text) {
        try {
            String madeBy = JsonText.readMap(text).getOrDefault(MADE_BY, MadeBy.ADMINISTRATOR.stored());
            return madeBy.equals(MadeBy.SCHEDULE.stored());
        } catch (RuntimeException e) {
            return true;
        }
    }

    private static String part(Map<String, String> parts, String key) {
        String value = parts.get(key);
        if (value == null) {
            throw new IllegalArgumentException("There is no " + key);
        }
        return value;
    }

    private static SaasException damaged(BackupName name) {
        return BackupFiles.damaged("The manifest of backup " + name.backup() + " was changed since it was written");
    }

    static SaasException newer(BackupName name) {
        return SaasException.conflict(
                ErrorCodes.BACKUP_NEWER,
                "Backup " + name.backup() + " was made by a newer version of the program. Restore it with that"
                        + " version, or a newer one.");
    }
}
