// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.ErrorCodes;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseExport;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.tck.BackendContract;
import dev.allotment.testing.DelegatingTransaction;
import dev.allotment.testing.MemoryBackend;
import dev.allotment.testing.UnlockedMemory;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Backends with defects in how they manage databases. */
final class DatabaseVariants {
    private DatabaseVariants() {}

    static List<Variant> all() {
        return List.of(
                identity(
                        "renames over another's database",
                        "aRenameNeverTakesTheNameOfAnotherDatabase",
                        RenamesOver::new),
                identity("drops another's database", "aDatabaseOfAnotherIdentityIsNotTouched", DropsAnyones::new),
                identity("works in another's database", "aDatabaseOfAnotherIdentityIsNotTouched", WorksInAnyones::new),
                identity(
                        "treats a database of another identity as its own",
                        "aDatabaseOfAnotherIdentityIsNotTouched",
                        TakesOver::new),
                identity(
                        "drops a database that the SPI did not create",
                        "aDatabaseCreatedWithoutTheSpiIsNotTouched",
                        DropsUnknown::new),
                Variant.of(
                        "creates copies that share their content with the source",
                        BackendContract.Databases.class,
                        "aCopyHasAllRecordsAndIsIndependentOfItsSource",
                        () -> {
                            Map<UUID, DatabaseRef> sources = new HashMap<>();
                            return new Breaks(sound -> new SharesCopies(sound, sources));
                        }),
                databases("copies nothing", "aCopyHasAllRecordsAndIsIndependentOfItsSource", CopiesNothing::new),
                databases(
                        "loses members in a copy",
                        "aCopyHasAllRecordsAndIsIndependentOfItsSource",
                        sound -> new Loses(sound, Set.of("copy"))),
                databases(
                        "loses members in a rename",
                        "aRenameKeepsEveryRecordAndContinuesTheIds",
                        sound -> new Loses(sound, Set.of("rename"))),
                databases(
                        "loses members in a claim",
                        "aClaimKeepsEveryRecordAndContinuesTheIds",
                        sound -> new Loses(sound, Set.of("claim"))),
                databases(
                        "loses members when it is closed",
                        "openingAndClosingKeepEveryRecord",
                        sound -> new Loses(sound, Set.of("close"))),
                databases(
                        "gives used ids again in a copy",
                        "aCopyContinuesTheIdsOfItsSource",
                        sound -> new StoresAnew(sound, Set.of("copy"))),
                databases(
                        "gives used ids again after a rename",
                        "aRenameKeepsEveryRecordAndContinuesTheIds",
                        sound -> new StoresAnew(sound, Set.of("rename"))),
                databases(
                        "closes the source of a copy",
                        "aCopyIsClosedAndItsSourceStaysOpenOrClosed",
                        ClosesSources::new),
                databases("opens copies", "aCopyIsClosedAndItsSourceStaysOpenOrClosed", OpensCopies::new),
                databases(
                        "empties an existing database when asked to create it",
                        "creatingAnExistingDatabaseDoesNotChangeIt",
                        CreatesAnew::new),
                databases("closes what it renames", "aRenameKeepsADatabaseOpenOrClosed", ClosesOnRename::new),
                databases("cannot repeat a rename", "renamingCanBeRepeatedAndUndone", RenamesOnce::new),
                databases("cannot repeat a drop", "droppingAMissingDatabaseDoesNothing", DropsOnce::new),
                new Variant(
                        "treats a half-created database as complete",
                        BackendContract.Identity.class,
                        "aHalfCreatedDatabase",
                        LeavesHalves::new),
                new Variant(
                        "does not finish a drop",
                        BackendContract.Identity.class,
                        "aHalfDroppedDatabase",
                        LeavesHalves::new),
                transfer("opens what it receives", OpensReceived::new),
                transfer("replaces an existing database with a received one", ReceivesAnew::new),
                transfer("receives nothing", ReceivesNothing::new),
                transfer("accepts truncated content", ReceivesHalves::new),
                transfer("sends rows that are inserted during the transfer", SendsLate::new),
                transfer("declares transfers but cannot send", CannotSend::new),
                transfer("replaces nothing", ReplacesNothing::new),
                transfer("replaces a database by a copy, and keeps the other one", KeepsTheOther::new),
                export("exports the records twice", ExportsTwice::new),
                export("exports the records of the SPI as files", ExportsSecrets::new),
                export("exports what was sent without its records", ExportsFilesOnly::new),
                fencing("ignores fencing tokens", "aChangeIsRefusedAfterANewerOne", IgnoresTokens::new),
                fencing("claims a claimed spare again", "aSpareIsClaimedByOneOperationAlone", ClaimsAgain::new),
                fencing(
                        "discards what others changed",
                        "onlyWhatTheOperationItselfChangedLastIsDiscarded",
                        DiscardsAll::new),
                databases("lists in any order", "namesAreListedInOrder", ListsBackwards::new),
                databases("cuts names off", "namesCanBe63BytesLongAndHaveDotsHyphensAndDigits", CutsNames::new),
                databases("reports a size of zero", "aDatabaseGrowsWithItsContent", TakesNoSpace::new),
                configure("keeps the scripts of a failed configuration", "scripts", KeepsScripts::new),
                configure("runs scripts anywhere", "scripts", RunsScriptsAnywhere::new),
                new Variant(
                        "undoes others' work together with its own",
                        BackendContract.Configure.class,
                        "aFailureKeepsWhatOthersStoredMeanwhile",
                        () -> new HookedFixture(new RestoresOnFailure())));
    }

