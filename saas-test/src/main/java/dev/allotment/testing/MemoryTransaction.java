// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.RowQuota;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * A transaction on a snapshot. It refuses everything that some database refuses: use by another thread, after it
 * finished, or after an error that makes a database's transaction unusable.
 */
final class MemoryTransaction implements DatabaseTransaction {
    private static final Pattern FAILING = Pattern.compile("\\s*fail\\b.*", Pattern.DOTALL);

    private final Thread owner = Thread.currentThread();
    private final Map<String, RecordType<?>> types;
    private final List<String> sequences;
    private final boolean scriptsAllowed;
    private final MemoryState begin;
    private final Map<String, MemoryTable<?>> written = new HashMap<>();
    private final Map<String, Long> numbers = new HashMap<>();
    private final List<String> scripts = new ArrayList<>();
    private boolean failed;
    private boolean ended;

    MemoryTransaction(
            Map<String, RecordType<?>> types, List<String> sequences, MemoryState begin, boolean scriptsAllowed) {
        this.types = types;
        this.sequences = sequences;
        this.begin = begin;
        this.scriptsAllowed = scriptsAllowed;
    }

    @Override
    public <R extends Record> Records<R> records(RecordType<R> type) {
        checkUsable();
        RecordType<?> known = types.get(type.name());
        if (known == null || known.javaType() != type.javaType()) {
            throw MemoryProblems.invalid(
                    "Records of " + type.name() + " are not stored here. Stored here are "
                            + String.join(", ", types.keySet()) + ".",
                    Map.of("type", type.name()));
        }
        return new MemoryRecords<>(this, type);
    }

    @Override
    public long next(String sequence) {
        checkUsable();
        if (!sequences.contains(sequence)) {
            throw MemoryProblems.invalid("No sequence " + sequence + " exists here.", Map.of("sequence", sequence));
        }
        long last = numbers.getOrDefault(sequence, begin.sequences().getOrDefault(sequence, 0L));
        numbers.put(sequence, last + 1);
        return last + 1;
    }

    @Override
    public void run(String script) {
        checkUsable();
        if (!scriptsAllowed) {
            throw MemoryProblems.unsupported("Scripts can run only in a configuration.");
        }
        if (FAILING.matcher(script).matches()) {
            failed = true;
            throw MemoryProblems.scriptFailed(new IllegalArgumentException("The script starts with the word fail."));
        }
        scripts.add(script);
    }

    @Override
    public void enforce(List<RowQuota> quotas) {
        throw MemoryProblems.noRowQuotas();
    }

    @Override
    public OptionalLong count(RowQuota quota) {
        throw MemoryProblems.noRowQuotas();
    }

    <R extends Record> MemoryTable<R> read(RecordType<R> type) {
        checkUsable();
        return table(type);
    }

    <R extends Record> MemoryTable<R> write(RecordType<R> type) {
        checkUsable();
        if (!written.containsKey(type.name())) {
            written.put(type.name(), table(type).copy());
        }
        return table(type);
    }

    /** Makes every later use of this transaction fail. */
    void fail() {
        failed = true;
    }

    /** Returns what is to be committed. */
    MemoryState result() {
        checkUsable();
        return begin.with(written, numbers, scripts);
    }

    void end() {
        ended = true;
    }

    private void checkUsable() {
        if (ended) {
            throw MemoryProblems.misused("A transaction was used after it finished.");
        }
        if (Thread.currentThread() != owner) {
            throw MemoryProblems.misused("A transaction was used by another thread than its own.");
        }
        if (failed) {
            throw MemoryProblems.misused(
                    "A transaction was used after an error. It cannot be used any more, and nothing of it is stored.");
        }
    }

    // The place stores the table of each type under the name of that type, with the same Java type.
    @SuppressWarnings("unchecked")
    private <R extends Record> MemoryTable<R> table(RecordType<R> type) {
        MemoryTable<?> changed = written.get(type.name());
        MemoryTable<?> table = changed == null ? begin.tables().get(type.name()) : changed;
        if (table == null) {
            throw MemoryProblems.invalid(
                    "Records of " + type.name() + " are not stored here.", Map.of("type", type.name()));
        }
        return (MemoryTable<R>) table;
    }
}
