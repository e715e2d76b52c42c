// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.file;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.hook.TenantFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Calls the embedder's {@link TenantFiles}, with the errors that callers see. Without them, no UUID has files.
 * Thread-safe.
 */
public final class ApplicationFiles {
    /** How often a run that copies files looks whether its operation is still its own. */
    private static final Duration CHECKED_AFTER = Duration.ofSeconds(5);

    private final @Nullable TenantFiles hook;
    private final LongSupplier ticker;

    /** @param hook null: there is none */
    public ApplicationFiles(@Nullable TenantFiles hook, LongSupplier ticker) {
        this.hook = hook;
        this.ticker = ticker;
    }

    /** Whether the embedder has registered the hook. */
    public boolean exist() {
        return hook != null;
    }

    /** A file of a tenant. The caller closes the content. */
    public record NamedFile(String name, InputStream content) {}

    private interface Change {
        void of(TenantFiles files) throws IOException;
    }

    private void change(Change change) {
        TenantFiles files = hook;
        if (files != null) {
            try {
                change.of(files);
            } catch (IOException | RuntimeException e) {
                throw translated(e);
            }
        }
    }

    /** An error of the control plane, whose content was being read, stays the same. */
    private static SaasException translated(Exception e) {
        return e instanceof SaasException known ? known : failed(e);
    }

    /** The error if a file cannot be read. */
    public static SaasException failed(Exception cause) {
        return SaasException.unavailable(
                ErrorCodes.FILES_FAILED,
                "The application's files of a tenant could not be read or changed. Look for the reason in the log, fix"
                        + " it, and try again.",
                cause);
    }

    /** Lists the files of a tenant, if there is the hook. The caller closes the list. */
    public Listing list(UUID tenant) {
        TenantFiles files = Objects.requireNonNull(hook);
        try {
            return new Listing(files, tenant, files.list(tenant));
        } catch (IOException | RuntimeException e) {
            throw translated(e);
        }
    }

    /** Files of a tenant that are opened one after the other. Not thread-safe. */
    public static final class Listing implements AutoCloseable {
        private final TenantFiles files;
        private final UUID tenant;
        private final Stream<String> names;
        private final Iterator<String> rest;
        private String last = "";

        private Listing(TenantFiles files, UUID tenant, Stream<String> names) {
            this.files = files;
            this.tenant = tenant;
            this.names = names;
            this.rest = names.iterator();
        }

        /**
         * Opens the next file; null if there is none. Files that were deleted since they were listed are left out.
         *
         * @throws SaasException {@code files.failed}, {@code files.invalid}
         */
        public @Nullable NamedFile next() {
            try {
                Optional<NamedFile> opened = Optional.empty();
                while (opened.isEmpty() && rest.hasNext()) {
                    opened = open(checked(rest.next()));
                }
                return opened.orElse(null);
            } catch (IOException | RuntimeException e) {
                throw translated(e);
            }
        }

        private Optional<NamedFile> open(String name) throws IOException {
            try {
                return Optional.of(new NamedFile(name, files.open(tenant, name)));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        }

        /** That they are in order shows that none comes twice, without remembering them. */
        private String checked(String next) {
            if (!FileNames.isValid(next) || next.compareTo(last) <= 0) {
                throw SaasException.conflict(
                        ErrorCodes.FILES_INVALID,
                        "The application has listed a file of a tenant, " + TextRules.describe(next) + ", after "
                                + TextRules.describe(last) + ". Names are 1 to " + FileNames.MOST_BYTES
                                + " bytes: parts separated by slashes that do not lead upwards, without backslashes and"
                                + " control characters. List them in order, each once.");
            }
            last = next;
            return next;
        }

        @Override
        public void close() {
            names.close();
        }
    }

    /** Makes an empty place for files. */
    public void create(UUID tenant) {
        change(files -> files.create(tenant));
    }

    /** Writes a file. An error of the control plane that reading the content throws is thrown unchanged. */
    public void write(UUID tenant, String name, InputStream content) {
        change(files -> files.write(tenant, name, content));
    }

    /** Gives the place of one UUID to another one. */
    public void replace(UUID tenant, UUID by) {
        change(files -> files.replace(tenant, by));
    }

    /** Deletes the files of a UUID, if it has any. */
    public void delete(UUID tenant) {
        change(files -> files.delete(tenant));
    }

    /**
     * Copies the files of a tenant. There is the hook.
     *
     * @param requireMine throws what this is to fail with after the operation was taken from this run
     */
    public void copy(UUID from, UUID to, Runnable requireMine) {
        requireMine.run();
        create(to);
        long checked = ticker.getAsLong();
        try (Listing listing = list(from)) {
            for (NamedFile file = listing.next(); file != null; file = listing.next()) {
                if (ticker.getAsLong() - checked > CHECKED_AFTER.toNanos()) {
                    requireMine.run();
                    checked = ticker.getAsLong();
                }
                try (InputStream content = file.content()) {
                    write(to, file.name(), content);
                } catch (IOException e) {
                    throw failed(e);
                }
            }
        }
    }
}