    private static Variant identity(String what, String test, UnaryOperator<Databases> broken) {
        return Variant.of(what, BackendContract.Identity.class, test, () -> new Breaks(broken));
    }

    private static Variant fencing(String what, String test, UnaryOperator<Databases> broken) {
        return Variant.of(what, BackendContract.Fencing.class, test, () -> new Breaks(broken));
    }

    private static Variant databases(String what, String test, UnaryOperator<Databases> broken) {
        return Variant.of(what, BackendContract.Databases.class, test, () -> new Breaks(broken));
    }

    private static Variant transfer(String what, UnaryOperator<Databases> broken) {
        return Variant.of(what, BackendContract.Transfer.class, "declared", () -> new Breaks(broken));
    }

    private static Variant export(String what, UnaryOperator<Databases> broken) {
        return Variant.of(what, BackendContract.Export.class, "declared", () -> new Breaks(broken));
    }

    private static Variant configure(String what, String test, UnaryOperator<Databases> broken) {
        return Variant.of(what, BackendContract.Configure.class, test, () -> new Breaks(broken));
    }

    /** Returns the database that has a name, of any identity. */
    private static DatabaseRef anyones(Databases databases, DatabaseRef database) {
        return databases.list().stream()
                .filter(ref -> ref.name().equals(database.name()))
                .findFirst()
                .orElse(database);
    }

    private static final class Breaks extends TestHooks {
        private final UnaryOperator<Databases> broken;

        Breaks(UnaryOperator<Databases> broken) {
            this.broken = broken;
        }

        @Override
        Databases databases(Databases sound) {
            return broken.apply(sound);
        }
    }

    private static final class RenamesOver extends DelegatingDatabases {
        RenamesOver(Databases sound) {
            super(sound);
        }

        @Override
        public void rename(DatabaseRef database, String newName) {
            super.drop(anyones(this, new DatabaseRef(newName, database.uuid())));
            super.rename(database, newName);
        }
    }

    private static final class IgnoresTokens extends DelegatingDatabases {
        IgnoresTokens(Databases sound) {
            super(sound);
        }

        @Override
        public Databases fencedBy(FencingToken token) {
            return this;
        }
    }

    private static final class ClaimsAgain extends DelegatingDatabases {
        ClaimsAgain(Databases sound) {
            super(sound);
        }

        @Override
        public Databases fencedBy(FencingToken token) {
            return new ClaimsAgain(super.fencedBy(token));
        }

        @Override
        public void claim(DatabaseRef spare, String name) {
            rename(spare, name);
            open(new DatabaseRef(name, spare.uuid()));
        }
    }

    private static final class DiscardsAll extends DelegatingDatabases {
        DiscardsAll(Databases sound) {
            super(sound);
        }

        @Override
        public Databases fencedBy(FencingToken token) {
            return new DiscardsAll(super.fencedBy(token));
        }

        @Override
        public void discard(DatabaseRef database) {
            drop(database);
        }
    }

    private static final class DropsAnyones extends DelegatingDatabases {
        DropsAnyones(Databases sound) {
            super(sound);
        }

        @Override
        public void drop(DatabaseRef database) {
            super.drop(anyones(this, database));
        }
    }

    private static final class WorksInAnyones extends DelegatingDatabases {
        WorksInAnyones(Databases sound) {
            super(sound);
        }

        @Override
        public <T> T transact(DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
            return super.transact(anyones(this, database), work);
        }
    }

