// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import dev.allotment.backup.Backup;
import dev.allotment.backup.BackupContent;
import dev.allotment.backup.BackupId;
import dev.allotment.core.internal.base.SecretCipher;
import dev.allotment.spi.backup.StoredFile;
import dev.allotment.testing.MemoryBackupStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.Deflater;
import java.util.zip.DeflaterInputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/** A backup that a party changes that knows the secret key, so that all codes are right. */
public final class ForgedBackup {
    private final SecureRandom random = new SecureRandom();
    private final MemoryBackupStore store;
    private final BackupName name;
    private final DataKey key;
    private final Manifest manifest;

    public ForgedBackup(MemoryBackupStore store, UUID tenant, BackupId backup, String secret) {
        this.store = store;
        BackupFiles files = new BackupFiles(store, () -> 0);
        name = files.list(BackupFiles.folder(tenant)).stream()
                .map(StoredFile::name)
                .map(BackupName::ofFile)
                .flatMap(Optional::stream)
                .filter(each -> each.backup().equals(backup.value()))
                .findFirst()
                .orElseThrow();
        key = new BackupKeys(files, new SecretCipher(() -> List.of(secret), 1, random), random).get(tenant);
        manifest = Manifest.read(files.text(name.manifest()).orElseThrow(), key, name);
    }

    /** The content, decrypted and decompressed. */
    public byte[] content() throws IOException {
        InputStream stored = new ByteArrayInputStream(store.get(manifest.content()));
        return new InflaterInputStream(new ContentCipher(key, name.purpose()).decrypted(stored)).readAllBytes();
    }

    /**
     * Replaces the content and the manifest.
     *
     * @param contentBytes what the manifest says about the length of the content
     * @param files what it says about the number of files of the application; null: there are none
     */
    public void replace(InputStream content, long contentBytes, @Nullable Long files) throws IOException {
        InputStream compressed = new DeflaterInputStream(content, new Deflater(Deflater.BEST_SPEED));
        byte[] stored = new ContentCipher(key, name.purpose())
                .encrypted(compressed, random)
                .readAllBytes();
        Backup was = manifest.backup();
        Backup forged = new Backup(
                was.id(),
                was.tenant(),
                was.name(),
                was.plan(),
                was.createdAt(),
                new BackupContent(
                        contentBytes,
                        stored.length,
                        sha256(stored),
                        files,
                        was.content().doubts()),
                was.format(),
                was.schemaVersion(),
                was.programVersion(),
                was.addons(),
                was.madeBy());
        store.replace(manifest.content(), stored);
        store.replace(name.manifest(), new Manifest(forged, manifest.content(), manifest.schedule()).bytes(key, name));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
