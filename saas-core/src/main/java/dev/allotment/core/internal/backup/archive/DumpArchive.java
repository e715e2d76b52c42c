// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.internal.backup.stream.DamagedContent;
import dev.allotment.core.internal.backup.stream.UnreadableFile;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.core.internal.file.ApplicationFiles;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.parameter.DerivedSecrets;
import dev.allotment.spi.backend.JsonText;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transfer;
import dev.allotment.spi.backend.TransferFormat;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Dumps: the content of a backup and a manifest, as a ZIP archive in memory that is not encrypted. It comes back from a
 * client, so everything in it may be hostile. No name in it becomes that of a file. Thread-safe.
 */
public final class DumpArchive {
    private static final String KIND = "allotment dump ";
    private static final String FORMAT = KIND + "1";
    private static final String FORMAT_KEY = "dump";
    private static final String FILES = "files";
    private static final String SEAL = "seal";

    /** Tools recognise a dump of Odoo by this name. Here it only has a comment. */
    private static final String SCRIPT = "dump.sql";

    private static final byte[] COMMENT = "-- The database is in the file \"content\". Only Allotment can restore it.\n"
            .getBytes(StandardCharsets.US_ASCII);
    private static final String CONTENT = "content";
    private static final String MANIFEST = "manifest.json";
    private static final int LONGEST_MANIFEST = 1 << 16;
    /** How many times as large as the archive the content may be, and how large it may be in any case. */
    private static final long MOST_RATIO = 30;

    private static final long SMALL_CONTENT = 8 << 20;

    private static final Set<String> RECORD_ERRORS = Set.of(ErrorCodes.RECORD_INVALID, ErrorCodes.RECORD_DUPLICATE);

    /** The last record of a ZIP archive, of fixed size without a comment: its signature. */
    private static final int END_SIGNATURE = 0x06054b50;

    private static final int END_BYTES = 22;

    private final CoreContext context;
    private final DerivedSecrets secrets;
    private final ApplicationFiles applicationFiles;
    private final ContentReading contentReading;

    public DumpArchive(
            CoreContext context,
            OperationLeases operationLeases,
            DerivedSecrets secrets,
            ApplicationFiles applicationFiles) {
        this.context = context;
        this.secrets = secrets;
        this.applicationFiles = applicationFiles;
        this.contentReading = new ContentReading(context, operationLeases, applicationFiles);
    }

    /**
     * Makes a dump of the content of a database, and of the files of its application.
     *
     * @throws SaasException {@code dump.too-large}, {@code backend.unavailable}, {@code files.failed}, {@code
     *     files.invalid}
     */
    public byte[] write(StoredTenant tenant, TransferFormat format, int mostBytes, InputStream database) {
        if (!applicationFiles.exist()) {
            return write(tenant, format, mostBytes, database, () -> null);
        }
        try (ContentWithFiles complete = new ContentWithFiles(database, applicationFiles, tenant.uuid())) {
            return write(tenant, format, mostBytes, complete, complete::count);
        } catch (IOException e) {
            throw ApplicationFiles.failed(e);
        }
    }