    private static final class TakesOver extends DelegatingDatabases {
        TakesOver(Databases sound) {
            super(sound);
        }

        @Override
        public void create(DatabaseRef database) {
            super.create(anyones(this, database));
        }
    }

    private static final class DropsUnknown extends DelegatingDatabases {
        DropsUnknown(Databases sound) {
            super(sound);
        }

        @Override
        public void drop(DatabaseRef database) {
            try {
                super.drop(database);
            } catch (SaasException e) {
                if (!anyones(this, database).equals(database)) {
                    throw e;
                }
            }
        }
    }

    private static final class SharesCopies extends DelegatingDatabases {
        private final Map<UUID, DatabaseRef> sources;

        SharesCopies(Databases sound, Map<UUID, DatabaseRef> sources) {
            super(sound);
            this.sources = sources;
        }

        @Override
        public void copy(DatabaseRef source, DatabaseRef database) {
            super.copy(source, database);
            sources.put(database.uuid(), source);
        }

        @Override
        public <T> T transact(DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
            return super.transact(sources.getOrDefault(database.uuid(), database), work);
        }
    }

    private static final class CopiesNothing extends DelegatingDatabases {
        CopiesNothing(Databases sound) {
            super(sound);
        }

        @Override
        public void copy(DatabaseRef source, DatabaseRef database) {
            super.create(database);
        }
    }

    /** Loses the members of a database in some changes. */
    private static final class Loses extends DelegatingDatabases {
        private final Set<String> changes;

        Loses(Databases sound, Set<String> changes) {
            super(sound);
            this.changes = changes;
        }

        @Override
        public void copy(DatabaseRef source, DatabaseRef database) {
            super.copy(source, database);
            changed("copy", database);
        }

        @Override
        public void rename(DatabaseRef database, String newName) {
            super.rename(database, newName);
            changed("rename", new DatabaseRef(newName, database.uuid()));
        }

        @Override
        public void claim(DatabaseRef spare, String name) {
            super.claim(spare, name);
            changed("claim", new DatabaseRef(name, spare.uuid()));
        }

        @Override
        public void close(DatabaseRef database) {
            super.close(database);
            changed("close", database);
        }

        private void changed(String change, DatabaseRef database) {
            if (changes.contains(change)) {
                transact(database, tx -> {
                    var members = tx.records(RecordTypes.MEMBERS);
                    members.list(Query.all()).forEach(member -> members.delete(RecordTypes.MEMBERS.id(member)));
                    return null;
                });
            }
        }
    }

    /** Creates a new database in some changes, and inserts the records into it. */
    private static final class StoresAnew extends DelegatingDatabases {
        private final Set<String> changes;

        StoresAnew(Databases sound, Set<String> changes) {
            super(sound);
            this.changes = changes;
        }

        @Override
        public void copy(DatabaseRef source, DatabaseRef database) {
            if (changes.contains("copy")) {
                super.create(database);
                insertAll(source, database);
            } else {
                super.copy(source, database);
            }
        }

        @Override
        public void rename(DatabaseRef database, String newName) {
            DatabaseRef before = new DatabaseRef("before", new UUID(9, 9));
            super.copy(database, before);
            super.drop(database);
            DatabaseRef renamed = new DatabaseRef(newName, database.uuid());
            super.create(renamed);
            insertAll(before, renamed);
            super.drop(before);
        }

        private void insertAll(DatabaseRef from, DatabaseRef to) {
            RecordTypes.database().forEach(type -> insertAll(from, to, type));
        }

        private <R extends Record> void insertAll(DatabaseRef from, DatabaseRef to, RecordType<R> type) {
            List<R> all = super.transact(from, tx -> tx.records(type).list(Query.all()));
            super.transact(to, tx -> {
                all.forEach(tx.records(type)::insert);
                return null;
            });
        }
    }

    private static final class ClosesSources extends DelegatingDatabases {
        ClosesSources(Databases sound) {
            super(sound);
        }

        @Override
        public void copy(DatabaseRef source, DatabaseRef database) {
            super.copy(source, database);
            super.close(source);
        }
    }

    private static final class OpensCopies extends DelegatingDatabases {
        OpensCopies(Databases sound) {
            super(sound);
        }

        @Override
        public void copy(DatabaseRef source, DatabaseRef database) {
            super.copy(source, database);
            super.open(database);
        }
    }

    private static final class OpensReceived extends DelegatingDatabases {
        OpensReceived(Databases sound) {
            super(sound);
        }

