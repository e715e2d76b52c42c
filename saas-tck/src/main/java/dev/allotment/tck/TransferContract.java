// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RowQuota;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A database is copied to another server, completely or not at all. The other server belongs to another fixture. */
public abstract class TransferContract extends Contract {
    private static final DatabaseRef SHOP = ref("shop.example", 1);
    private static final DatabaseRef COPY = ref("copy.example", 2);

    /** For subclasses. */
    protected TransferContract() {}

    /** A test that has a second, empty server. */
    private interface Check {
        void with(Backend other, Databases there) throws Exception;
    }

    @TestFactory
    Stream<DynamicTest> declared() {
        return where(
                databases().transfer() != null,
                TRANSFER,
                transferTest("both servers have the same format", this::checkFormat),
                transferTest("a copy has all records, is closed, and is independent of its source", this::checkRecords),
                transferTest("a copy continues the ids of its source", this::checkIds),
                transferTest(
                        "a copy has the state of its source at one moment, while the source stays in use",
                        this::checkMoment),
                transferTest("a copy has what scripts created", this::checkScripts),
                transferTest("a copy enforces the row quotas of its source", this::checkLimits),
                transferTest("a copy can be used like any other database", this::checkUse),
                transferTest("an existing database is not changed, and nothing is read", this::checkThere),
                transferTest("a database of another identity and a missing one are refused", this::checkIdentity),
                transferTest("truncated content creates no database", this::checkCutOff),
                transferTest("a source that fails during the transfer creates no database", this::checkFailing),
                transferTest("a half-created database is created again", this::checkHalfMade),
                transferTest("content of another kind is refused", this::checkOtherKind),
                transferTest("content has the version of the format, and a newer one is refused", this::checkVersion),
                transferTest("the content that is received stays open", this::checkStaysOpen),
                transferTest("an exception of the receiver is passed on", this::checkReceiver),
                transferTest("a received database takes the place of another one, once", this::checkReplace),
                transferTest("a database of another identity or a missing one is not replaced", this::checkNotReplaced),
                transferTest("a replaced database has the row quotas of the other one", this::checkReplacedQuotas),
                transferTest("two databases exchange their identities, once", this::checkExchange),
                transferTest("exchanged databases keep their row quotas", this::checkExchangedQuotas),
                transferTest(
                        "a database of another identity or a missing one is not exchanged", this::checkNotExchanged));
    }

    private DynamicTest transferTest(String name, Check check) {
        return dynamicTest(name, () -> {
            for (DatabaseRef database : databases().list()) {
                databases().drop(database);
            }
            FixtureBackends other = new FixtureBackends(newFixture());
            try {
                Backend backend = other.backend();
                check.with(backend, backend.databases(BackendFixture.DEFAULT_SERVER));
            } finally {
                other.close();
            }
        });
    }

    private void copyTo(Databases there) {
        transfer().send(SHOP, content -> transfer(there).receive(COPY, content));
    }

    private static Stream<String> writtenIn(Databases there, DatabaseRef database) {
        return there.transact(database, Contract::parameters).stream();
    }

    private void checkFormat(Backend other, Databases there) {
        assertThat(transfer().transferFormat()).isEqualTo(transfer(there).transferFormat());
        assertThat(transfer().transferFormat().name()).isNotBlank();
        assertThat(transfer().transferFormat().version()).isPositive();
    }

    private void checkRecords(Backend other, Databases there) {
        databases().create(SHOP);
        databases().open(SHOP);
        RecordPlace source = RecordPlace.of(databases(), SHOP);
        source.fill();
        Map<String, List<?>> before = source.contents();
        copyTo(there);

        assertThat(RecordPlace.of(there, COPY).contents()).isEqualTo(before);
        assertThat(source.contents()).isEqualTo(before);
        assertThat(there.list()).containsExactly(COPY);
        assertThat(databases().list()).containsExactly(SHOP);
        fixture().isOpen(backend(), SHOP).ifPresent(open -> assertThat(open).isTrue());
        fixture().isOpen(other, COPY).ifPresent(open -> assertThat(open).isFalse());
        there.transact(COPY, tx -> insertParameter(tx, "in the copy"));
        write(SHOP, "in the source");
        assertThat(writtenIn(there, COPY)).hasSize(4).endsWith("in the copy");
        assertThat(written(SHOP)).hasSize(4).endsWith("in the source");
        databases().drop(SHOP);
        assertThat(writtenIn(there, COPY)).hasSize(4);
    }

    private void checkIds(Backend other, Databases there) {
        databases().create(SHOP);
        RecordPlace source = RecordPlace.of(databases(), SHOP);
        source.fill();
        source.deleteLast();
        copyTo(there);

        assertThat(RecordPlace.of(there, COPY).moreIds())
                .allSatisfy((type, id) -> assertThat(id).as(type).isGreaterThan(3));
    }

