// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.backup.Backup;
import dev.allotment.backup.BackupContent;
import dev.allotment.backup.BackupId;
import dev.allotment.core.internal.backup.stream.CancellableStream;
import dev.allotment.core.internal.backup.stream.DamagedContent;
import dev.allotment.core.internal.backup.stream.LimitedStream;
import dev.allotment.core.internal.backup.stream.StoredBytes;
import dev.allotment.core.internal.backup.stream.UnreadableFile;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.SecretCipher;
import dev.allotment.core.internal.file.ApplicationFiles;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.TransferFormat;
import dev.allotment.spi.backup.BackupStore;
import dev.allotment.spi.backup.StoredFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.zip.Deflater;
import java.util.zip.DeflaterInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The backups in the store. What the store has is the only record of them, so an older catalog that was restored knows
 * all of them. A backup exists from the moment its manifest does. Thread-safe.
 */
public final class BackupArchive {
    /** The step of a deletion for good after {@link #deleteAll}. */
    public static final String ERASED = "erased";

    /** How often the files of a tenant are deleted, since a node that stalled may write another one. */
    private static final int DELETIONS = 3;

    private static final Logger LOG = System.getLogger("dev.allotment.backups");

    private final CoreContext context;
    private final BackupFiles files;
    private final BackupKeys keys;
    private final OperationLeases operationLeases;
    private final ChosenSecret chosenSecret;
    private final ExportPieces exports;
    private final ApplicationFiles applicationFiles;
    private final ContentReading contentReading;
    private final SecretCipher cipher;
    private final SecureRandom random;

    /** @param store null: there is none, and everything but {@link #exists} is refused */
    public BackupArchive(
            CoreContext context,
            OperationLeases operationLeases,
            @Nullable BackupStore store,
            SecretCipher cipher,
            ApplicationFiles applicationFiles,
            SecureRandom random) {
        this.context = context;
        this.operationLeases = operationLeases;
        this.applicationFiles = applicationFiles;
        this.contentReading = new ContentReading(context, operationLeases, applicationFiles);
        this.files = new BackupFiles(store, context::tick);
        this.keys = new BackupKeys(files, cipher, random);
        this.exports = new ExportPieces(context, files, keys, random);
        this.chosenSecret = new ChosenSecret(context, cipher);
        this.cipher = cipher;
        this.random = random;
    }

    /** The exports in the store. */
    public ExportPieces exports() {
        return exports;
    }

    /** Whether there is a store. */
    public boolean exists() {
        return files.exist();
    }

    /**
     * Refuses what would fail for every tenant.
     *
     * @throws SaasException {@code backup.no-store}, {@code backup.key-missing}
     */
    public void requireUsable() {
        files.requireStore();
        keys.requireSecret();
    }

    /** Refuses to start what would fail without a store or a key; the key of the tenant is made if there is none. */
    public void requireReady(UUID tenant) {
        keys.make(tenant);
    }

    /** The backups of a tenant that can be read, the newest first. */
    public List<Backup> list(UUID tenant) {
        List<Backup> found = new ArrayList<>();
        manifests(tenant).values().forEach(each -> found.add(each.backup()));
        Collections.reverse(found);
        return found;
    }

    /** Up to a number of backups of a tenant that can be read, the newest first. */
    public List<Backup> listNewest(UUID tenant, int most) {
        List<BackupName> newest = new ArrayList<>(names(tenant));
        Collections.reverse(newest);
        ManifestReader reader = new ManifestReader(tenant);
        return newest.stream()
                .flatMap(name -> reader.manifest(name).stream())
                .limit(most)
                .map(Manifest::backup)
                .toList();
    }

    /** A backup of a tenant; empty if there is none that can be read. */
    public Optional<Backup> backup(UUID tenant, BackupId backup) {
        return find(tenant, backup)
                .flatMap(new ManifestReader(tenant)::manifest)
                .map(Manifest::backup);
    }

    /** The manifests of a tenant that can be read, the oldest first. */
    public Map<BackupName, Manifest> manifests(UUID tenant) {
        Map<BackupName, Manifest> found = new LinkedHashMap<>();
        ManifestReader reader = new ManifestReader(tenant);
        names(tenant).forEach(name -> reader.manifest(name).ifPresent(manifest -> found.put(name, manifest)));
        return found;
    }

    /** Reads manifests of one tenant, whose key is read once; leaves out those that cannot be read. */
    private final class ManifestReader {
        private final UUID tenant;
        private @Nullable DataKey key;