        @Override
        public void receive(DatabaseRef database, InputStream content) {
            super.receive(database, content);
            super.open(database);
        }
    }

    private static final class ReceivesAnew extends DelegatingDatabases {
        ReceivesAnew(Databases sound) {
            super(sound);
        }

        @Override
        public void receive(DatabaseRef database, InputStream content) {
            super.drop(database);
            super.receive(database, content);
        }
    }

    private static final class ReceivesNothing extends DelegatingDatabases {
        ReceivesNothing(Databases sound) {
            super(sound);
        }

        @Override
        public void receive(DatabaseRef database, InputStream content) {
            super.create(database);
        }
    }

    private static final class ReceivesHalves extends DelegatingDatabases {
        ReceivesHalves(Databases sound) {
            super(sound);
        }

        @Override
        public void receive(DatabaseRef database, InputStream content) {
            try {
                super.receive(database, content);
            } catch (SaasException e) {
                if (e.code().equals(ErrorCodes.BACKEND_UNAVAILABLE)) {
                    super.create(database);
                }
                throw e;
            }
        }
    }

    private static final class ExportsTwice extends DelegatingDatabases {
        ExportsTwice(Databases sound) {
            super(sound);
        }

        @Override
        public void export(DatabaseRef database, DatabaseExport export) {
            super.export(database, new DatabaseExport() {
                @Override
                public void records(Transaction early) {
                    export.records(early);
                    transact(database, late -> {
                        export.records(late);
                        return null;
                    });
                }

                @Override
                public <R extends Record> void records(RecordType<R> type, Iterator<R> records) {
                    export.records(type, records);
                }

                @Override
                public void file(String name, InputStream content) {
                    export.file(name, content);
                }
            });
        }
    }

    private static final class ExportsSecrets extends DelegatingDatabases {
        ExportsSecrets(Databases sound) {
            super(sound);
        }

        @Override
        public void export(DatabaseRef database, DatabaseExport export) {
            super.export(database, export);
            send(database, content -> export.file("content.bin", content));
        }
    }

    private static final class ExportsFilesOnly extends DelegatingDatabases {
        ExportsFilesOnly(Databases sound) {
            super(sound);
        }

        @Override
        public void export(DatabaseRef database, InputStream content, DatabaseExport export) {
            super.export(database, content, new DatabaseExport() {
                @Override
                public void records(Transaction records) {
                    export.records(records);
                }

                @Override
                public <R extends Record> void records(RecordType<R> type, Iterator<R> records) {
                    // They are lost.
                }

                @Override
                public void file(String name, InputStream each) {
                    export.file(name, each);
                }
            });
        }
    }

    private static final class SendsLate extends DelegatingDatabases {
        SendsLate(Databases sound) {
            super(sound);
        }

