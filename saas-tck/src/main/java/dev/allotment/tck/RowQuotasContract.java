// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.RecordField;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.RowQuota;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/** A database enforces row quotas against its own application until they are removed. */
public abstract class RowQuotasContract extends Contract {
    private static final DatabaseRef SHOP = ref("shop.example", 1);
    private static final String COUNTS = "new";
    private static final String COUNTS_NOT = "done";

    /** For subclasses. */
    protected RowQuotasContract() {}

    @TestFactory
    Stream<DynamicTest> declared() {
        return where(
                declares(Capability.ROW_QUOTAS),
                fresh("a row over the quota is refused, and rows that do not match are accepted", () -> {
                    enforce(limit(2));
                    assertThat(insert(COUNTS, COUNTS, COUNTS_NOT, COUNTS, COUNTS_NOT))
                            .containsExactly(true, true, true, false, true);
                    assertCounted(limit(2), 2);
                }),
                fresh("a quota without a condition counts all rows", () -> {
                    RowQuota all = new RowQuota(table().name(), Filter.all(), 1, "kit", "[]");
                    enforce(all);
                    assertThat(insert(COUNTS_NOT, COUNTS)).containsExactly(true, false);
                    assertCounted(all, 1);
                }),
                fresh("a quota can be zero", () -> {
                    enforce(limit(0));
                    assertThat(insert(COUNTS, COUNTS_NOT)).containsExactly(false, true);
                    assertCounted(limit(0), 0);
                }),
                fresh("of many concurrent inserts, exactly as many succeed as the quota allows", () -> {
                    enforce(limit(2));
                    List<Boolean> inserted = Race.runAll(4, i -> insert(COUNTS).get(0));
                    assertThat(Collections.frequency(inserted, true)).isEqualTo(2);
                    assertCounted(limit(2), 2);
                }),
                fresh("rows that already exceed a new quota stay", () -> {
                    insert(COUNTS, COUNTS, COUNTS);
                    enforce(limit(1));
                    assertCounted(limit(1), 3);
                    assertThat(insert(COUNTS, COUNTS_NOT)).containsExactly(false, true);
                }),
                fresh("new quotas replace the previous ones, and an empty list removes all", () -> {
                    enforce(limit(1));
                    enforce(limit(2));
                    assertThat(insert(COUNTS, COUNTS, COUNTS)).containsExactly(true, true, false);
                    enforce();
                    assertThat(insert(COUNTS)).containsExactly(true);
                    assertThat(counted(SHOP, limit(2))).isEmpty();
                }),
                fresh("quotas are copied with their database", () -> {
                    enforce(limit(1));
                    DatabaseRef copy = ref("copy.example", 2);
                    databases().copy(SHOP, copy);
                    databases().open(copy);
                    assertThat(insertInto(copy, COUNTS, COUNTS)).containsExactly(true, false);
                    assertThat(counted(copy, limit(1))).hasValue(1);
                    assertThat(insert(COUNTS, COUNTS)).containsExactly(true, false);
                }),
                fresh("quotas stay enforced after a rename, and after the database was closed", () -> {
                    enforce(limit(1));
                    DatabaseRef renamed = ref("renamed.example", 1);
                    databases().rename(SHOP, renamed.name());
                    databases().close(renamed);
                    databases().open(renamed);
                    assertThat(insertInto(renamed, COUNTS, COUNTS)).containsExactly(true, false);
                }),
                fresh("scripts are exempt from quotas, which are enforced again after them", () -> {
                    enforce(limit(1));
                    configure(tx -> {
                        tx.run(table().drop());
                        tx.run(table().create());
                        tx.enforce(List.of(limit(1)));
                    });
                    assertThat(insert(COUNTS, COUNTS)).containsExactly(true, false);
                }),
                fresh("scripts that are not followed by quotas are refused, and the previous quotas stay", () -> {
                    enforce(limit(1));
                    assertRefused(
                            ErrorCodes.BACKEND_FAILED,
                            () -> databases().configure(SHOP, tx -> {
                                tx.run(table().drop());
                                tx.run(table().create());
                                return 1;
                            }));
                    assertThat(insert(COUNTS, COUNTS)).containsExactly(true, false);
                }),
                fresh("the previous quotas stay if a configuration fails", () -> {
                    enforce(limit(1));
                    IllegalStateException thrown = new IllegalStateException("thrown by the work on purpose");
                    assertThatThrownBy(() -> configure(tx -> {
                                tx.enforce(List.of(limit(2)));
                                throw thrown;
                            }))
                            .isSameAs(thrown);
                    assertThat(insert(COUNTS, COUNTS)).containsExactly(true, false);
                }),
                fresh("a quota has no effect before its table exists", () -> {
                    configure(tx -> {
                        tx.run(table().drop());
                        tx.enforce(List.of(limit(1)));
                    });
                    assertThat(counted(SHOP, limit(1))).isEmpty();
                    configure(tx -> {
                        tx.run(table().create());
                        tx.enforce(List.of(limit(1)));
                    });
                    assertThat(insert(COUNTS, COUNTS)).containsExactly(true, false);
                }),
                fresh("a condition that does not fit the table is refused, and the previous quotas stay", () -> {
                    enforce(limit(1));
                    RecordField<Object, Object> column = RecordField.named(table().column());
                    for (Filter<Object> unfit : List.of(
                            Filter.equal(RecordField.named("no_such_column"), "x"),
                            Filter.equal(column, 1L),
                            Filter.like(column, "x%"))) {
                        assertRefused(
                                ErrorCodes.CONFIGURATION_INVALID,
                                () -> databases().configure(SHOP, tx -> {
                                    tx.enforce(List.of(new RowQuota(table().name(), unfit, 2, "kit", "[x]")));
                                    return 1;
                                }));
                    }
                    assertThat(insert(COUNTS, COUNTS)).containsExactly(true, false);
                }),
                fresh("quotas change only while a database is being configured", () -> {
                    enforce(limit(1));
                    assertRefused(
                            ErrorCodes.BACKEND_UNSUPPORTED,
                            () -> databases().transact(SHOP, tx -> {
                                tx.enforce(List.of());
                                return 1;
                            }));
                    assertThat(insert(COUNTS, COUNTS)).containsExactly(true, false);
                }));
    }

