// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.CatalogMarks;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.ServerWatch;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.Transfer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;

/**
 * What the contracts have in common. Each test has its own fixture, and so its storage is empty at the start. If a
 * contract says so, a test reuses the emptied fixture of the previous test. Subclass one of the contracts, or
 * {@link BackendContract} for all of them.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class Contract {
    private static final Pattern NOT_FOR_PERSONS = Pattern.compile(
            "\\w(Exception|Error)\\b|jdbc:|SQLSTATE|(?<![\\w:./])/\\w[\\w.-]*/\\w|[A-Z]:\\\\|\\b[a-z]+\\.[a-z.]+\\.[A-Z]\\w+");

    /** A test that failed may have left anything in the storage, so it is not reused. */
    @RegisterExtension
    final AfterTestExecutionCallback failureNote =
            test -> test.getExecutionException().ifPresent(failure -> distrustStorage());

    private @Nullable FixtureBackends storage;
    private boolean distrusted;

    Contract() {}

    /** Returns a fixture with a new, empty storage. */
    protected abstract BackendFixture newFixture() throws Exception;

    /**
     * Whether tests reuse the emptied storage of the previous test, because opening one may take longer than a test.
     */
    boolean sharesStorage() {
        return false;
    }

    @BeforeEach
    final void openStorage() throws Exception {
        if (storage == null) {
            storage = new FixtureBackends(newFixture());
        } else {
            storage.empty();
        }
    }

    @AfterEach
    final void closeStorage() {
        if (storage != null && !distrusted) {
            storage.assertNothingInUse();
        }
        if (distrusted || !sharesStorage()) {
            closeLastStorage();
        }
    }

    @AfterAll
    final void closeLastStorage() {
        FixtureBackends last = storage;
        storage = null;
        distrusted = false;
        if (last != null) {
            last.close();
        }
    }

    /** Makes the next test start with a new storage. */
    final void distrustStorage() {
        distrusted = true;
    }

    private FixtureBackends storage() {
        return Objects.requireNonNull(storage, "JUnit opens a storage before each test");
    }

    final BackendFixture fixture() {
        return storage().fixture();
    }

    /** Returns the backend under test, ready for use. The first thread of a test that needs it opens it. */
    final Backend backend() {
        return storage().backend();
    }

    /** Opens another backend on the same storage, ready for use. */
    final Backend openReady() {
        return storage().openReady();
    }

    /** Opens another backend on the same storage, with its content. */
    final Backend open() {
        return storage().open();
    }

    /** Closes the backend under test. The next one is opened on the same storage. */
    final void restart() {
        storage().restart();
    }

    /** Does what {@link #restart} does, but as if the process had been killed. */
    final void killAndRestart() {
        storage().killAndRestart();
    }

    final Catalog catalog() {
        return backend().catalog();
    }

    final Databases databases() {
        return backend().databases(BackendFixture.DEFAULT_SERVER);
    }

    /**
     * Returns the databases for one of several threads: half of the threads work with a second backend if the storage
     * can be {@linkplain Capability#SHARED shared}.
     */
    final Databases databasesOf(int thread) {
        Backend mine =
                thread % 2 == 1 && declares(Capability.SHARED) ? storage().second() : backend();
        return mine.databases(BackendFixture.DEFAULT_SERVER);
    }

    final RecordPlace catalogPlace() {
        return RecordPlace.of(catalog());
    }

    /** Creates a database and returns it, closed. */
    final RecordPlace databasePlace() {
        databases().create(FixtureBackends.PLACE);
        return RecordPlace.of(databases(), FixtureBackends.PLACE);
    }

    final List<RecordPlace> places() {
        return List.of(catalogPlace(), databasePlace());
    }

    final boolean declares(Capability capability) {
        return backend().capabilities().contains(capability);
    }

    /** Returns one of several tests that share a storage. */
    final DynamicTest dynamicTest(String name, Executable check) {
        return DynamicTest.dynamicTest(name, () -> {
            try {
                check.execute();
            } catch (Throwable e) {
                distrustStorage();
                throw e;
            }
        });
    }

    /** Returns one test per place. */
    final Stream<DynamicTest> everywhere(PlaceCheck check) {
        return places().stream().map(place -> dynamicTest(place.name(), () -> check.on(place)));
    }

    /** Returns one test per place and type of record stored there. */
    final Stream<DynamicTest> forEveryType(TypeCheck check) {
        return places().stream()
                .flatMap(place -> place.types().stream()
                        .map(type -> dynamicTest(place.name() + ": " + type.name(), () -> check.on(place, type))));
    }

    /** Returns these tests if the backend declares a capability, and otherwise a skipped one that names it. */
    final Stream<DynamicTest> with(Capability capability, DynamicTest... tests) {
        return where(declares(capability), capability.name(), tests);
    }

    /** Returns these tests if the backend does not declare a capability. */
    final Stream<DynamicTest> without(Capability capability, DynamicTest... tests) {
        return declares(capability) ? Stream.empty() : Stream.of(tests);
    }

    /** Returns these tests if the condition is true, and otherwise a skipped one that names what is missing. */
    static Stream<DynamicTest> where(boolean condition, String missing, DynamicTest... tests) {
        return condition ? Stream.of(tests) : Stream.of(absent(missing));
    }

    /** Returns a test that is skipped, so that what was not tested is seen in the result. */
    static DynamicTest absent(String missing) {
        return DynamicTest.dynamicTest("not tested without " + missing, () -> need(false, missing));
    }

    /** Skips the rest of a test, and names what is missing, if the condition is false. */
    static void need(boolean condition, String missing) {
        Assumptions.assumeTrue(condition, () -> "Not tested: the backend does not have " + missing + ".");
    }

    final void need(BackendFixture.Optionally ability) {
        need(!fixture().lacks().contains(ability), ability.name());
    }

    final void need(Capability capability) {
        need(declares(capability), capability.name());
    }

    static DatabaseRef ref(String name, long identity) {
        return new DatabaseRef(name, new UUID(0x5AA5_0000_0000_4000L, 0x8000_0000_0000_0000L | identity));
    }

    /** Creates a database that has a record with this text. */
    final DatabaseRef databaseWith(String name, long identity, String value) {
        DatabaseRef database = ref(name, identity);
        databases().create(database);
        write(database, value);
        return database;
    }

    final void write(DatabaseRef database, String value) {
        databases().transact(database, tx -> insertParameter(tx, value));
    }

    /** Returns what {@link #write} wrote, in order. */
    final List<String> written(DatabaseRef database) {
        return databases().transact(database, Contract::parameters);
    }

    /** Checks whether the application of a database can connect, if the fixture can try. */
    final void assertOpen(DatabaseRef database, boolean open) {
        fixture()
                .isOpen(backend(), database)
                .ifPresent(found ->
                        assertThat(found).as("%s is open", database.name()).isEqualTo(open));
    }

    /** Ends sessions as the maintenance does every few seconds, if the backend does that. */
    final void endExcessiveSessions() {
        ServerWatch watch = databases().watch();
        if (watch != null) {
            watch.endExcessiveSessions();
        }
    }

    /** Returns the marks of the server. Skips the rest of a test without them. */
    final CatalogMarks marks() {
        CatalogMarks marks = databases().marks();
        need(marks != null, "marks (Databases.marks)");
        return Objects.requireNonNull(marks);
    }

    /** What a backend lacks without {@link Databases#transfer}. */
    static final String TRANSFER = "transfer (Databases.transfer)";

    final Transfer transfer() {
        return transfer(databases());
    }

    static Transfer transfer(Databases databases) {
        return Objects.requireNonNull(databases.transfer());
    }

    /** Returns what {@link Transfer#send} provides of a database. */
    final byte[] sent(DatabaseRef database) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        transfer().send(database, content -> {
            try {
                content.transferTo(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return bytes.toByteArray();
    }

    static Parameter insertParameter(Transaction transaction, String value) {
        return transaction.records(RecordTypes.PARAMETERS).insert(new Parameter(0, value, value, false));
    }

    static List<String> parameters(Transaction transaction) {
        return transaction.records(RecordTypes.PARAMETERS).list(Query.all()).stream()
                .map(Parameter::value)
                .toList();
    }

    static <R extends Record> R insert(RecordPlace place, RecordType<R> type, R record) {
        return place.transact(tx -> tx.records(type).insert(record));
    }

    static <R extends Record> List<R> all(RecordPlace place, RecordType<R> type) {
        return list(place, type, Query.all());
    }

    static <R extends Record> List<R> list(RecordPlace place, RecordType<R> type, Query<? super R> query) {
        return place.transact(tx -> tx.records(type).list(query));
    }

    static <R extends Record> long count(RecordPlace place, RecordType<R> type) {
        return count(place, type, Filter.all());
    }

    static <R extends Record> long count(RecordPlace place, RecordType<R> type, Filter<? super R> filter) {
        return place.<Long>transact(tx -> tx.records(type).count(filter));
    }

    static <T> T inside(RecordPlace place, Function<? super Transaction, ? extends T> work) {
        return place.transact(work);
    }

    /** Checks that a call is refused with an error of this code. */
    static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(String code, ThrowingCallable call) {
        return assertThatThrownBy(call).isInstanceOfSatisfying(SaasException.class, e -> {
            Assertions.assertThat(e.code()).isEqualTo(code);
            assertForPersons(e);
        });
    }

    /** Checks that a message has no SQL or error of the database, no path and no class name. */
    static void assertForPersons(SaasException error) {
        String message = String.valueOf(error.getMessage());
        Assertions.assertThat(message).isNotBlank().doesNotContainPattern(NOT_FOR_PERSONS);
        Throwable cause = error.getCause();
        if (cause != null && !(cause instanceof SaasException) && cause.getMessage() != null) {
            Assertions.assertThat(message).doesNotContain(cause.getMessage());
        }
    }

    final Set<Capability> capabilities() {
        return backend().capabilities();
    }

    /** A check of one place. */
    interface PlaceCheck {
        void on(RecordPlace place) throws Throwable;
    }

    /** A check of one type of record in one place. */
    interface TypeCheck {
        <R extends Record> void on(RecordPlace place, RecordType<R> type) throws Throwable;
    }
}