    private void checkMoment(Backend other, Databases there) {
        databaseWith(SHOP.name(), 1, "before");
        transfer().send(SHOP, content -> {
            write(SHOP, "meanwhile");
            transfer(there).receive(COPY, content);
        });
        assertThat(writtenIn(there, COPY)).containsExactly("before");
        assertThat(written(SHOP)).containsExactly("before", "meanwhile");
    }

    private void checkScripts(Backend other, Databases there) {
        need(Capability.SCRIPTS);
        databases().create(SHOP);
        databases().configure(SHOP, tx -> {
            tx.run(fixture().scripts().createTable());
            return null;
        });
        copyTo(there);
        assertThat(fixture().hasTable(other, COPY)).isTrue();
        there.configure(COPY, tx -> {
            tx.run(fixture().scripts().useTable());
            return null;
        });
    }

    private void checkLimits(Backend other, Databases there) {
        need(Capability.ROW_QUOTAS);
        limit(databases(), SHOP);
        databases().open(SHOP);
        assertInserts(backend(), SHOP, true);
        copyTo(there);
        there.configure(COPY, tx -> {
            tx.enforce(List.of(one()));
            return null;
        });
        there.open(COPY);
        assertThat(there.<OptionalLong>transact(COPY, tx -> tx.count(one()))).hasValue(1);
        assertInserts(other, COPY, false);
        assertInserts(backend(), SHOP, false);
    }

    /** Returns a quota of one row. */
    private RowQuota one() {
        return new RowQuota(fixture().limitedTable().name(), Filter.all(), 1, "kit", "[]");
    }

    /** Creates a database that may have one row. */
    private void limit(Databases databases, DatabaseRef database) {
        databases.create(database);
        databases.configure(database, tx -> {
            tx.run(fixture().limitedTable().create());
            tx.enforce(List.of(one()));
            return null;
        });
    }

    private void assertInserts(Backend backend, DatabaseRef database, boolean inserts) {
        assertThat(fixture().inserts(backend, database, "row", true).isEmpty())
                .as("a row is inserted into %s", database.name())
                .isEqualTo(inserts);
    }

    private void checkReplacedQuotas(Backend other, Databases there) {
        need(Capability.ROW_QUOTAS);
        databases().create(SHOP);
        limit(databases(), COPY);
        transfer().replace(SHOP, COPY);
        databases().open(SHOP);
        assertInserts(backend(), SHOP, true);
        assertInserts(backend(), SHOP, false);
        assertThat(databases().<OptionalLong>transact(SHOP, tx -> tx.count(one())))
                .hasValue(1);
    }

    private void checkExchangedQuotas(Backend other, Databases there) {
        need(Capability.ROW_QUOTAS);
        databases().create(SHOP);
        databases().configure(SHOP, tx -> {
            tx.run(fixture().limitedTable().create());
            tx.enforce(List.of());
            return null;
        });
        limit(databases(), COPY);
        transfer().exchange(SHOP, COPY);
        DatabaseRef limited = ref(COPY.name(), 1);
        DatabaseRef free = ref(SHOP.name(), 2);
        databases().open(limited);
        databases().open(free);
        assertInserts(backend(), limited, true);
        assertInserts(backend(), limited, false);
        assertInserts(backend(), free, true);
        assertInserts(backend(), free, true);
    }

    private void checkUse(Backend other, Databases there) {
        databaseWith(SHOP.name(), 1, "source");
        copyTo(there);
        there.open(COPY);
        fixture().isOpen(other, COPY).ifPresent(open -> assertThat(open).isTrue());
        there.rename(COPY, "renamed.example");
        DatabaseRef renamed = new DatabaseRef("renamed.example", COPY.uuid());
        DatabaseRef second = ref("second.example", 3);
        there.copy(renamed, second);
        assertThat(writtenIn(there, second)).containsExactly("source");
        DatabaseRef back = ref("back.example", 4);
        transfer(there).send(renamed, content -> transfer().receive(back, content));
        assertThat(written(back)).containsExactly("source");
        there.drop(renamed);
        assertThat(there.list()).containsExactly(second);
    }

    private void checkThere(Backend other, Databases there) {
        databaseWith(SHOP.name(), 1, "source");
        copyTo(there);
        there.transact(COPY, tx -> insertParameter(tx, "in the copy"));
        there.open(COPY);
        transfer(there).receive(COPY, failing());
        copyTo(there);

        assertThat(writtenIn(there, COPY)).containsExactly("source", "in the copy");
        fixture().isOpen(other, COPY).ifPresent(open -> assertThat(open).isTrue());
    }

