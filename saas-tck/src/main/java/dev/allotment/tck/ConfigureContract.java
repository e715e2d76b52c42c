// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/** A configuration is applied as a whole or not at all, records and scripts alike, and one at a time. */
public abstract class ConfigureContract extends Contract {
    private static final DatabaseRef SHOP = ref("shop.example", 1);

    /** An exception that work throws on purpose. */
    private static final class Deliberate extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Deliberate() {
            super("The work threw this on purpose.");
        }
    }

    /** For subclasses. */
    protected ConfigureContract() {}

    @Override
    final boolean sharesStorage() {
        return true;
    }

    @Test
    void storesItsRecordsAndReturnsItsResult() {
        databases().create(SHOP);
        Object result = new Object();

        assertThat(databases().<Object>configure(SHOP, tx -> {
                    insertParameter(tx, "stored");
                    return result;
                }))
                .isSameAs(result);
        assertThat(databases().<Object>configure(SHOP, tx -> null)).isNull();
        assertThat(written(SHOP)).containsExactly("stored");
    }

    @Test
    void anExceptionIsPassedOnUnchangedAndNothingIsStored() {
        databaseWith(SHOP.name(), 1, "kept");
        Deliberate thrown = new Deliberate();

        assertThatThrownBy(() -> databases().configure(SHOP, tx -> {
                    insertParameter(tx, "gone");
                    throw thrown;
                }))
                .isSameAs(thrown);
        assertThat(written(SHOP)).containsExactly("kept");
    }

    @Test
    void aTakenKeyUndoesTheWholeConfiguration() {
        databaseWith(SHOP.name(), 1, "there");

        assertRefused(
                ErrorCodes.RECORD_DUPLICATE,
                () -> databases().configure(SHOP, tx -> {
                    insertParameter(tx, "with it");
                    return insertParameter(tx, "there");
                }));
        assertThat(written(SHOP)).containsExactly("there");
    }

    @Test
    void itWorksInOpenDatabasesAndLeavesThemOpen() {
        databases().create(SHOP);
        databases().open(SHOP);
        configure(tx -> insertParameter(tx, "stored"));

        assertThat(written(SHOP)).containsExactly("stored");
        fixture().isOpen(backend(), SHOP).ifPresent(open -> assertThat(open).isTrue());
        assertThat(databases().list()).containsExactly(SHOP);
    }

    @Test
    void aFailureLeavesOpenDatabasesOpen() {
        databases().create(SHOP);
        databases().open(SHOP);
        assertThatThrownBy(() -> databases().configure(SHOP, tx -> {
                    throw new Deliberate();
                }))
                .isInstanceOf(Deliberate.class);
        fixture().isOpen(backend(), SHOP).ifPresent(open -> assertThat(open).isTrue());
        assertThat(databases().list()).containsExactly(SHOP);
    }

    @Test
    void configurationsRunOneAtATime() {
        databases().create(SHOP);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch twoCame = new CountDownLatch(2);
        Race.runAll(
                4,
                i -> databasesOf(i).configure(SHOP, tx -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    twoCame.countDown();
                    Race.awaitBriefly(twoCame);
                    try {
                        insertParameter(tx, "of " + i);
                        // The other configurations have either finished completely or not started.
                        assertThat(parameters(tx).size() % 2).isEqualTo(1);
                        return insertParameter(tx, "also of " + i);
                    } finally {
                        inside.decrementAndGet();
                    }
                }));
        assertThat(most).hasValue(1);
        assertThat(written(SHOP)).hasSize(8);
    }

    @Test
    void aFailureKeepsWhatOthersStoredMeanwhile() {
        databases().create(SHOP);
        AtomicReference<CompletableFuture<Object>> other = new AtomicReference<>();
        assertThatThrownBy(() -> databases().configure(SHOP, tx -> {
                    insertParameter(tx, "gone");
                    // It succeeds at once, or waits until this configuration has failed. Both are correct.
                    other.set(Race.start(() -> databases().transact(SHOP, tx2 -> insertParameter(tx2, "of another"))));
                    Race.letRun(Objects.requireNonNull(other.get()));
                    throw new Deliberate();
                }))
                .isInstanceOf(Deliberate.class);
        assertThat(Race.end(Objects.requireNonNull(other.get())).failure()).isNull();
        assertThat(written(SHOP)).containsExactly("of another");
    }

    @TestFactory
    Stream<DynamicTest> scripts() {
        return with(
                Capability.SCRIPTS,
                fresh("change the schema and records together", () -> {
                    configure(tx -> {
                        insertParameter(tx, "before");
                        tx.run(fixture().scripts().createTable());
                        insertParameter(tx, "after");
                        tx.run(fixture().scripts().useTable());
                    });
                    assertThat(written(SHOP)).containsExactly("before", "after");
                    assertThat(hasTable(SHOP)).isTrue();
                }),
                fresh("can have several statements", () -> {
                    BackendFixture.Scripts scripts = fixture().scripts();
                    configure(tx -> tx.run(scripts.createTable() + "\n" + scripts.useTable()));
                    assertThat(hasTable(SHOP)).isTrue();
                }),
                fresh("can be long, and have comments with quotes and semicolons", () -> {
                    BackendFixture.Scripts scripts = fixture().scripts();
                    String comment = "-- it's long; and it's a comment\n";
                    configure(tx -> tx.run(
                            comment.repeat(6_000) + scripts.createTable() + "\n" + comment + scripts.useTable()));
                    assertThat(hasTable(SHOP)).isTrue();
                }),
                fresh("cannot end the transaction", () -> {
                    String createTable = fixture().scripts().createTable();
                    for (String end : List.of("commit;", "COMMIT", "end;", createTable + "\ncommit;")) {
                        assertThatThrownBy(() -> configure(tx -> {
                                    insertParameter(tx, "gone");
                                    tx.run(end);
                                    throw new Deliberate();
                                }))
                                .as(end)
                                .isInstanceOf(RuntimeException.class);
                        assertThat(written(SHOP)).as(end).isEmpty();
                        assertThat(hasTable(SHOP)).as(end).isFalse();
                    }
                }),
                fresh("cannot undo a part of the transaction", () -> {
                    try {
                        configure(tx -> {
                            insertParameter(tx, "before");
                            tx.run("rollback;");
                            insertParameter(tx, "after");
                        });
                        assertThat(written(SHOP)).containsExactly("before", "after");
                    } catch (SaasException e) {
                        assertThat(e.code()).isEqualTo(ErrorCodes.ADDON_FAILED);
                        assertThat(written(SHOP)).isEmpty();
                    }
                }),
                fresh("cannot change the records of the SPI", () -> {
                    RecordPlace shop = RecordPlace.of(databases(), SHOP);
                    shop.fill();
                    Map<String, List<?>> before = shop.contents();
                    for (RecordType<?> type : List.of(RecordTypes.PARAMETERS, RecordTypes.MEMBERS)) {
                        for (String script : fixture().meddlingScripts(type)) {
                            try {
                                configure(tx -> tx.run(script));
                            } catch (SaasException e) {
                                assertThat(e.code()).as(script).isEqualTo(ErrorCodes.ADDON_FAILED);
                            }
                            assertThat(shop.contents()).as(script).isEqualTo(before);
                        }
                    }
                }),
                fresh("are undone together with everything else if one fails", () -> {
                    assertThatThrownBy(() -> configure(tx -> {
                                insertParameter(tx, "gone");
                                tx.run(fixture().scripts().createTable());
                                tx.run(fixture().scripts().failing());
                            }))
                            .isInstanceOfSatisfying(SaasException.class, e -> {
                                assertThat(e.code()).isEqualTo(ErrorCodes.ADDON_FAILED);
                                assertThat(e.getCause()).isNotNull();
                                assertThat(e.getMessage())
                                        .doesNotContain(fixture().scripts().failing());
                                assertForPersons(e);
                            });
                    assertThat(written(SHOP)).isEmpty();
                    assertThat(hasTable(SHOP)).isFalse();
                }),
                fresh("are undone if the work fails after them", () -> {
                    Deliberate thrown = new Deliberate();
                    assertThatThrownBy(() -> configure(tx -> {
                                tx.run(fixture().scripts().createTable());
                                insertParameter(tx, "gone");
                                throw thrown;
                            }))
                            .isSameAs(thrown);
                    assertThat(written(SHOP)).isEmpty();
                    assertThat(hasTable(SHOP)).isFalse();
                }),
                fresh("can be run again after a failure", () -> {
                    assertThatThrownBy(() -> configure(tx -> {
                                tx.run(fixture().scripts().createTable());
                                throw new Deliberate();
                            }))
                            .isInstanceOf(Deliberate.class);
                    configure(tx -> tx.run(fixture().scripts().createTable()));
                    assertThat(hasTable(SHOP)).isTrue();
                }),
                fresh("change nothing if they fail", () -> {
                    configure(tx -> {
                        tx.run(fixture().scripts().createTable());
                        insertParameter(tx, "kept");
                    });
                    assertThatThrownBy(() -> configure(tx -> {
                                insertParameter(tx, "gone");
                                tx.run(fixture().scripts().useTable());
                                tx.run(fixture().scripts().failing());
                            }))
                            .isInstanceOf(SaasException.class);
                    assertThat(hasTable(SHOP)).isTrue();
                    assertThat(written(SHOP)).containsExactly("kept");
                }),
                fresh("do not affect other databases", () -> {
                    DatabaseRef other = databaseWith("other.example", 2, "other");
                    configure(tx -> tx.run(fixture().scripts().createTable()));
                    assertThat(hasTable(other)).isFalse();
                    assertThat(written(other)).containsExactly("other");
                }),
                fresh("have effects that are copied, after which source and copy are separate", () -> {
                    DatabaseRef copy = ref("copy.example", 2);
                    DatabaseRef earlier = ref("earlier.example", 3);
                    databases().copy(SHOP, earlier);
                    configure(tx -> tx.run(fixture().scripts().createTable()));
                    databases().copy(SHOP, copy);
                    assertThat(hasTable(copy)).isTrue();
                    assertThat(hasTable(earlier)).isFalse();
                    databases().configure(earlier, tx -> {
                        tx.run(fixture().scripts().createTable());
                        return null;
                    });
                    assertThat(hasTable(earlier)).isTrue();
                }),
                fresh("have effects that survive a rename", () -> {
                    configure(tx -> tx.run(fixture().scripts().createTable()));
                    databases().rename(SHOP, "renamed.example");
                    assertThat(hasTable(ref("renamed.example", 1))).isTrue();
                }),
                fresh("are refused outside of a configuration", () -> {
                    assertRefused(
                            ErrorCodes.BACKEND_UNSUPPORTED,
                            () -> databases().transact(SHOP, tx -> {
                                tx.run(fixture().scripts().createTable());
                                return 1;
                            }));
                    assertThat(hasTable(SHOP)).isFalse();
                }));
    }

    @TestFactory
    Stream<DynamicTest> scriptsInSql() {
        return where(
                declares(Capability.SCRIPTS) && fixture().scriptsAreSql(),
                "scripts in SQL",
                fresh("can have semicolons, quotes and comments in texts", () -> {
                    String text = "'it''s; -- no comment /* nor here'";
                    configure(tx -> tx.run("create table kit_text (id integer primary key, words varchar(100));\n"
                            + "insert into kit_text values (1, " + text + "); -- it's one\n"
                            + "/* it's; two */ insert into kit_text values (2, '');"));
                    // The key 2 is taken, so this fails if it finds the text.
                    assertRefused(
                            ErrorCodes.ADDON_FAILED,
                            () -> configure(tx -> tx.run(
                                    "insert into kit_text select 2, '' from kit_text where words = " + text + ";")));
                }));
    }

    /** A test with a new database, because the tests of one factory share a storage. */
    private DynamicTest fresh(String name, Executable check) {
        return dynamicTest(name, () -> {
            databases().list().forEach(databases()::drop);
            databases().create(SHOP);
            check.execute();
        });
    }

    private boolean hasTable(DatabaseRef database) {
        return fixture().hasTable(backend(), database);
    }

    private void configure(Consumer<DatabaseTransaction> work) {
        databases().configure(SHOP, tx -> {
            work.accept(tx);
            return null;
        });
    }
}