        ManifestReader(UUID tenant) {
            this.tenant = tenant;
        }

        Optional<Manifest> manifest(BackupName name) {
            try {
                return files.text(name.manifest()).map(text -> Manifest.read(text, key(), name));
            } catch (SaasException e) {
                if (!e.code().equals(ErrorCodes.BACKUP_DAMAGED) && !e.code().equals(ErrorCodes.BACKUP_NEWER)) {
                    throw e;
                }
                LOG.log(Level.WARNING, () -> "Backup " + name.backup() + " of tenant " + tenant + " is left out: " + e);
                return Optional.empty();
            }
        }

        private DataKey key() {
            DataKey known = key;
            if (known == null) {
                known = keys.get(tenant);
                key = known;
            }
            return known;
        }
    }

    /** The backups of a tenant that have a manifest, the oldest first. */
    private List<BackupName> names(UUID tenant) {
        return files.list(BackupFiles.folder(tenant)).stream()
                .map(StoredFile::name)
                .filter(BackupName::isManifest)
                .flatMap(file -> BackupName.ofFile(file).stream())
                .toList();
    }

    /** The newest backup of a tenant, which need not be readable. */
    public Optional<BackupId> newest(UUID tenant) {
        return newest(tenant, name -> true);
    }

    /** The newest backup of a tenant that the schedule made, or that is damaged so much that it may have been. */
    public Optional<BackupId> newestScheduled(UUID tenant) {
        return newest(
                tenant,
                name -> files.text(name.manifest())
                        .filter(Manifest::maybeScheduled)
                        .isPresent());
    }

    private Optional<BackupId> newest(UUID tenant, Predicate<BackupName> which) {
        List<BackupName> newestFirst = new ArrayList<>(names(tenant));
        Collections.reverse(newestFirst);
        return newestFirst.stream().filter(which).findFirst().map(name -> new BackupId(name.backup()));
    }

    /** The name of a backup of which the store has any file. */
    public Optional<BackupName> find(UUID tenant, BackupId backup) {
        return files.list(BackupFiles.folder(tenant)).stream()
                .flatMap(file -> BackupName.ofFile(file.name()).stream())
                .filter(name -> name.backup().equals(backup.value()))
                .findFirst();
    }

    /** Whether the store has any file of a backup. */
    public boolean has(UUID tenant, BackupId backup) {
        return find(tenant, backup).isPresent();
    }

    /** Whether a backup has a manifest, which need not be readable. */
    public boolean isListed(UUID tenant, BackupId backup) {
        return names(tenant).stream().anyMatch(name -> name.backup().equals(backup.value()));
    }

    public boolean isListed(BackupName name) {
        return has(name.manifest());
    }

    private boolean has(String file) {
        return files.list(file).stream().anyMatch(each -> each.name().equals(file));
    }

    /**
     * The manifest of a backup; empty if it has none.
     *
     * @throws SaasException {@code backup.damaged}, {@code backup.newer}
     */
    public Optional<Manifest> manifest(BackupName name) {
        return files.text(name.manifest()).map(text -> Manifest.read(text, keys.get(name.tenant()), name));
    }

    /**
     * Stores content and the files of the application, compressed and encrypted.
     *
     * @param described what is known before its sizes and its hash
     * @param schedule null: a caller requested the backup
     * @param run a number that no other run of the operation has
     */
    public Manifest write(BackupName name, Backup described, @Nullable String schedule, long run, InputStream content) {
        if (!applicationFiles.exist()) {
            return write(name, described, schedule, run, content, () -> null);
        }
        try (ContentWithFiles complete = new ContentWithFiles(content, applicationFiles, described.tenant())) {
            return write(name, described, schedule, run, complete, complete::count);
        } catch (IOException e) {
            throw ApplicationFiles.failed(e);
        }
    }