    private void checkIdentity(Backend other, Databases there) {
        assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> transfer().send(SHOP, content -> {}));
        databaseWith(SHOP.name(), 1, "source");
        assertRefused(ErrorCodes.DATABASE_FOREIGN, () -> transfer().send(ref(SHOP.name(), 5), content -> {}));
        there.create(ref(COPY.name(), 6));
        assertRefused(ErrorCodes.DATABASE_FOREIGN, () -> copyTo(there));
        assertThat(there.list()).containsExactly(ref(COPY.name(), 6));
        assertThat(writtenIn(there, ref(COPY.name(), 6))).isEmpty();
    }

    private void checkCutOff(Backend other, Databases there) {
        databaseWith(SHOP.name(), 1, "source");
        byte[] whole = sent(SHOP);
        for (int length : new int[] {0, 1, whole.length / 3, whole.length / 2, whole.length - 1}) {
            assertNotMade(there, new ByteArrayInputStream(Arrays.copyOf(whole, length)));
        }
        transfer(there).receive(COPY, new ByteArrayInputStream(whole));
        assertThat(writtenIn(there, COPY)).containsExactly("source");
    }

    private void checkFailing(Backend other, Databases there) {
        databaseWith(SHOP.name(), 1, "source");
        byte[] whole = sent(SHOP);
        assertNotMade(
                there,
                new SequenceInputStream(new ByteArrayInputStream(Arrays.copyOf(whole, whole.length / 2)), failing()));
        there.drop(COPY);
        assertThat(there.list()).isEmpty();
        assertThat(there.remains(COPY)).doesNotContainValue(true);
    }

    private static void assertNotMade(Databases there, InputStream content) {
        assertRefused(ErrorCodes.BACKEND_UNAVAILABLE, () -> transfer(there).receive(COPY, content));
        assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> writtenIn(there, COPY));
        assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> there.open(COPY));
    }

    private static InputStream failing() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the source is gone");
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                throw new IOException("the source is gone");
            }
        };
    }

    private void checkHalfMade(Backend other, Databases there) throws Exception {
        try (BackendFixture fixture = newFixture();
                Backend backend = fixture.open()) {
            backend.catalog().migrate();
            if (fixture.leaveHalfMade(backend, COPY)) {
                databaseWith(SHOP.name(), 1, "source");
                Databases halfway = backend.databases(BackendFixture.DEFAULT_SERVER);
                copyTo(halfway);
                assertThat(writtenIn(halfway, COPY)).containsExactly("source");
            }
        }
    }

    private void checkOtherKind(Backend other, Databases there) {
        byte[] bytes =
                "This is not a database, however long it may be.".repeat(100).getBytes(StandardCharsets.UTF_8);
        assertRefused(
                ErrorCodes.BACKEND_UNSUPPORTED, () -> transfer(there).receive(COPY, new ByteArrayInputStream(bytes)));
        assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> writtenIn(there, COPY));
    }

    private void checkVersion(Backend other, Databases there) {
        databaseWith(SHOP.name(), 1, "source");
        byte[] whole = sent(SHOP);
        int version = transfer(there).transferFormat().version();
        Optional<byte[]> present = fixture().ofVersion(whole, version);
        need(present.isPresent(), "ofVersion of the fixture");
        assertThat(present).hasValue(whole);
        byte[] newer = fixture().ofVersion(whole, version + 1).orElseThrow();
        assertThat(newer).isNotEqualTo(whole);
        assertRefused(
                ErrorCodes.BACKEND_UNSUPPORTED, () -> transfer(there).receive(COPY, new ByteArrayInputStream(newer)));
        assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> writtenIn(there, COPY));
        transfer(there).receive(COPY, new ByteArrayInputStream(whole));
        assertThat(writtenIn(there, COPY)).containsExactly("source");
    }

    private void checkStaysOpen(Backend other, Databases there) {
        databaseWith(SHOP.name(), 1, "source");
        AtomicBoolean closed = new AtomicBoolean();
        transfer(there).receive(COPY, new FilterInputStream(new ByteArrayInputStream(sent(SHOP))) {
            @Override
            public void close() {
                closed.set(true);
            }
        });
        assertThat(closed).as("closed").isFalse();
    }

    private void checkReceiver(Backend other, Databases there) {
        databaseWith(SHOP.name(), 1, "source");
        IllegalStateException thrown = new IllegalStateException("on purpose");
        assertThatThrownBy(() -> transfer().send(SHOP, content -> {
                    throw thrown;
                }))
                .isSameAs(thrown);
        copyTo(there);
        assertThat(writtenIn(there, COPY)).containsExactly("source");
    }

    private void checkReplace(Backend other, Databases there) {
        databaseWith(SHOP.name(), 1, "source");
        copyTo(there);
        // Both servers may have the same names.
        databases().drop(SHOP);
        there.transact(COPY, tx -> insertParameter(tx, "in the copy"));
        there.create(SHOP);
        there.transact(SHOP, tx -> insertParameter(tx, "replaced"));
        there.open(SHOP);
        transfer(there).replace(SHOP, COPY);

        assertThat(there.list()).containsExactly(SHOP);
        assertThat(writtenIn(there, SHOP)).containsExactly("source", "in the copy");
        assertThat(there.exists(COPY.name())).isFalse();
        assertThat(there.remains(COPY)).doesNotContainValue(true);
        assertThat(there.find(COPY.uuid())).isNull();
        fixture().isOpen(other, SHOP).ifPresent(open -> assertThat(open).isFalse());
        there.transact(SHOP, tx -> insertParameter(tx, "later"));
        there.open(SHOP);
        fixture().isOpen(other, SHOP).ifPresent(open -> assertThat(open).isTrue());
        transfer(there).replace(SHOP, COPY);
        assertThat(writtenIn(there, SHOP)).containsExactly("source", "in the copy", "later");
        there.rename(SHOP, "renamed.example");
        there.drop(new DatabaseRef("renamed.example", SHOP.uuid()));
        assertThat(there.list()).isEmpty();
    }

    private void checkNotReplaced(Backend other, Databases there) {
        databaseWith(SHOP.name(), 1, "source");
        copyTo(there);
        databases().drop(SHOP);
        assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> transfer(there).replace(SHOP, COPY));
        there.create(ref(SHOP.name(), 5));
        assertRefused(ErrorCodes.DATABASE_FOREIGN, () -> transfer(there).replace(SHOP, COPY));
        assertRefused(
                ErrorCodes.DATABASE_FOREIGN, () -> transfer(there).replace(ref(SHOP.name(), 5), ref(COPY.name(), 6)));
        assertThat(there.list()).containsExactly(COPY, ref(SHOP.name(), 5));
        assertThat(writtenIn(there, COPY)).containsExactly("source");
        assertThat(writtenIn(there, ref(SHOP.name(), 5))).isEmpty();
    }

    private void checkExchange(Backend other, Databases there) {
        databaseWith(SHOP.name(), 1, "source");
        copyTo(there);
        databases().drop(SHOP);
        there.create(SHOP);
        there.transact(SHOP, tx -> insertParameter(tx, "shop"));
        there.open(SHOP);
        transfer(there).exchange(SHOP, COPY);

        DatabaseRef shop = ref(COPY.name(), 1);
        DatabaseRef copy = ref(SHOP.name(), 2);
        assertThat(there.list()).containsExactly(shop, copy);
        assertThat(there.find(SHOP.uuid())).isEqualTo(shop);
        assertThat(writtenIn(there, shop)).containsExactly("source");
        assertThat(writtenIn(there, copy)).containsExactly("shop");
        for (DatabaseRef each : List.of(shop, copy)) {
            fixture().isOpen(other, each).ifPresent(open -> assertThat(open).isFalse());
            there.transact(each, tx -> insertParameter(tx, "later"));
            there.open(each);
        }
        transfer(there).exchange(SHOP, COPY);
        assertThat(there.list()).containsExactly(shop, copy);
        fixture().isOpen(other, shop).ifPresent(open -> assertThat(open).isTrue());
        there.rename(copy, "between.example");
        there.rename(shop, SHOP.name());
        there.rename(ref("between.example", 2), COPY.name());
        assertThat(writtenIn(there, SHOP)).containsExactly("source", "later");
        assertThat(writtenIn(there, COPY)).containsExactly("shop", "later");
        transfer(there).exchange(SHOP, COPY);
        assertThat(writtenIn(there, shop)).as("exchanged again").containsExactly("shop", "later");
        there.drop(shop);
        there.drop(copy);
        assertThat(there.list()).isEmpty();
        assertThat(there.remains(SHOP)).doesNotContainValue(true);
    }

    private void checkNotExchanged(Backend other, Databases there) {
        there.create(SHOP);
        there.transact(SHOP, tx -> insertParameter(tx, "shop"));
        assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> transfer(there).exchange(SHOP, COPY));
        assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> transfer(there).exchange(COPY, SHOP));
        there.create(ref(COPY.name(), 5));
        assertRefused(ErrorCodes.DATABASE_FOREIGN, () -> transfer(there).exchange(SHOP, COPY));
        assertRefused(ErrorCodes.DATABASE_FOREIGN, () -> transfer(there).exchange(COPY, SHOP));
        assertThat(there.list()).containsExactly(ref(COPY.name(), 5), SHOP);
        assertThat(writtenIn(there, SHOP)).containsExactly("shop");
    }
}
