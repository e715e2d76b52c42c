// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import dev.allotment.core.internal.backup.stream.CancellableStream;
import dev.allotment.core.internal.backup.stream.DamagedContent;
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
    private final OperationLeases operationLeases;
    private final ApplicationFiles applicationFiles;

    ContentReading(CoreContext context, OperationLeases operationLeases, ApplicationFiles applicationFiles) {
        this.context = context;
        this.operationLeases = operationLeases;
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
        InputStream own =
                new CancellableStream(content, context::tick, requireMine, () -> operationLeases.progress(reader));
        split(
                own,
                files,
                database,
                () -> {
                    requireMine.run();
                    if (filesTo != null) {
                        applicationFiles.create(filesTo);
                    }
                },
                (name, part) -> {
                    if (filesTo != null) {
                        applicationFiles.write(filesTo, name, part);
                    }
                });
    }

    /**
     * Passes content on, in its parts.
     *
     * @param files how many there are; null: the content is that of the database alone
     * @param beforeFiles runs when the database was read, if the content has files
     */
    static void split(
            InputStream content,
            @Nullable Long files,
            Consumer<? super InputStream> database,
            Runnable beforeFiles,
            ArchiveSections.Receiver receiver) {
        if (files == null) {
            database.accept(content);
            return;
        }
        ArchiveSections parts = new ArchiveSections(content);
        database.accept(parts.database());
        beforeFiles.run();
        try {
            if (parts.files(receiver) != files) {
                throw new DamagedContent("The number of files is not that of the manifest");
            }
        } catch (EOFException e) {
            throw new UncheckedIOException(new DamagedContent("The files end too early"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
