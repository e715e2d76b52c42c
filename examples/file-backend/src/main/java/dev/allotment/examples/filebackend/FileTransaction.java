// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.filebackend;

import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.RowQuota;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A transaction. It works on its own snapshot of the file. */
final class FileTransaction implements DatabaseTransaction {
    private final Snapshot snapshot;

    private FileTransaction(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    /** Runs the work and stores the snapshot. Stores nothing if the work throws. */
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

    // A snapshot stores the records of a type under the type's name.
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
            throw FileProblems.invalid("Sequence " + sequence + " does not exist.");
        }
        return snapshot.next(sequence);
    }

    /** Refuses scripts: the backend does not have the capability SCRIPTS. */
    @Override
    public void run(String script) {
        throw FileProblems.unsupported("The file backend does not run scripts. Use add-ons without scripts.");
    }

    /** Refuses row quotas: the backend does not have the capability ROW_QUOTAS. */
    @Override
    public void enforce(List<RowQuota> quotas) {
        throw FileProblems.noRowQuotas();
    }

    @Override
    public OptionalLong count(RowQuota quota) {
        throw FileProblems.noRowQuotas();
    }
}
