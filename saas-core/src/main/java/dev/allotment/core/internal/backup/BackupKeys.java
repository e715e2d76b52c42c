// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.SecretCipher;
import dev.allotment.spi.backend.JsonText;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;

/**
 * The key of each tenant's backups. It is stored with the backups, encrypted with the secret key of the installation,
 * so that a lost catalog loses no backup, and that another secret key needs no other backups. Thread-safe.
 */
final class BackupKeys {
    private static final String KEY = "key";

    private final BackupFiles files;
    private final SecretCipher cipher;
    private final SecureRandom random;

    BackupKeys(BackupFiles files, SecretCipher cipher, SecureRandom random) {
        this.files = files;
        this.cipher = cipher;
        this.random = random;
    }

    static String file(UUID tenant) {
        return BackupFiles.folder(tenant) + "key.json";
    }

    /** The key of a tenant, which is made if there is none. */
    DataKey make(UUID tenant) {
        requireSecret();
        return files.text(file(tenant)).map(text -> read(tenant, text)).orElseGet(() -> {
            byte[] bytes = new byte[DataKey.BYTES];
            random.nextBytes(bytes);
            String sealed = cipher.encrypt(purpose(tenant), Base64.getEncoder().encodeToString(bytes));
            String text = JsonText.write(Map.of("format", "1", "tenant", tenant.toString(), KEY, sealed));
            if (files.write(file(tenant), text.getBytes(StandardCharsets.UTF_8))) {
                return new DataKey(bytes);
            }
            // Another node was first.
            return get(tenant);
        });
    }

    /**
     * The key of a tenant that has backups.
     *
     * @throws SaasException {@code backup.damaged}, {@code backup.key-missing}, {@code backup.key-wrong}
     */
    DataKey get(UUID tenant) {
        requireSecret();
        return files.text(file(tenant))
                .map(text -> read(tenant, text))
                .orElseThrow(() -> BackupFiles.damaged("The key of the backups of tenant " + tenant + " is missing"));
    }

    private DataKey read(UUID tenant, String text) {
        Map<String, String> parts;
        try {
            parts = JsonText.readMap(text);
        } catch (RuntimeException e) {
            throw BackupFiles.damaged("The key of the backups of tenant " + tenant + " cannot be read");
        }
        return cipher.decrypt(purpose(tenant), parts.getOrDefault(KEY, ""))
                .map(key -> new DataKey(Base64.getDecoder().decode(key)))
                .orElseThrow(() -> SaasException.conflict(
                        ErrorCodes.BACKUP_KEY_WRONG,
                        "The backups of tenant " + tenant + " were encrypted with another secret key, or their key was"
                                + " changed. Start this process with that key."));
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
