// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.tck.BackendContract;
import dev.allotment.testing.DelegatingTransaction;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Backends with defects in how they run scripts. */
final class ScriptVariants {
    private static final int LONGEST = 65_536;

    private ScriptVariants() {}

    static List<Variant> all() {
        return List.of(
                variant(
                        "cuts long scripts off",
                        (tx, script) -> tx.run(script.substring(0, Math.min(script.length(), LONGEST)))),
                variant("cuts scripts at each semicolon", (tx, script) -> {
                    for (String statement : script.split(";")) {
                        tx.run(statement.strip().matches("(?s)|--.*|(create|use|fail) .*") ? script : "fail");
                    }
                }),
                variant("lets scripts change the records of the SPI", (tx, script) -> {
                    tx.run(script);
                    if (script.startsWith("delete from parameters")) {
                        deleteParameters(tx);
                    }
                }),
                variant("lets scripts roll back", (tx, script) -> {
                    tx.run(script);
                    if (script.startsWith("rollback")) {
                        deleteParameters(tx);
                    }
                }),
                variant("shows the script in an error", (tx, script) -> {
                    try {
                        tx.run(script);
                    } catch (SaasException e) {
                        throw SaasException.conflict(e.code(), "The script \"" + script + "\" failed.");
                    }
                }),
                variant("shows an exception in an error", (tx, script) -> {
                    try {
                        tx.run(script);
                    } catch (SaasException e) {
                        throw SaasException.conflict(e.code(), "A script failed: java.sql.SQLSyntaxErrorException");
                    }
                }),
                variant("shows a path in an error", (tx, script) -> {
                    try {
                        tx.run(script);
                    } catch (SaasException e) {
                        throw SaasException.conflict(e.code(), "A script failed in /var/lib/allotment/shop.db.");
                    }
                }),
                Variant.of("lets scripts commit", BackendContract.Configure.class, "scripts", LetsScriptsCommit::new));
    }

    /** Runs a script in a sound transaction. */
    private interface Running {
        void run(DatabaseTransaction transaction, String script);
    }

    private static Variant variant(String what, Running running) {
        return Variant.of(what, BackendContract.Configure.class, "scripts", () -> new TestHooks() {
            @Override
            Databases databases(Databases sound) {
                return new DelegatingDatabases(sound) {
                    @Override
                    public <T> T configure(
                            DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
                        return super.configure(database, tx -> work.apply(new Scripted(tx, running)));
                    }
                };
            }
        });
    }

    private static void deleteParameters(DatabaseTransaction transaction) {
        var parameters = transaction.records(RecordTypes.PARAMETERS);
        parameters.list(Query.all()).forEach(each -> parameters.delete(each.id()));
    }

    private static final class Scripted extends DelegatingTransaction {
        private final DatabaseTransaction sound;
        private final Running running;

        Scripted(DatabaseTransaction sound, Running running) {
            super(sound);
            this.sound = sound;
            this.running = running;
        }

        @Override
        public void run(String script) {
            running.run(sound, script);
        }
    }

    /** Stores what a configuration has done before a script committed, even if it fails later. */
    private static final class LetsScriptsCommit extends TestHooks {
        @Override
        Databases databases(Databases sound) {
            return new DelegatingDatabases(sound) {
                @Override
                public <T> T configure(DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
                    boolean[] committed = new boolean[1];
                    RuntimeException[] thrown = new RuntimeException[1];
                    T result = super.configure(database, tx -> {
                        try {
                            return work.apply(new Scripted(tx, (inner, script) -> {
                                inner.run(script);
                                committed[0] |= script.toLowerCase(Locale.ROOT).startsWith("commit");
                            }));
                        } catch (RuntimeException e) {
                            thrown[0] = e;
                            if (committed[0]) {
                                return null;
                            }
                            throw e;
                        }
                    });
                    if (thrown[0] != null) {
                        throw thrown[0];
                    }
                    return result;
                }
            };
        }
    }
}
