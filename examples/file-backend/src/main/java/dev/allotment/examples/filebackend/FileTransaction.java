// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.filebackend;

import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Work on a snapshot that nobody else sees. */
final class FileTransaction implements DatabaseTransaction {
    private final Snapshot snapshot;

    private FileTransaction(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    /** Stores what the work made of the snapshot. What the work throws comes out of here before anything is stored. */
    static <T extends @Nullable Object> T run(
            FileStorage storage, Path file, Snapshot snapshot, Function<? super FileTransaction, ? extends T> work)
            throws IOException {
        String before = snapshot.text();
        T result = work.apply(new FileTransaction(snapshot));
        String after = snapshot.text();
        if (!after.equals(before)) {
            storage.write(file, after);
        }
        return result;
    }

    // A snapshot has the records of a type under its name.
    @SuppressWarnings("unchecked")
    @Override
    public <R extends Record> Records<R> records(RecordType<R> type) {
        FileRecords<?> records = snapshot.records(type.name());
        if (records == null || records.type().javaType() != type.javaType()) {
            throw FileProblems.invalid("Records of " + type.name() + " are not stored here.");
        }
        return (Records<R>) records;
    }

    @Override
    public long next(String sequence) {
        if (!RecordTypes.sequences().contains(sequence)) {
            throw FileProblems.invalid("There is no sequence " + sequence + ".");
        }
        return snapshot.next(sequence);
    }

    /** The capability SCRIPTS is not declared, so they are refused. */
    @Override
    public void run(String script) {
        throw FileProblems.unsupported("The file backend runs no scripts, so it has add-ons without scripts only.");
    }
}
