// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.access.ApiKey;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.ApiKeys;
import dev.allotment.access.CreatedApiKey;
import dev.allotment.access.NewApiKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the first API key of the administrator into a file, so that programs need no browser and no password. It is
 * written once in the life of the account: a file that is removed later, or a key that is revoked, changes nothing.
 */
final class AdministratorKeyFile {
    private static final Logger LOG = LoggerFactory.getLogger(AdministratorKeyFile.class);
    private static final String NAME = "First start";
    private static final int MAX_DRAFT = 100;

    private AdministratorKeyFile() {}

    /**
     * Does nothing if the file exists, or if the administrator has, or ever had, a key.
     *
     * @throws SaasException {@code setting.invalid} if the file cannot be written; then no key remains
     */
    static void writeOnce(Saas saas, String adminLogin, Path file) {
        User administrator = saas.accounts()
                .findByLogin(adminLogin)
                .filter(each -> each.active() && each.administrator())
                .orElse(null);
        Path draft = file.resolveSibling(file.getFileName() + ".tmp");
        if (administrator == null
                || finish(saas, administrator, draft, file)
                || (!isInterrupted(saas, administrator, draft) && hadKey(saas, administrator))) {
            return;
        }
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            LOG.warn("The file of --admin-key-file exists, so it is kept, and no API key is created.");
            return;
        }
        Saas acting = saas.actingAs(administrator.id());
        try {
            // First, so that no key is created if the file cannot be written.
            Files.deleteIfExists(draft);
            try (FileChannel channel = FileChannel.open(
                    draft,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                CreatedApiKey created = acting.apiKeys().create(new NewApiKey(NAME, ApiKeyScope.EVERYTHING, null));
                write(acting, created, channel, draft, file);
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw notWritten(e);
        }
        LOG.info("The API key of the administrator was written into the file of --admin-key-file.");
    }

    private static SaasException notWritten(Exception cause) {
        return SaasException.invalid(
                ErrorCodes.SETTING_INVALID,
                "The file of --admin-key-file cannot be written: "
                        + cause.getClass().getSimpleName()
                        + ". Name a file in a folder that this process can write, on a file system with POSIX"
                        + " permissions.");
    }

    /** Gives a complete draft its name, if the process died before it did. */
    private static boolean finish(Saas saas, User administrator, Path draft, Path file) {
        try {
            if (!Files.isRegularFile(draft, LinkOption.NOFOLLOW_LINKS)
                    || Files.size(draft) > MAX_DRAFT
                    || Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                    || saas.apiKeys()
                            .authenticate(Files.readString(draft).strip(), null)
                            .filter(each -> each.userId() == administrator.id().value())
                            .isEmpty()) {
                return false;
            }
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (IOException e) {
            throw notWritten(e);
        }
    }

    /**
     * Returns whether a process died before it had written the key, and revokes that key: its secret is lost.
     */
    private static boolean isInterrupted(Saas saas, User administrator, Path draft) {
        if (!Files.isRegularFile(draft, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        ApiKeys keys = saas.actingAs(administrator.id()).apiKeys();
        List<ApiKey> theirs = keys.list(
                Query.where(Filter.equal(ApiKey.USER_ID, administrator.id().value())));
        if (!theirs.stream().allMatch(each -> each.name().equals(NAME) && each.lastUsedAt() == null)) {
            return false;
        }
        theirs.forEach(each -> keys.revoke(each.id()));
        return true;
    }

    private static boolean hadKey(Saas saas, User user) {
        Filter<Event> created =
                Filter.and(Filter.equal(Event.TYPE, EventType.API_KEY_CREATED), Filter.equal(Event.USER_ID, user.id()));
        return saas.events().count(created) > 0
                || saas.actingAs(user.id())
                                .apiKeys()
                                .count(Filter.equal(ApiKey.USER_ID, user.id().value()))
                        > 0;
    }

    private static void write(Saas acting, CreatedApiKey created, FileChannel channel, Path draft, Path file)
            throws IOException {
        boolean written = false;
        try {
            ByteBuffer text = ByteBuffer.wrap((created.secret() + "\n").getBytes(StandardCharsets.US_ASCII));
            while (text.hasRemaining()) {
                channel.write(text);
            }
            channel.force(true);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            written = true;
        } finally {
            if (!written) {
                acting.apiKeys().revoke(created.apiKey().id());
                Files.deleteIfExists(draft);
            }
        }
    }
}
