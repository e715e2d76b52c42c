// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The password of the control plane's role. One in a file is read again for each new connection, so that it can be
 * changed while the process runs. Thread-safe.
 */
public final class PasswordSource {
    private static final Logger LOG = LoggerFactory.getLogger(PasswordSource.class);

    private final @Nullable Path file;
    private volatile @Nullable String read;
    private volatile @Nullable String accepted;

    private PasswordSource(@Nullable Path file, @Nullable String password) {
        this.file = file;
        this.read = password;
        this.accepted = password;
    }

    /** A password that does not change; null: none. */
    static PasswordSource of(@Nullable String password) {
        return new PasswordSource(null, password);
    }

    /** @throws UncheckedIOException if the file cannot be read */
    static PasswordSource in(Path file) {
        try {
            return new PasswordSource(file, contents(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file without the line end that editors add. */
    private static String contents(Path file) throws IOException {
        return Files.readString(file).replaceFirst("\\R\\z", "");
    }

    /** The password for a new connection: the last one that could be read, while the file is being replaced. */
    public @Nullable String present() {
        if (file != null) {
            try {
                String now = contents(file);
                if (!now.isEmpty()) {
                    read = now;
                }
            } catch (IOException e) {
                LOG.warn("The file with the password of PostgreSQL cannot be read, so the last one is used", e);
            }
        }
        return read;
    }

    /** The last password that the server accepted: still the right one if the file was changed before the role. */
    @Nullable
    String before() {
        return accepted;
    }

    /** Remembers that the server accepted a password. */
    void accepted(@Nullable String password) {
        accepted = password;
    }
}