    private byte[] write(
            StoredTenant tenant,
            TransferFormat format,
            int mostBytes,
            InputStream content,
            Supplier<@Nullable Long> fileCount) {
        BoundedBytes out = new BoundedBytes(tenant.name(), mostBytes);
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry(SCRIPT));
            zip.write(COMMENT);
            zip.putNextEntry(new ZipEntry(CONTENT));
            MessageDigest digest = Secrets.sha256();
            long count = digested(content, digest, mostContent(mostBytes), tenant.name(), zip);
            Map<String, String> parts = new TreeMap<>(Map.of(
                    FORMAT_KEY,
                    FORMAT,
                    "tenant",
                    tenant.uuid().toString(),
                    "name",
                    tenant.name(),
                    "createdAt",
                    context.now().toString(),
                    "format",
                    format.name(),
                    "schemaVersion",
                    Integer.toString(format.version()),
                    "contentBytes",
                    Long.toString(count),
                    "sha256",
                    HexFormat.of().formatHex(digest.digest())));
            Long files = fileCount.get();
            if (files != null) {
                parts.put(FILES, files.toString());
            }
            parts.put(SEAL, seal(parts));
            zip.putNextEntry(new ZipEntry(MANIFEST));
            zip.write(JsonText.write(parts).getBytes(StandardCharsets.UTF_8));
            zip.finish();
            byte[] archive = out.toByteArray();
            if (count > mostContent(archive.length)) {
                throw tooLarge("Database " + tenant.name() + " is " + count + " bytes before it is compressed, and its"
                        + " dump " + archive.length);
            }
            return archive;
        } catch (IOException e) {
            throw e instanceof UnreadableFile file
                    ? file.error()
                    : SaasException.unavailable(
                            ErrorCodes.BACKEND_UNAVAILABLE,
                            "Database " + tenant.name()
                                    + " could not be read completely, so there is no dump. Try again.",
                            e);
        }
    }

    /** Reads content to its end, unless it is too long; returns its length. */
    private static long digested(
            InputStream content, MessageDigest digest, long longest, String name, OutputStream copy)
            throws IOException {
        byte[] piece = new byte[ContentWithFiles.LONGEST_PIECE];
        long count = 0;
        for (int read = content.read(piece); read >= 0; read = content.read(piece)) {
            count += read;
            if (count > longest) {
                throw tooLarge(
                        "The content of " + name + " is more than " + longest + " bytes when it is decompressed");
            }
            digest.update(piece, 0, read);
            copy.write(piece, 0, read);
        }
        return count;
    }

    private static long mostContent(long archiveBytes) {
        return Math.max(SMALL_CONTENT, MOST_RATIO * archiveBytes);
    }

    private String seal(Map<String, String> parts) {
        return secrets.seal("dump", JsonText.write(parts));
    }

    /**
     * Checks an archive: that it is complete, that its content is that of its manifest, and that this is not much
     * larger than the archive.
     *
     * @throws SaasException {@code dump.invalid}, {@code dump.too-large}, {@code backup.newer}
     */
    public Dump read(byte[] archive) {
        if (archive.length < END_BYTES
                || ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN).getInt(archive.length - END_BYTES)
                        != END_SIGNATURE) {
            throw invalid("it is no ZIP archive, or is cut off", null);
        }
        MessageDigest digest = Secrets.sha256();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
            requireContent(zip);
            long count =
                    digested(zip, digest, mostContent(archive.length), "the dump", OutputStream.nullOutputStream());
            requireNext(zip, MANIFEST);
            byte[] text = zip.readNBytes(LONGEST_MANIFEST + 1);
            if (text.length > LONGEST_MANIFEST || zip.getNextEntry() != null) {
                throw invalid("it has more than a dump has", null);
            }
            return dump(
                    archive,
                    new String(text, StandardCharsets.UTF_8),
                    count,
                    HexFormat.of().formatHex(digest.digest()));
        } catch (IOException | IllegalArgumentException e) {
            throw invalid("it is damaged", e);
        }
    }

    private static void requireContent(ZipInputStream zip) throws IOException {
        requireNext(zip, SCRIPT);
        if (!Arrays.equals(zip.readNBytes(COMMENT.length + 1), COMMENT)) {
            throw invalid("it does not have what a dump has", null);
        }
        requireNext(zip, CONTENT);
    }

    private static void requireNext(ZipInputStream zip, String name) throws IOException {
        ZipEntry entry = zip.getNextEntry();
        if (entry == null || !entry.getName().equals(name)) {
            throw invalid("it does not have what a dump has", null);
        }
    }

    private Dump dump(byte[] archive, String text, long count, String sha256) {
        Map<String, String> parts;
        try {
            parts = new TreeMap<>(JsonText.readMap(text));
        } catch (SaasException e) {
            throw invalid("its manifest is damaged", e);
        }
        String format = part(parts, FORMAT_KEY);
        if (format.startsWith(KIND) && !format.equals(FORMAT)) {
            throw newer();
        }
        if (!format.equals(FORMAT)
                || !part(parts, "contentBytes").equals(Long.toString(count))
                || !part(parts, "sha256").equals(sha256)) {
            throw invalid("its content is not that of its manifest", null);
        }
        String seal = part(parts, SEAL);
        parts.remove(SEAL);
        return new Dump(
                archive,
                UUID.fromString(part(parts, "tenant")),
                part(parts, "format"),
                Integer.parseInt(part(parts, "schemaVersion")),
                parts.containsKey(FILES) ? Long.valueOf(part(parts, FILES)) : null,
                Secrets.sameText(seal, seal(parts)));
    }

    private static String part(Map<String, String> parts, String key) {
        String value = parts.get(key);
        if (value == null) {
            throw new IllegalArgumentException("There is no " + key);
        }
        return value;
    }

    /**
     * Refuses a dump of which no database of a server can be made, although it has databases of the same kind.
     *
     * @throws SaasException {@code dump.untrusted}, {@code backup.newer}, {@code backup.files-unsupported}
     */
    public void requireRestorable(Dump dump, Transfer transfer) {
        if (!dump.isOwn() && !transfer.confinesContent()) {
            throw SaasException.unsupported(
                    ErrorCodes.DUMP_UNTRUSTED,
                    "This control plane has not made this dump, or it was changed since. A database of " + dump.format()
                            + " can run any code in the process that opens it, so only dumps of this control plane are"
                            + " restored. To move a database from another installation, import a backup.");
        }
        if (dump.schemaVersion() > transfer.transferFormat().version()) {
            throw newer();
        }
        Long files = dump.files();
        if (files != null && files > 0 && !applicationFiles.exist()) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKUP_FILES_UNSUPPORTED,
                    "The dump contains files of the application, and this program has no place for them. Nothing was"
                            + " restored. Register tenantFiles at the builder on every node.");
        }
    }

    /**
     * Passes the content of a dump on. What was made of it must be discarded if this throws.
     *
     * @param reader reads no more after another node has taken this operation over, or ended it
     * @param filesTo the UUID that gets the files of the application
     * @throws SaasException {@code dump.invalid}, {@code files.failed}, and what the receiver throws
     */
    public void restore(StoredOperation reader, Dump dump, UUID filesTo, Consumer<? super InputStream> receiver) {
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(dump.archive()))) {
            requireContent(zip);
            contentReading.pass(reader, zip, filesTo, dump.files(), receiver);
        } catch (IOException e) {
            throw invalid("its content is damaged", e);
        } catch (RuntimeException e) {
            throw isDamage(dump, e) ? invalid("its content is damaged", e) : e;
        }
    }

    /** What this control plane has made is complete, so another reason is to blame. */
    private static boolean isDamage(Dump dump, RuntimeException failure) {
        if (dump.isOwn()) {
            return false;
        }
        if (failure instanceof SaasException error) {
            return error.category() == ErrorCategory.INTERNAL
                    || RECORD_ERRORS.contains(error.code())
                    || error.getCause() instanceof DamagedContent
                    || (error.code().equals(ErrorCodes.BACKEND_UNAVAILABLE) && error.getCause() instanceof IOException);
        }
        return failure instanceof UncheckedIOException
                || failure instanceof IllegalArgumentException
                || failure instanceof DateTimeException
                || failure instanceof IndexOutOfBoundsException;
    }

    private static SaasException tooLarge(String what) {
        return SaasException.conflict(
                ErrorCodes.DUMP_TOO_LARGE,
                what + ", which is too large for a dump. Make a backup or an export instead, for example with ./saas"
                        + " backup, or raise --max-body.");
    }

    private static SaasException invalid(String why, @Nullable Exception cause) {
        return new SaasException(
                ErrorCategory.INVALID_INPUT,
                ErrorCodes.DUMP_INVALID,
                "This is not a dump that can be restored: " + why
                        + ". Nothing was restored. Send the archive exactly as"
                        + " this program made it. Dumps of Odoo cannot be restored.",
                Map.of(),
                false,
                cause);
    }

    private static SaasException newer() {
        return SaasException.conflict(
                ErrorCodes.BACKUP_NEWER,
                "The dump was made by a newer version of the program. Restore it with that version, or a newer one.");
    }

    /** Bytes in memory, up to a number. */
    private static final class BoundedBytes extends ByteArrayOutputStream {
        private final String name;
        private final int most;
        private boolean full;

        BoundedBytes(String name, int most) {
            this.name = name;
            this.most = most;
        }

        @Override
        public synchronized void write(int next) {
            write(new byte[] {(byte) next}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            if (full) {
                // The archive is being closed after the error.
                return;
            }
            if (length > most - count) {
                full = true;
                throw tooLarge("The dump of database " + name + " has more than " + most + " bytes");
            }
            super.write(bytes, offset, length);
        }
    }
}
