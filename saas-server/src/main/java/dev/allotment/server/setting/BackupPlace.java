// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.setting;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.s3.S3BackupStore;
import dev.allotment.spi.Settings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where the server stores backups of tenants: in a folder, in a bucket, or nowhere. */
public final class BackupPlace implements AutoCloseable {
    /** The settings that mean nothing without a bucket. */
    private static final List<SettingOption> OF_THE_BUCKET = List.of(
            SettingOption.BACKUP_S3_PREFIX,
            SettingOption.BACKUP_S3_REGION,
            SettingOption.BACKUP_S3_ENDPOINT,
            SettingOption.BACKUP_S3_PATH_STYLE,
            SettingOption.BACKUP_S3_ACCESS_KEY);

    private final @Nullable Path folder;
    private final S3BackupStore.@Nullable Builder bucket;
    private final int kept;
    private final Duration drillsWithin;
    private final boolean beforeChanges;
    private @Nullable S3BackupStore store;

    private BackupPlace(
            @Nullable Path folder,
            S3BackupStore.@Nullable Builder bucket,
            int kept,
            Duration drillsWithin,
            boolean beforeChanges) {
        this.folder = folder;
        this.bucket = bucket;
        this.kept = kept;
        this.drillsWithin = drillsWithin;
        this.beforeChanges = beforeChanges;
    }

    /**
     * Reads the settings. Problems are collected in them.
     *
     * @param kept how many backups of each tenant are kept
     * @param drillsWithin within which time a backup of each tenant is restored as a drill; zero: there are no drills
     */
    public static BackupPlace read(Settings settings, int kept, Duration drillsWithin) {
        Path folder = folder(settings);
        S3BackupStore.Builder bucket = bucket(settings);
        if (folder != null && bucket != null) {
            settings.problem(
                    SettingOption.BACKUP_S3_BUCKET.key(),
                    "a bucket and a folder",
                    "only one of backup-s3-bucket and backup-folder",
                    null);
        }
        boolean beforeChanges = settings.flag(SettingOption.BACKUP_BEFORE_CHANGES.key(), false);
        if (beforeChanges && folder == null && bucket == null) {
            settings.problem(
                    SettingOption.BACKUP_BEFORE_CHANGES.key(),
                    "true",
                    "false without backup-folder or backup-s3-bucket",
                    null);
        }
        return new BackupPlace(folder, bucket, kept, drillsWithin, beforeChanges);
    }

    private static @Nullable Path folder(Settings settings) {
        String text = settings.optional(SettingOption.BACKUP_FOLDER.key());
        if (text == null) {
            return null;
        }
        Path folder = Path.of(text).toAbsolutePath();
        if (!Files.isDirectory(folder)) {
            // A file system that was not mounted must not be taken for an empty store.
            settings.problem(SettingOption.BACKUP_FOLDER.key(), text, "an existing folder", null);
        }
        return folder;
    }

    private static S3BackupStore.@Nullable Builder bucket(Settings settings) {
        String name = settings.optional(SettingOption.BACKUP_S3_BUCKET.key());
        String accessKey = settings.optional(SettingOption.BACKUP_S3_ACCESS_KEY.key());
        String secretKey = settings.secret(SettingOption.BACKUP_S3_SECRET_KEY.key());
        if (name == null) {
            for (SettingOption each : OF_THE_BUCKET) {
                String text = settings.optional(each.key());
                if (text != null) {
                    settings.problem(each.key(), withoutUser(text), "none without backup-s3-bucket", null);
                }
            }
            if (secretKey != null) {
                settings.problem(
                        SettingOption.BACKUP_S3_SECRET_KEY.key(),
                        "a secret key",
                        "none without backup-s3-bucket",
                        null);
            }
            return null;
        }
        S3BackupStore.Builder bucket = named(settings, name);
        set(settings, SettingOption.BACKUP_S3_PREFIX, "names with / between them, such as production", bucket::prefix);
        set(settings, SettingOption.BACKUP_S3_REGION, "a region such as eu-central-1", bucket::region);
        set(
                settings,
                SettingOption.BACKUP_S3_ENDPOINT,
                "http:// or https:// and a host, with at most a port and a path",
                text -> bucket.endpoint(URI.create(text)));
        if (settings.optional(SettingOption.BACKUP_S3_PATH_STYLE.key()) != null) {
            bucket.pathStyle(settings.flag(SettingOption.BACKUP_S3_PATH_STYLE.key(), true));
        }
        if (isGiven(accessKey) != isGiven(secretKey)) {
            settings.problem(
                    SettingOption.BACKUP_S3_ACCESS_KEY.key(),
                    isGiven(accessKey) ? "only the access key" : "only the secret key",
                    "both or none of backup-s3-access-key and backup-s3-secret-key",
                    null);
        } else if (accessKey != null && secretKey != null && isGiven(accessKey)) {
            bucket.credentials(accessKey.strip(), secretKey.strip());
        }
        return bucket;
    }

    /** If the name is wrong, returns a bucket that is never opened, so that the other settings are checked, too. */
    private static S3BackupStore.Builder named(Settings settings, String name) {
        try {
            return S3BackupStore.builder(name.strip());
        } catch (IllegalArgumentException e) {
            settings.problem(SettingOption.BACKUP_S3_BUCKET.key(), name, "the name of a bucket", null);
            return S3BackupStore.builder("unknown");
        }
    }

    private static boolean isGiven(@Nullable String text) {
        return text != null && !text.isBlank();
    }

    private static void set(Settings settings, SettingOption option, String expected, Consumer<String> setter) {
        String text = settings.optional(option.key());
        if (text == null) {
            return;
        }
        try {
            setter.accept(text.strip());
        } catch (IllegalArgumentException e) {
            settings.problem(option.key(), withoutUser(text), expected, null);
        }
    }

    /** An address without the user in it, who may have a password. */
    private static String withoutUser(String text) {
        int at = text.lastIndexOf('@');
        return at < 0 ? text : "…" + text.substring(at);
    }

    /** Whether there are backups. */
    public boolean exist() {
        return folder != null || bucket != null;
    }

    /**
     * Makes a control plane store its backups here.
     *
     * @throws SaasException {@code setting.invalid} if the region of the bucket is not known
     */
    public void applyTo(SaasBuilder builder) {
        if (folder != null) {
            builder.backupFolder(folder);
            applyRules(builder);
        } else if (bucket != null) {
            S3BackupStore opened = open(bucket);
            store = opened;
            builder.backupStore(opened);
            applyRules(builder);
        }
    }

    private void applyRules(SaasBuilder builder) {
        builder.keptBackups(kept).backupDrills(drillsWithin).backupBeforeChanges(beforeChanges);
    }

    private static S3BackupStore open(S3BackupStore.Builder bucket) {
        try {
            return bucket.build();
        } catch (IllegalStateException e) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID,
                    "The region of the bucket is not known. Set --backup-s3-region, or --backup-s3-endpoint if the"
                            + " bucket is not in AWS.");
        }
    }

    @Override
    public void close() {
        if (store != null) {
            store.close();
        }
    }
}