    private Manifest write(
            BackupName name,
            Backup described,
            @Nullable String schedule,
            long run,
            InputStream content,
            Supplier<@Nullable Long> fileCount) {
        String file = name.content(run);
        files.delete(file);
        LimitedStream plain = new LimitedStream(content, Long.MAX_VALUE);
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            StoredBytes bytes = StoredBytes.outgoing(
                    contentCipher(name)
                            .encrypted(new DeflaterInputStream(plain, deflater, ContentCipher.PIECE_BYTES), random),
                    context::tick);
            if (!files.write(file, bytes)) {
                throw BackupFiles.failed(new IOException("Two runs of an operation have the same number"));
            }
            return new Manifest(
                    new Backup(
                            described.id(),
                            described.tenant(),
                            described.name(),
                            described.plan(),
                            described.createdAt(),
                            new BackupContent(
                                    plain.count(),
                                    bytes.count(),
                                    bytes.sha256(),
                                    fileCount.get(),
                                    described.content().doubts()),
                            described.format(),
                            described.schemaVersion(),
                            described.programVersion(),
                            described.addons(),
                            described.madeBy()),
                    file,
                    schedule);
        } catch (SaasException e) {
            IOException failure = plain.failure();
            throw failure == null ? e : unreadable(described, failure);
        } finally {
            deflater.end();
        }
    }

    private static SaasException unreadable(Backup described, IOException failure) {
        if (failure instanceof UnreadableFile file) {
            return file.error();
        }
        // A refusal that repeating does not change.
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SaasException refusal && refusal.category() != ErrorCategory.UNAVAILABLE) {
                return refusal;
            }
        }
        LOG.log(Level.WARNING, "Database " + described.name() + " could not be read completely for a backup", failure);
        return SaasException.unavailable(
                ErrorCodes.BACKEND_UNAVAILABLE,
                "Database " + described.name() + " could not be read completely, so there is no backup. Try again.",
                failure);
    }

    private ContentCipher contentCipher(BackupName name) {
        return new ContentCipher(keys.get(name.tenant()), name.purpose());
    }

    /** Reads content back for an operation, and compares it with its manifest. */
    public void verify(StoredOperation operation, BackupName name, Manifest manifest) {
        read(name, manifest, content -> drain(own(operation, content)));
    }

    private static void drain(InputStream content) {
        try {
            content.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Content of the database of an operation, which makes progress while that is read. */
    public InputStream own(StoredOperation operation, InputStream content) {
        return new CancellableStream(
                content,
                context::tick,
                () -> context.catalog().transact(tx -> OperationLeases.requireMine(tx, operation)),
                () -> operationLeases.progress(operation));
    }

    /** Makes a backup exist; returns the manifest of an earlier run if there is one. */
    public Manifest publish(BackupName name, Manifest manifest) {
        byte[] bytes = manifest.bytes(keys.get(name.tenant()), name);
        if (!files.write(name.manifest(), bytes)) {
            return manifest(name).orElseThrow(() -> lost("The store has a manifest, and cannot read it"));
        }
        // Before the caller relies on the backup.
        if (!files.text(name.manifest()).equals(Optional.of(new String(bytes, StandardCharsets.UTF_8)))) {
            files.delete(name.manifest());
            throw lost("The store does not have the manifest that was written");
        }
        return manifest;
    }

    private static SaasException lost(String why) {
        return BackupFiles.failed(new IOException(why));
    }

    /**
     * Reads the content of a backup, which is compared with its manifest. It was passed on when this finds that the end
     * of it is missing, so what was made of it must be discarded if this throws.
     *
     * @param reader reads no more after another node has taken this operation over, or ended it
     * @param filesTo the UUID that gets the files in the backup, instead of those that it has; null: they are read, and
     *     stored nowhere. If the backup was made without files, those that there are stay
     * @param format what the reader understands
     * @param receiver called once, with the content. What it throws is thrown unchanged, unless the content is to blame
     * @throws SaasException {@code record.missing}, {@code backup.damaged}, {@code backup.newer}, {@code
     *     backup.store-failed}, {@code backup.files-unsupported}, {@code backend.unsupported}, {@code files.failed}
     */
    public Backup read(
            StoredOperation reader,
            UUID tenant,
            BackupId backup,
            @Nullable UUID filesTo,
            TransferFormat format,
            Consumer<? super InputStream> receiver) {
        BackupName name = find(tenant, backup).orElseThrow(() -> missing(backup));
        Manifest manifest = manifest(name).orElseThrow(() -> missing(backup));
        requireRestorable(name, manifest.backup(), filesTo != null, format);
        Long expected = manifest.backup().files();
        read(name, manifest, content -> contentReading.pass(reader, content, filesTo, expected, receiver));
        return manifest.backup();
    }

    /** Reads a backup outside of an operation. */
    public interface Reader {
        /** Receives the database. Called once, first, when it is clear that the backup is there. */
        void database(Backup backup, InputStream content);

        /** Receives a file of the application. */
        void file(String name, InputStream content);
    }

    /**
     * Passes on a backup, which is compared with its manifest meanwhile. What was made of it must be discarded if this
     * throws.
     *
     * @throws SaasException {@code record.missing}, {@code backup.damaged}, {@code backup.newer}, {@code
     *     backup.store-failed}, {@code backend.unsupported}
     */
    public void read(UUID tenant, BackupId backup, TransferFormat format, Reader reader) {
        BackupName name = find(tenant, backup).orElseThrow(() -> missing(backup));
        Manifest manifest = manifest(name).orElseThrow(() -> missing(backup));
        Backup described = manifest.backup();
        requireRestorable(name, described, false, format);
        read(
                name,
                manifest,
                content -> ContentReading.split(
                        content,
                        described.files(),
                        database -> reader.database(described, database),
                        () -> {},
                        reader::file));
    }

    /** Refuses a backup of which no database of a format can be made, or whose files have no place. */
    private void requireRestorable(BackupName name, Backup backup, boolean withFiles, TransferFormat format) {
        if (!backup.format().equals(format.name())) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKEND_UNSUPPORTED,
                    "Backup " + backup.id() + " has a database of " + backup.format()
                            + ", and the server has databases of " + format.name() + ". Choose another server.");
        }
        if (backup.schemaVersion() > format.version()) {
            throw Manifest.newer(name);
        }
        Long files = backup.files();
        if (withFiles && files != null && files > 0 && !applicationFiles.exist()) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKUP_FILES_UNSUPPORTED,
                    "Backup " + backup.id() + " contains files of the application, and this program has no place for"
                            + " them. Nothing was restored. Register tenantFiles at the builder on every node.");
        }
    }

    public static SaasException missing(BackupId backup) {
        return new SaasException(
                ErrorCategory.NOT_FOUND,
                ErrorCodes.RECORD_MISSING,
                "Backup " + backup + " of this tenant does not exist.",
                Map.of("type", "backup", "id", backup.toString()),
                false,
                null);
    }

    private void read(BackupName name, Manifest manifest, Consumer<? super InputStream> receiver) {
        Inflater inflater = new Inflater();
        try (InputStream stored = files.open(manifest.content())) {
            StoredBytes bytes = StoredBytes.incoming(stored, context::tick);
            InputStream plain = contentCipher(name).decrypted(bytes);
            LimitedStream content = new LimitedStream(
                    new InflaterInputStream(plain, inflater, ContentCipher.PIECE_BYTES),
                    manifest.backup().contentBytes());
            try {
                receiver.accept(content);
            } catch (RuntimeException e) {
                IOException failure = content.failure();
                if (failure == null && e.getCause() instanceof DamagedContent damaged) {
                    failure = damaged;
                }
                throw failure == null ? e : translated(name, failure);
            }
            content.transferTo(OutputStream.nullOutputStream());
            if (plain.read() >= 0
                    || content.count() != manifest.backup().contentBytes()
                    || bytes.count() != manifest.backup().storedBytes()
                    || !bytes.sha256().equals(manifest.backup().sha256())) {
                throw new DamagedContent("The content is not that of the manifest");
            }
        } catch (IOException e) {
            throw translated(name, e);
        } finally {
            inflater.end();
        }
    }

    private static SaasException translated(BackupName name, IOException failure) {
        boolean damaged =
                failure instanceof DamagedContent || failure instanceof ZipException || failure instanceof EOFException;
        return damaged
                ? BackupFiles.damaged("The content of backup " + name.backup()
                        + " is incomplete, or was changed since it was written")
                : BackupFiles.failed(failure);
    }

    /** The backups of another installation. */
    public BackupArchive of(BackupStore store, List<String> secretKeys) {
        return new BackupArchive(context, operationLeases, store, cipher.of(secretKeys), applicationFiles, random);
    }

    /**
     * Copies a backup of another installation, as a backup of a tenant that has the identity of the operation. Does
     * nothing if an earlier run has done that. Copies nothing that {@link #read} would refuse.
     *
     * @param foreign null: only the node that has ended knew it
     * @param format what will read the copy
     * @throws SaasException as {@link #read}, and {@code backup.key-wrong}
     */
    public void copyFrom(
            @Nullable ForeignBackup foreign, UUID tenant, StoredOperation operation, TransferFormat format) {
        BackupName name = BackupName.of(tenant, operation.createdAt(), operation.uuid());
        if (isListed(name)) {
            return;
        }
        if (foreign == null) {
            throw SaasException.unavailable(
                    ErrorCodes.BACKUP_STORE_FAILED,
                    "The node that was importing the backup has ended, and no other node knows the store that it is in."
                            + " Import it again.",
                    null);
        }
        requireReady(tenant);
        // The content has the files of the application already.
        Manifest manifest = foreign.read((described, content) -> {
            requireRestorable(name, described.backup(), true, format);
            return write(
                    name,
                    described.of(tenant, operation),
                    null,
                    operation.fencingToken(),
                    content,
                    () -> described.backup().files());
        });
        context.catalog().transact(tx -> OperationLeases.requireMine(tx, operation));
        publish(name, manifest);
    }

    /** Deletes what {@link #copyFrom} has stored. Does nothing if there is nothing. */
    public void deleteCopy(UUID tenant, StoredOperation operation) {
        delete(BackupName.of(tenant, operation.createdAt(), operation.uuid()));
    }

    /** A reader of the content of a backup. */
    @FunctionalInterface
    interface Copying {
        Manifest copy(Manifest described, InputStream content);
    }

    /** Passes on the content of a backup, which is compared with its manifest before this returns. */
    Manifest copy(UUID tenant, BackupId backup, Copying copying) {
        BackupName name = find(tenant, backup).orElseThrow(() -> missing(backup));
        Manifest described = manifest(name).orElseThrow(() -> missing(backup));
        AtomicReference<@Nullable Manifest> copied = new AtomicReference<>();
        read(name, described, content -> copied.set(copying.copy(described, content)));
        return Objects.requireNonNull(copied.get());
    }

    /** Deletes a backup; the manifest first, so that no half of it is ever listed. */
    public void delete(BackupName name) {
        files.delete(name.manifest());
        files.list(name.prefix()).forEach(file -> files.delete(file.name()));
    }

    /** Deletes the content that other runs of the operation have left. */
    public void deleteOtherContent(BackupName name, Manifest manifest) {
        files.list(name.prefix()).stream()
                .map(StoredFile::name)
                .filter(file -> name.isContent(file) && !file.equals(manifest.content()))
                .forEach(files::delete);
    }

    /** Deletes the content of one run, unless it became a backup. */
    public void deleteContent(BackupName name, long run) {
        String content = name.content(run);
        boolean listed = manifest(name)
                .filter(manifest -> manifest.content().equals(content))
                .isPresent();
        if (!listed) {
            files.delete(content);
        } else if (!has(content)) {
            // Another run had deleted it as unfinished before this one listed it.
            files.delete(name.manifest());
        }
    }

    /**
     * Deletes everything of a tenant: first its key, without which the rest is noise wherever there are copies. When
     * this returns, the store lists nothing of it.
     */
    public void deleteAll(UUID tenant) {
        keys.delete(tenant);
        for (int attempt = 0; attempt < DELETIONS; attempt++) {
            List<StoredFile> left = files.list(BackupFiles.folder(tenant));
            if (left.isEmpty()) {
                return;
            }
            left.forEach(this::delete);
        }
        throw lost("The store still lists files of a tenant after they were deleted");
    }

    /** The encryption of the keys of the tenants. */
    public BackupKeys keys() {
        return keys;
    }

    /** The secret key with which the keys of the tenants are encrypted again. */
    public ChosenSecret chosenSecret() {
        return chosenSecret;
    }

    /** The tenants of which the store has a key. */
    public List<UUID> tenantsWithKeys() {
        List<UUID> found = new ArrayList<>();
        byTenant().forEach((tenant, stored) -> {
            if (stored.stream().anyMatch(file -> BackupKeys.isKey(tenant, file.name()))) {
                found.add(tenant);
            }
        });
        return found;
    }

    /** All files, by the tenant that they belong to. */
    public Map<UUID, List<StoredFile>> byTenant() {
        Map<UUID, List<StoredFile>> found = new LinkedHashMap<>();
        for (StoredFile file : files.list("")) {
            int slash = file.name().indexOf('/');
            try {
                UUID tenant = UUID.fromString(file.name().substring(0, Math.max(0, slash)));
                found.computeIfAbsent(tenant, any -> new ArrayList<>()).add(file);
            } catch (IllegalArgumentException e) {
                LOG.log(Level.DEBUG, "A file in the store of the backups is not of this program", e);
            }
        }
        return found;
    }

    public void delete(StoredFile file) {
        files.delete(file.name());
    }

    public void tidyStore() {
        files.tidy();
    }
}
