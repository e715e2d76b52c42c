// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.allotment.ErrorCodes;
import dev.allotment.Parameter;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.Credential;
import dev.allotment.spi.backend.DatabaseExport;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A database is written as files for other programs, in the state of one moment and without the records of the SPI. */
public abstract class ExportContract extends Contract {
    private static final String SECRET = "hash-of-a-password-4711";
    private static final DatabaseRef SHOP = ref("shop.example", 1);

    /** For subclasses. */
    protected ExportContract() {}

    @TestFactory
    Stream<DynamicTest> declared() {
        return where(
                databases().transfer() != null,
                TRANSFER,
                exportTest("an export has the records and files with different names", this::checkFiles),
                exportTest("an export has the state of one moment, while the database stays in use", this::checkMoment),
                exportTest("an export has what scripts created, with its rows and views", this::checkScripts),
                exportTest("an export has nothing of the records of the SPI in its files", this::checkContent),
                exportTest("a database of another identity and a missing one are refused", this::checkIdentity),
                exportTest("an exception of the receiver is passed on", this::checkReceiver),
                exportTest("what was sent is exported without a database", this::checkSent));
    }

    private DynamicTest exportTest(String name, Runnable check) {
        return dynamicTest(name, () -> {
            databases().list().forEach(databases()::drop);
            check.run();
        });
    }

    private static class Collected implements DatabaseExport {
        final List<List<String>> records = new ArrayList<>();
        final Map<String, String> files = new LinkedHashMap<>();

        @Override
        public void records(Transaction transaction) {
            assertThat(files).isEmpty();
            records.add(parameters(transaction));
        }

        @Override
        public <R extends Record> void records(RecordType<R> type, Iterator<R> each) {
            assertThat(files).isEmpty();
            if (type.equals(RecordTypes.PARAMETERS)) {
                List<Parameter> found = new ArrayList<>();
                each.forEachRemaining(record -> found.add((Parameter) (Object) record));
                records.add(found.stream().map(Parameter::value).toList());
            }
        }

        @Override
        public void file(String name, InputStream content) {
            assertThat(records).hasSize(1);
            try {
                assertThat(files.put(name, new String(content.readAllBytes(), StandardCharsets.UTF_8)))
                        .as(name)
                        .isNull();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        String all() {
            return String.join("\n", files.values());
        }
    }

    private Collected exported() {
        Collected collected = new Collected();
        transfer().export(SHOP, collected);
        return collected;
    }

    private void checkFiles() {
        databaseWith(SHOP.name(), 1, "value");
        Collected closed = exported();
        databases().open(SHOP);
        Collected open = exported();

        assertThat(open.records).isEqualTo(closed.records).containsExactly(List.of("value"));
        assertThat(open.files).isEqualTo(closed.files).isNotEmpty();
        assertThat(open.files.keySet())
                .allMatch(name -> name.matches("[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*"));
        assertThat(databases().list()).containsExactly(SHOP);
        fixture().isOpen(backend(), SHOP).ifPresent(isOpen -> assertThat(isOpen).isTrue());
    }

    private void checkMoment() {
        databaseWith(SHOP.name(), 1, "before");
        transfer().export(SHOP, new Collected() {
            @Override
            public void records(Transaction transaction) {
                super.records(transaction);
                write(SHOP, "meanwhile");
                assertThat(parameters(transaction)).containsExactly("before");
            }
        });
        assertThat(written(SHOP)).containsExactly("before", "meanwhile");
    }

    private void checkScripts() {
        need(Capability.SCRIPTS);
        databases().create(SHOP);
        databases().configure(SHOP, tx -> {
            tx.run(fixture().exportedScript().script());
            return null;
        });
        List<String> texts = fixture().exportedScript().texts();
        assertThat(exported().all()).contains(texts);
        byte[] sent = sent(SHOP);
        databases().drop(SHOP);
        Collected collected = new Collected();
        transfer().export(SHOP, new ByteArrayInputStream(sent), collected);
        assertThat(collected.all()).contains(texts);
    }

    /** Stores a record of each type, in which every text occurs nowhere else. */
    private void checkContent() {
        databases().create(SHOP);
        databases().transact(SHOP, tx -> {
            RecordTypes.database().forEach(type -> insertMarked(tx, type));
            return null;
        });
        Collected present = exported();
        assertThat(present.all()).doesNotContain(SECRET);
        byte[] sent = sent(SHOP);
        Collected collected = new Collected();
        transfer().export(SHOP, new ByteArrayInputStream(sent), collected);
        assertThat(collected.all()).doesNotContain(SECRET);
    }

    private static <R extends Record> void insertMarked(Transaction transaction, RecordType<R> type) {
        R record = Samples.full(type, 1);
        RecordComponent[] components = type.javaType().getRecordComponents();
        for (int i = 0; i < components.length; i++) {
            if (components[i].getType() == String.class) {
                record = Samples.with(
                        type, record, type.fields().get(i), SECRET + "-" + type.name() + "-" + components[i].getName());
            }
        }
        transaction.records(type).insert(record);
    }

    private void checkIdentity() {
        databases().create(SHOP);
        Collected nothing = new Collected();
        assertRefused(ErrorCodes.DATABASE_FOREIGN, () -> transfer().export(ref(SHOP.name(), 2), nothing));
        assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> transfer().export(ref("missing.example", 3), nothing));
        assertThat(nothing.records).isEmpty();
    }

    private void checkReceiver() {
        databases().create(SHOP);
        IllegalStateException failure = new IllegalStateException("on purpose");
        assertThatThrownBy(() -> transfer().export(SHOP, new Collected() {
                    @Override
                    public void file(String name, InputStream content) {
                        throw failure;
                    }
                }))
                .isSameAs(failure);
        assertThat(exported().files).isNotEmpty();
    }

    private void checkSent() {
        databaseWith(SHOP.name(), 1, "value \t\\ with\n\"all\", 'kinds'");
        write(SHOP, "");
        databases().transact(SHOP, tx -> tx.records(RecordTypes.CREDENTIALS).insert(new Credential(0, 1, SECRET)));
        Collected present = exported();
        byte[] sent = sent(SHOP);
        databases().drop(SHOP);

        Collected collected = new Collected();
        transfer().export(SHOP, new ByteArrayInputStream(sent), collected);

        assertThat(collected.records)
                .singleElement()
                .asInstanceOf(InstanceOfAssertFactories.list(String.class))
                .containsExactlyInAnyOrderElementsOf(present.records.get(0));
        assertThat(collected.files).isEqualTo(present.files);
        assertThat(collected.all()).doesNotContain(SECRET);
        assertThat(databases().list()).isEmpty();
        byte[] half = Arrays.copyOf(sent, sent.length / 2);
        assertRefused(
                ErrorCodes.BACKEND_UNAVAILABLE,
                () -> transfer().export(SHOP, new ByteArrayInputStream(half), new Collected()));
    }
}
