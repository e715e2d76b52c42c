// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.file.ApplicationFiles;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.spi.backend.StoredOperation;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Passes content on: first the database, and then the files of the application. Thread-safe. */
final class ContentReading {
    private final CoreContext context;
    private final ApplicationFiles applicationFiles;

    ContentReading(CoreContext context, ApplicationFiles applicationFiles) {
        this.context = context;
        this.applicationFiles = applicationFiles;
    }

    /**
     * Passes content on until another node has taken the operation of the reader over, or ended it.
     *
     * @param filesTo the UUID that gets the files; null: they are read, and stored nowhere
     * @param files how many there are; null: the content is that of the database alone
     */
    void pass(
            StoredOperation reader,
            InputStream content,
            @Nullable UUID filesTo,
            @Nullable Long files,
            Consumer<? super InputStream> database) {
        Runnable requireMine = () -> context.catalog().transact(tx -> OperationLeases.requireMine(tx, reader));
        InputStream own = new OwnContent(content, context::tick, requireMine);
        if (files == null) {
            database.accept(own);
        } else {
            ContentParts parts = new ContentParts(own);
            database.accept(parts.database());
            requireMine.run();
            readFiles(parts, filesTo, files);
        }
    }

    private void readFiles(ContentParts parts, @Nullable UUID target, long expected) {
        if (target != null) {
            applicationFiles.create(target);
        }
        try {
            long found = parts.files((name, content) -> {
                if (target != null) {
                    applicationFiles.write(target, name, content);
                }
            });
            if (found != expected) {
                throw new DamagedContent("The number of files is not that of the manifest");
            }
        } catch (EOFException e) {
            throw new UncheckedIOException(new DamagedContent("The files end too early"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
