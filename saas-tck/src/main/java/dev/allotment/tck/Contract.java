// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.spi.Backend;
import dev.allotment.spi.Capability;
import dev.allotment.spi.Catalog;
import dev.allotment.spi.DatabaseRef;
import dev.allotment.spi.Databases;
import dev.allotment.spi.RecordType;
import dev.allotment.spi.RecordTypes;
import dev.allotment.spi.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Timeout;

/**
 * What the contracts have in common: each test has a fixture of its own, and so a storage that begins empty. Subclass one of
 * the contracts, or {@link BackendContract} for all of them.
 */
@Timeout(120)
public abstract class Contract {
    private final List<Backend> opened = new ArrayList<>();
    private BackendFixture fixture;

    Contract() {}

    /** A fixture with a storage that nobody has used. */
    protected abstract BackendFixture newFixture() throws Exception;

    @BeforeEach
    final void openFixture() throws Exception {
        fixture = newFixture();
    }

    @AfterEach
    final synchronized void closeFixture() {
        try {
            opened.forEach(Backend::close);
        } finally {
            fixture.close();
        }
    }

    final BackendFixture fixture() {
        return fixture;
    }

    /** The backend under test, ready for use; opened by whichever thread of a test needs it first. */
    final synchronized Backend backend() {
        return opened.isEmpty() ? openReady() : opened.get(0);
    }

    /** One more on the same storage, ready for use. */
    final synchronized Backend openReady() {
        Backend backend = open();
        backend.catalog().migrate();
        return backend;
    }

    /** One more on the same storage, as it is. */
    final synchronized Backend open() {
        Backend backend = fixture.open();
        opened.add(backend);
        return backend;
    }

    /** Ends the backend under test; the next one is opened on what it left. */
    final synchronized void restart() {
        opened.forEach(Backend::close);
        opened.clear();
    }

    /** As {@link #restart}, but as if its process had been killed. */
    final synchronized void killAndRestart() {
        opened.forEach(fixture::kill);
        opened.clear();
    }

    final Catalog catalog() {
        return backend().catalog();
    }

    final Databases databases() {
        return backend().databases(BackendFixture.DEFAULT_SERVER);
    }

    final Place catalogPlace() {
        return Place.of(catalog());
    }

    /** A database made for it, closed. */
    final Place databasePlace() {
        DatabaseRef database = ref("place.example", 99);
        databases().create(database);
        return Place.of(databases(), database);
    }

    final List<Place> places() {
        return List.of(catalogPlace(), databasePlace());
    }

    final boolean declares(Capability capability) {
        return backend().capabilities().contains(capability);
    }

    /** One test per place. */
    final Stream<DynamicTest> everywhere(PlaceCheck check) {
        return places().stream().map(place -> DynamicTest.dynamicTest(place.name(), () -> check.on(place)));
    }

    /** One test per place and type of record stored there. */
    final Stream<DynamicTest> forEveryType(TypeCheck check) {
        return places().stream()
                .flatMap(place -> place.types().stream()
                        .map(type -> DynamicTest.dynamicTest(
                                place.name() + ": " + type.name(), () -> check.on(place, type))));
    }

    /** These tests where the condition holds, else none. */
    static Stream<DynamicTest> where(boolean condition, DynamicTest... tests) {
        return condition ? Stream.of(tests) : Stream.empty();
    }

    static DatabaseRef ref(String name, long identity) {
        return new DatabaseRef(name, new UUID(0x5AA5_0000_0000_4000L, 0x8000_0000_0000_0000L | identity));
    }

    /** A database that has a record with this text. */
    final DatabaseRef databaseWith(String name, long identity, String value) {
        DatabaseRef database = ref(name, identity);
        databases().create(database);
        write(database, value);
        return database;
    }

    final void write(DatabaseRef database, String value) {
        databases().transact(database, tx -> insertParameter(tx, value));
    }

    /** What {@link #write} wrote, in order. */
    final List<String> written(DatabaseRef database) {
        return databases().transact(database, Contract::parameters);
    }

    static Parameter insertParameter(Transaction transaction, String value) {
        return transaction.records(RecordTypes.PARAMETERS).insert(new Parameter(0, value, value, false));
    }

    static List<String> parameters(Transaction transaction) {
        return transaction.records(RecordTypes.PARAMETERS).list(Query.all()).stream()
                .map(Parameter::value)
                .toList();
    }

    static <R extends Record> R insert(Place place, RecordType<R> type, R record) {
        return place.transact(tx -> tx.records(type).insert(record));
    }

    static <R extends Record> List<R> all(Place place, RecordType<R> type) {
        return list(place, type, Query.all());
    }

    static <R extends Record> List<R> list(Place place, RecordType<R> type, Query query) {
        return place.transact(tx -> tx.records(type).list(query));
    }

    static <R extends Record> long count(Place place, RecordType<R> type) {
        return count(place, type, Filter.all());
    }

    static <R extends Record> long count(Place place, RecordType<R> type, Filter filter) {
        return place.<Long>transact(tx -> tx.records(type).count(filter));
    }

    static <T> T inside(Place place, Function<? super Transaction, ? extends T> work) {
        return place.transact(work);
    }

    /** That a call is refused with an error of this code. */
    static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(String code, ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SaasException.class,
                        e -> Assertions.assertThat(e.code()).isEqualTo(code));
    }

    final Set<Capability> capabilities() {
        return backend().capabilities();
    }

    /** A check of one place. */
    interface PlaceCheck {
        void on(Place place) throws Throwable;
    }

    /** A check of one type of record in one place. */
    interface TypeCheck {
        <R extends Record> void on(Place place, RecordType<R> type) throws Throwable;
    }
}