    /** A test with a new database that has the table, because the tests of one factory share a storage. */
    private DynamicTest fresh(String name, Executable check) {
        return dynamicTest(name, () -> {
            databases().list().forEach(databases()::drop);
            databases().create(SHOP);
            databases().open(SHOP);
            configure(tx -> {
                tx.run(table().create());
                tx.enforce(List.of());
            });
            check.execute();
        });
    }

    private BackendFixture.LimitedTable table() {
        return fixture().limitedTable();
    }

    private RowQuota limit(int max) {
        return new RowQuota(
                table().name(),
                Filter.equal(RecordField.named(table().column()), COUNTS),
                max,
                "kit",
                "[('state', '=', 'new')]");
    }

    private void enforce(RowQuota... limits) {
        configure(tx -> tx.enforce(List.of(limits)));
    }

    private void configure(Consumer<DatabaseTransaction> work) {
        databases().configure(SHOP, tx -> {
            work.accept(tx);
            return null;
        });
    }

    private List<Boolean> insert(String... texts) {
        return insertInto(SHOP, texts);
    }

    private List<Boolean> insertInto(DatabaseRef database, String... texts) {
        return Stream.of(texts)
                .map(text -> fixture().inserts(backend(), database, text))
                .toList();
    }

    private OptionalLong counted(DatabaseRef database, RowQuota limit) {
        return databases().<OptionalLong>transact(database, tx -> tx.count(limit));
    }

    private void assertCounted(RowQuota limit, long rows) {
        assertThat(counted(SHOP, limit)).hasValue(rows);
    }
}
