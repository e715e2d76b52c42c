// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.SecretCipher;
import dev.allotment.spi.backend.JsonText;
import dev.allotment.spi.backup.StoredFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The key of each tenant's backups. It is stored with the backups, encrypted with the secret key of the installation,
 * so that a lost catalog loses no backup, and that another secret key needs no other backups. Thread-safe.
 *
 * <p>A tenant has one key for life. Its files are {@code key.json} and, encrypted again, {@code key-2.json} and so on.
 * If there are several, the last one that can be read counts.
 */
public final class BackupKeys {
    private static final String KEY = "key";
    private static final String FIRST = KEY + ".json";
    private static final Pattern FILE = Pattern.compile(KEY + "(?:-([2-9]|[1-9]\\d{1,8}))?\\.json");
    /** How often another node may encrypt a key again while this one looks for it. */
    private static final int ATTEMPTS = 10;

    private final BackupFiles files;
    private final SecretCipher cipher;
    private final SecureRandom random;

    BackupKeys(BackupFiles files, SecretCipher cipher, SecureRandom random) {
        this.files = files;
        this.cipher = cipher;
        this.random = random;
    }

    private record KeyFile(UUID tenant, int number) {
        static Optional<KeyFile> of(UUID tenant, String name) {
            Matcher parts = FILE.matcher(
                    name.substring(Math.min(BackupFiles.folder(tenant).length(), name.length())));
            if (!parts.matches()) {
                return Optional.empty();
            }
            String number = parts.group(1);
            return Optional.of(new KeyFile(tenant, number == null ? 1 : Integer.parseInt(number)));
        }

        String name() {
            return BackupFiles.folder(tenant) + (number == 1 ? FIRST : KEY + "-" + number + ".json");
        }

        KeyFile next() {
            return new KeyFile(tenant, number + 1);
        }
    }

    /** Whether a file in the folder of a tenant has its key. */
    static boolean isKey(UUID tenant, String file) {
        return KeyFile.of(tenant, file).isPresent();
    }

    /** The files with the key of a tenant, the last one first. */
    private List<KeyFile> stored(UUID tenant) {
        return files.list(BackupFiles.folder(tenant) + KEY).stream()
                .flatMap(file -> KeyFile.of(tenant, file.name()).stream())
                .sorted(Comparator.comparing(KeyFile::number).reversed())
                .toList();
    }

    /**
     * The key of a tenant, which is made if the tenant has neither a key nor a backup. A new key for a tenant with
     * backups would hide that they cannot be decrypted any more.
     *
     * @throws SaasException {@code backup.damaged}, {@code backup.key-missing}, {@code backup.key-wrong}
     */
    DataKey make(UUID tenant) {
        requireSecret();
        Optional<byte[]> known = find(tenant);
        if (known.isPresent()) {
            return new DataKey(known.get());
        }
        if (!hasBackups(tenant)) {
            byte[] bytes = new byte[DataKey.BYTES];
            random.nextBytes(bytes);
            KeyFile first = new KeyFile(tenant, 1);
            if (files.write(first.name(), text(tenant, bytes)) && stored(tenant).size() > 1) {
                // Another node was first, and its key has been encrypted again. This file was used for nothing.
                files.delete(first.name());
            }
        }
        return get(tenant);
    }

    private boolean hasBackups(UUID tenant) {
        return files.list(BackupFiles.folder(tenant)).stream()
                .map(StoredFile::name)
                .anyMatch(file ->
                        BackupName.isManifest(file) && BackupName.ofFile(file).isPresent());
    }