        @Override
        public void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
            super.send(
                    database,
                    early -> receiver.accept(new InputStream() {
                        private InputStream late = InputStream.nullInputStream();
                        private boolean begun;

                        @Override
                        public int read() throws IOException {
                            begin();
                            return late.read();
                        }

                        @Override
                        public int read(byte[] target, int offset, int length) throws IOException {
                            begin();
                            return late.read(target, offset, length);
                        }

                        private void begin() {
                            if (!begun) {
                                begun = true;
                                SendsLate.super.send(database, content -> late = content);
                            }
                        }
                    }));
        }
    }

    private static final class ReplacesNothing extends DelegatingDatabases {
        ReplacesNothing(Databases sound) {
            super(sound);
        }

        @Override
        public void replace(DatabaseRef database, DatabaseRef by) {
            super.close(database);
            super.drop(by);
        }
    }

    private static final class KeepsTheOther extends DelegatingDatabases {
        KeepsTheOther(Databases sound) {
            super(sound);
        }

        @Override
        public void replace(DatabaseRef database, DatabaseRef by) {
            super.drop(database);
            super.copy(by, database);
        }
    }

    private static final class CannotSend extends DelegatingDatabases {
        CannotSend(Databases sound) {
            super(sound);
        }

        @Override
        public void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
            throw SaasException.unsupported(ErrorCodes.BACKEND_UNSUPPORTED, "Not here.");
        }
    }

    private static final class CreatesAnew extends DelegatingDatabases {
        CreatesAnew(Databases sound) {
            super(sound);
        }

        @Override
        public void create(DatabaseRef database) {
            super.drop(database);
            super.create(database);
        }
    }

    private static final class ClosesOnRename extends DelegatingDatabases {
        ClosesOnRename(Databases sound) {
            super(sound);
        }

        @Override
        public void rename(DatabaseRef database, String newName) {
            super.rename(database, newName);
            super.close(new DatabaseRef(newName, database.uuid()));
        }
    }

    private static final class RenamesOnce extends DelegatingDatabases {
        RenamesOnce(Databases sound) {
            super(sound);
        }

        @Override
        public void rename(DatabaseRef database, String newName) {
            super.size(database);
            super.rename(database, newName);
        }
    }

    private static final class DropsOnce extends DelegatingDatabases {
        DropsOnce(Databases sound) {
            super(sound);
        }

        @Override
        public void drop(DatabaseRef database) {
            super.size(database);
            super.drop(database);
        }
    }

    private static final class ListsBackwards extends DelegatingDatabases {
        ListsBackwards(Databases sound) {
            super(sound);
        }

        @Override
        public List<DatabaseRef> list() {
            List<DatabaseRef> list = new ArrayList<>(super.list());
            Collections.reverse(list);
            return list;
        }
    }

    private static final class CutsNames extends DelegatingDatabases {
        CutsNames(Databases sound) {
            super(sound);
        }

        @Override
        public void create(DatabaseRef database) {
            super.create(cut(database));
        }

        @Override
        public <T> T transact(DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
            return super.transact(cut(database), work);
        }

        private static DatabaseRef cut(DatabaseRef database) {
            String name = database.name();
            return new DatabaseRef(name.substring(0, Math.min(62, name.length())), database.uuid());
        }
    }

    private static final class TakesNoSpace extends DelegatingDatabases {
        TakesNoSpace(Databases sound) {
            super(sound);
        }

        @Override
        public long size(DatabaseRef database) {
            return 0;
        }
    }

    /** After a configuration was undone, runs again each of its scripts that did not fail. */
    private static final class KeepsScripts extends DelegatingDatabases {
        KeepsScripts(Databases sound) {
            super(sound);
        }

        @Override
        public <T> T configure(DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
            List<String> done = new ArrayList<>();
            try {
                return super.configure(database, tx -> work.apply(noting(tx, done)));
            } catch (RuntimeException e) {
                super.<Object>configure(database, tx -> {
                    done.forEach(tx::run);
                    return null;
                });
                throw e;
            }
        }

        private static DatabaseTransaction noting(DatabaseTransaction transaction, List<String> done) {
            return new DelegatingTransaction(transaction) {
                @Override
                public void run(String script) {
                    super.run(script);
                    done.add(script);
                }
            };
        }
    }

    /** Half-created databases have half of their content, and half-dropped ones cannot be dropped any more. */
    private static final class LeavesHalves extends HookedFixture {
        private final Set<DatabaseRef> halfDropped;

        LeavesHalves() {
            this(new HashSet<>());
        }

        private LeavesHalves(Set<DatabaseRef> halfDropped) {
            super(new Breaks(sound -> new DelegatingDatabases(sound) {
                @Override
                public void drop(DatabaseRef database) {
                    if (!halfDropped.contains(database)) {
                        super.drop(database);
                    }
                }
            }));
            this.halfDropped = halfDropped;
        }

        @Override
        public boolean leaveHalfMade(Backend backend, DatabaseRef database) {
            Databases databases = backend.databases(DEFAULT_SERVER);
            databases.create(database);
            databases.transact(
                    database, tx -> tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, "half", "half", false)));
            return true;
        }

        @Override
        public boolean leaveHalfDropped(Backend backend, DatabaseRef database) {
            return halfDropped.add(database);
        }
    }

    private static final class RunsScriptsAnywhere extends DelegatingDatabases {
        RunsScriptsAnywhere(Databases sound) {
            super(sound);
        }

        @Override
        public <T> T transact(DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
            return super.configure(database, work);
        }
    }

    /** Keeps a copy during a configuration, and restores it after a failure with the work of all others undone. */
    private static final class RestoresOnFailure extends TestHooks {
        @Override
        MemoryBackend newBackend() {
            return UnlockedMemory.open();
        }

        @Override
        Databases databases(Databases sound) {
            return new DelegatingDatabases(sound) {
                @Override
                public <T> T configure(DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
                    DatabaseRef backup = new DatabaseRef("backup", new UUID(9, 9));
                    super.copy(database, backup);
                    try {
                        return super.configure(database, work);
                    } catch (RuntimeException e) {
                        super.drop(database);
                        super.copy(backup, database);
                        throw e;
                    } finally {
                        super.drop(backup);
                    }
                }
            };
        }
    }
}
