// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.command;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.backup.BackupId;
import dev.allotment.backup.Exports;
import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.ServerConfiguration;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code export}: writes the data of a tenant, of one of its backups, or of a customer into a file. */
@Command
final class ExportCommand extends OperatorCommand {
    @Option(names = "--tenant", paramLabel = "NAME", description = "Exports this tenant.")
    private @Nullable String tenant;

    @Option(
            names = "--backup",
            paramLabel = "BACKUP",
            description = "With --tenant: exports this backup instead of the database.")
    private @Nullable String backup;

    @Option(
            names = "--customer",
            paramLabel = "LOGIN",
            description = "Exports the customer of this account, with all its tenants.")
    private @Nullable String customer;

    @Option(names = "--to", paramLabel = "FILE", description = "The new file.")
    private @Nullable String to;

    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description = "Encrypts with the first line of this file, as openssl does.")
    private @Nullable String passphraseFile;

    @Override
    int run(ServerConfiguration configuration) {
        if (to == null || (tenant == null) == (customer == null) || (backup != null && tenant == null)) {
            throw invalid(
                    "Name a tenant with --tenant, or an account of a customer with --customer, and a new file with"
                            + " --to. --backup belongs to --tenant.");
        }
        BiConsumer<Exports, OutputStream> export =
                tenant != null ? ofTenant(tenant) : ofCustomer(String.valueOf(customer));
        String passphrase = passphraseFile == null ? null : passphrase(passphraseFile);
        Path file = path(to);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw invalid("The file of --to exists. Name a file that does not exist.");
        }
        // A command that was killed leaves a file whose name says that it is not complete. The next one replaces it.
        Path part = path(to + ".part");
        boolean complete = false;
        try {
            try (OutputStream created = create(part)) {
                Object own = identity(part);
                write(export, created, passphrase);
                if (!Objects.equals(identity(part), own)) {
                    throw new IOException("Another command writes the same file");
                }
            }
            Files.move(part, file);
            complete = true;
        } catch (IOException | UncheckedIOException e) {
            throw invalid("The file of --to could not be written. Check its folder and the free space there.");
        } finally {
            if (!complete) {
                delete(part);
            }
        }
        out().println("Exported to " + to);
        return ExitCode.OK;
    }

    private void write(BiConsumer<Exports, OutputStream> export, OutputStream file, @Nullable String passphrase)
            throws IOException {
        if (passphrase == null) {
            export.accept(saas().exports(), file);
            return;
        }
        OutputStream encrypted = saas().exports().encrypted(file, passphrase);
        export.accept(saas().exports(), encrypted);
        encrypted.close();
    }

    private BiConsumer<Exports, OutputStream> ofTenant(String name) {
        Tenant exported = NamedTenant.find(saas(), name);
        if (backup == null) {
            return (exports, file) -> exports.write(exported.id(), file);
        }
        try {
            BackupId id = new BackupId(UUID.fromString(backup));
            return (exports, file) -> exports.writeBackup(exported.id(), id, file);
        } catch (IllegalArgumentException e) {
            throw invalid("A backup is named by its UUID, as \"saas backup --tenant NAME\" prints it.");
        }
    }

    private BiConsumer<Exports, OutputStream> ofCustomer(String login) {
        User account = saas().accounts()
                .findByLogin(login)
                .orElseThrow(() ->
                        SaasException.notFound(ErrorCodes.RECORD_MISSING, "There is no account \"" + login + "\"."));
        return (exports, file) -> exports.writeCustomer(account.customerId(), file);
    }

    private static String passphrase(String file) {
        try {
            return Files.readString(path(file)).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw invalid("The file of --passphrase-file cannot be read. Check its path and its permissions.");
        }
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw invalid("\"" + text + "\" is not the path of a file.");
        }
    }

    private static @Nullable Object identity(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    /** Creates a file that only the user of this process can read, in place of an older one. */
    private static OutputStream create(Path file) {
        FileAttribute<?>[] attributes =
                FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                        }
                        : new FileAttribute<?>[] {};
        try {
            Files.deleteIfExists(file);
            return Channels.newOutputStream(Files.newByteChannel(
                    file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes));
        } catch (IOException e) {
            throw invalid(
                    "The file of --to could not be created. Name a file in a folder that exists and may be written.");
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // The command has failed already, and says so.
        }
    }

    private static SaasException invalid(String message) {
        return SaasException.invalid(ErrorCodes.SETTING_INVALID, message);
    }
}