    private byte[] text(UUID tenant, byte[] key) {
        String sealed = cipher.encrypt(purpose(tenant), Base64.getEncoder().encodeToString(key));
        return JsonText.write(Map.of("format", "1", "tenant", tenant.toString(), KEY, sealed))
                .getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The key of a tenant that has backups.
     *
     * @throws SaasException {@code backup.damaged}, {@code backup.key-missing}, {@code backup.key-wrong}
     */
    DataKey get(UUID tenant) {
        requireSecret();
        return new DataKey(find(tenant).orElseThrow(() -> missing(tenant)));
    }

    private static SaasException missing(UUID tenant) {
        return SaasException.conflict(
                ErrorCodes.BACKUP_DAMAGED,
                "The key of the backups of tenant " + tenant + " is missing, so none is made, restored or listed. Put a"
                        + " copy of its file back into the store. If there is none, delete the tenant's folder there.");
    }

    /** The last key that can be read; empty if there is no file. Fails like its last file if none can be read. */
    private Optional<byte[]> find(UUID tenant) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<KeyFile> stored = stored(tenant);
            if (stored.isEmpty()) {
                return Optional.empty();
            }
            SaasException failure = null;
            for (KeyFile file : stored) {
                try {
                    Optional<byte[]> key = read(file);
                    if (key.isPresent()) {
                        return key;
                    }
                } catch (SaasException e) {
                    if (e.code().equals(ErrorCodes.BACKUP_STORE_FAILED)) {
                        throw e;
                    }
                    failure = failure == null ? e : failure;
                }
            }
            if (failure != null) {
                throw failure;
            }
            // All of them were deleted meanwhile, so there is a later one, or the tenant is being deleted.
        }
        throw BackupFiles.failed(new IOException("The files of a key that are listed cannot be read"));
    }

    /** The key in a file; empty if there is no such file. */
    private Optional<byte[]> read(KeyFile file) {
        return files.text(file.name()).map(text -> {
            UUID tenant = file.tenant();
            return cipher.decrypt(purpose(tenant), sealed(tenant, text))
                    .map(key -> Base64.getDecoder().decode(key))
                    .orElseThrow(() -> SaasException.conflict(
                            ErrorCodes.BACKUP_KEY_WRONG,
                            "The backups of tenant " + tenant + " were encrypted with another secret key, or their key"
                                    + " was changed. Start this process with that key."));
        });
    }

    private static String sealed(UUID tenant, String text) {
        try {
            return JsonText.readMap(text).getOrDefault(KEY, "");
        } catch (RuntimeException e) {
            throw BackupFiles.damaged("The key of the backups of tenant " + tenant + " cannot be read");
        }
    }

    private boolean isCurrent(KeyFile file) {
        return files.text(file.name())
                .filter(text -> cipher.isCurrent(purpose(file.tenant()), sealed(file.tenant(), text)))
                .isPresent();
    }

    /** See {@link SecretCipher#hasOlderKeys}. */
    public boolean hasOlderSecrets() {
        return cipher.hasOlderKeys();
    }

    /** See {@link SecretCipher#version}. */
    public int secrets() {
        return cipher.version();
    }

    /** Whether all files of a key are encrypted with the first secret key, or there are none. */
    public boolean isCurrent(UUID tenant) {
        requireSecret();
        List<KeyFile> stored = stored(tenant);
        return stored.isEmpty() || (stored.size() == 1 && isCurrent(stored.get(0)));
    }

    /** Writes another file with the same key, encrypted with the first secret key, unless the last file is. */
    public void encryptAgain(UUID tenant) {
        requireSecret();
        List<KeyFile> stored = stored(tenant);
        if (stored.isEmpty() || isCurrent(stored.get(0))) {
            return;
        }
        byte[] key = find(tenant).orElseThrow(() -> missing(tenant));
        String next = stored.get(0).next().name();
        byte[] text = text(tenant, key);
        // If there is this file already, another run has written it. It is checked before the older ones are deleted.
        if (files.write(next, text)
                && !files.text(next).equals(Optional.of(new String(text, StandardCharsets.UTF_8)))) {
            files.delete(next);
            throw BackupFiles.failed(new IOException("The store does not have what was written"));
        }
    }

    /**
     * Deletes the files before the last one, which has the same key, encrypted with the first secret key.
     *
     * @throws SaasException {@code backup.damaged}, {@code backup.key-wrong} if a file has another key, or cannot be
     *     read; it stays
     */
    public void deleteOlder(UUID tenant) {
        List<KeyFile> stored = stored(tenant);
        if (stored.size() < 2) {
            return;
        }
        KeyFile last = stored.get(0);
        if (!isCurrent(last)) {
            return;
        }
        byte[] key = read(last).orElseThrow(() -> missing(tenant));
        for (KeyFile older : stored.subList(1, stored.size())) {
            if (read(older).filter(each -> !Arrays.equals(each, key)).isPresent()) {
                throw SaasException.conflict(
                        ErrorCodes.BACKUP_DAMAGED,
                        "The store has two different keys of the backups of tenant " + tenant + ". The one that was"
                                + " encrypted last counts. Delete the other one if all backups can be listed.");
            }
            files.delete(older.name());
        }
    }

    /** Deletes the key of a tenant for good. */
    void delete(UUID tenant) {
        stored(tenant).forEach(file -> files.delete(file.name()));
    }

    private static String purpose(UUID tenant) {
        return "key of the backups of tenant " + tenant;
    }

    void requireSecret() {
        if (!cipher.hasKey()) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKUP_KEY_MISSING,
                    "Backups are encrypted, and this process has no secret key. Give every node the same one, of "
                            + SecretCipher.SHORTEST_KEY + " characters at least: Saas.builder().secretKey(…), or"
                            + " --secret-key or SAAS_SECRET_KEY of the server.");
        }
    }
}
