// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.spi.backend.PoolUse;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.tck.BackendContract;
import dev.allotment.tck.BackendFixture;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Backends with defects that show when the storage is changed, or looked at, from outside. */
final class OutsideVariants {
    /** What is broken. */
    private enum Defect {
        NONE,
        NEWER_FAILS_LISTS,
        NEWER_IS_NOT_COUNTED,
        NEWER_HAS_NO_VALUES,
        DELETES_A_THOUSAND,
        HALF_DROPPED_IS_NOT_LISTED,
        SCHEMA_MAY_BE_NEWER,
        ERRORS_HAVE_SQL,
        CONNECTIONS_LEAK
    }

    private OutsideVariants() {}

    static List<Variant> all() {
        return List.of(
                records("cannot list records of a newer version", "recordsOfANewerVersion", Defect.NEWER_FAILS_LISTS),
                records(
                        "does not count records of a newer version",
                        "recordsOfANewerVersion",
                        Defect.NEWER_IS_NOT_COUNTED),
                records(
                        "reads no field of records of a newer version",
                        "recordsOfANewerVersion",
                        Defect.NEWER_HAS_NO_VALUES),
                records(
                        "deletes at most a thousand records",
                        "allRecordsOfAFilterAreDeletedHoweverMany",
                        Defect.DELETES_A_THOUSAND),
                records(
                        "never returns a connection",
                        "allRecordsOfAFilterAreDeletedHoweverMany",
                        Defect.CONNECTIONS_LEAK),
                databases(
                        "leaves what is half dropped out of its inventory",
                        "theInventoryHasWhatIsHalfMadeAndWhatIsHalfDropped",
                        Defect.HALF_DROPPED_IS_NOT_LISTED),
                databases(
                        "shows its SQL in errors",
                        "aDamagedDatabaseIsReportedInWordsForPersons",
                        Defect.ERRORS_HAVE_SQL),
                new Variant(
                        "opens the schema of a newer version",
                        BackendContract.Schema.class,
                        "aSchemaOfANewerVersionIsRefused",
                        () -> new OutsideFixture(Defect.SCHEMA_MAY_BE_NEWER)));
    }

    private static Variant records(String what, String test, Defect defect) {
        return new Variant(what, BackendContract.Records.class, test, () -> new OutsideFixture(defect));
    }

    private static Variant databases(String what, String test, Defect defect) {
        return new Variant(what, BackendContract.Databases.class, test, () -> new OutsideFixture(defect));
    }

    /** Returns a fixture without defects. */
    static BackendFixture sound() {
        return new OutsideFixture(Defect.NONE);
    }

    /** What was changed from outside. */
    private static final class Changed {
        /** The ids of users that a newer version has stored. */
        private final Set<Long> newer = new HashSet<>();

        private final List<DatabaseRef> halfDropped = new ArrayList<>();
        private final Set<String> damaged = new HashSet<>();
        private boolean newerSchema;
    }

    private static final class OutsideFixture extends HookedFixture {
        private final Changed changed;

        OutsideFixture(Defect defect) {
            this(defect, new Changed());
        }

        private OutsideFixture(Defect defect, Changed changed) {
            super(new Pretends(defect, changed));
            this.changed = changed;
        }

        @Override
        public boolean putNewer(Backend backend, RecordType<?> type, long id, RecordType.Field field, String constant) {
            return changed.newer.add(id);
        }

        @Override
        public boolean putNewerSchema() {
            changed.newerSchema = true;
            return true;
        }

        @Override
        public boolean leaveHalfDropped(Backend backend, DatabaseRef database) {
            backend.databases(DEFAULT_SERVER).drop(database);
            return changed.halfDropped.add(database);
        }

        @Override
        public boolean damage(Backend backend, DatabaseRef database) {
            return changed.damaged.add(database.name());
        }

        @Override
        public void close() {
            changed.newer.clear();
        }
    }

    /** Behaves as if the storage had been changed. */
    private static final class Pretends extends TestHooks {
        private final Defect defect;
        private final Changed changed;

        Pretends(Defect defect, Changed changed) {
            this.defect = defect;
            this.changed = changed;
        }

        @Override
        List<PoolUse> pools() {
            return List.of(new PoolUse("catalog", defect == Defect.CONNECTIONS_LEAK ? 1 : 0, 1, 0, 2));
        }

        @Override
        void migrate(Catalog catalog) {
            if (changed.newerSchema && defect != Defect.SCHEMA_MAY_BE_NEWER) {
                throw SaasException.conflict(ErrorCodes.BACKEND_SCHEMA, "The schema is of a newer version.");
            }
            super.migrate(catalog);
        }

        @Override
        Databases databases(Databases sound) {
            return new DelegatingDatabases(sound) {
                @Override
                public List<DatabaseEntry> inventory() {
                    List<DatabaseEntry> all = new ArrayList<>(super.inventory());
                    if (defect != Defect.HALF_DROPPED_IS_NOT_LISTED) {
                        changed.halfDropped.forEach(each -> all.add(DatabaseEntry.builder(each.uuid(), null)
                                .finished(false)
                                .build()));
                    }
                    return all;
                }

                @Override
                public void drop(DatabaseRef database) {
                    super.drop(database);
                    changed.halfDropped.remove(database);
                    changed.damaged.remove(database.name());
                }

                @Override
                public <T> T transact(DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
                    if (changed.damaged.contains(database.name())) {
                        throw SaasException.internal(
                                ErrorCodes.BACKEND_FAILED,
                                defect == Defect.ERRORS_HAVE_SQL
                                        ? "java.sql.SQLException: SELECT id FROM parameters"
                                        : "The database is damaged.",
                                null);
                    }
                    return super.transact(database, work);
                }
            };
        }

        @Override
        <R extends Record> Records<R> records(Transaction transaction, RecordType<R> type) {
            Records<R> sound = transaction.records(type);
            return type.name().equals("users") || type.name().equals("parameters")
                    ? new Newer<>(type, sound, defect, type.name().equals("users") ? changed.newer : Set.of())
                    : sound;
        }
    }

    /** Records of which some are of a newer version. */
    private static final class Newer<R extends Record> extends DelegatingRecords<R> {
        private final RecordType<R> type;
        private final Records<R> all;
        private final Defect defect;
        private final Set<Long> newer;

        Newer(RecordType<R> type, Records<R> all, Defect defect, Set<Long> newer) {
            super(all);
            this.type = type;
            this.all = all;
            this.defect = defect;
            this.newer = newer;
        }

        private boolean isKnown(R record) {
            return !newer.contains(type.id(record));
        }

        private List<R> knownOf(Filter<? super R> filter) {
            return all.list(Query.untyped(Query.where(filter))).stream()
                    .filter(this::isKnown)
                    .toList();
        }

        @Override
        public List<R> list(Query<? super R> query) {
            if (defect == Defect.NEWER_FAILS_LISTS && !newer.isEmpty()) {
                throw newer();
            }
            return newer.isEmpty()
                    ? all.list(query)
                    : type.select(knownOf(Query.untyped(query).filter()), query);
        }

        @Override
        public Optional<R> lockFree(Query<? super R> query) {
            return newer.isEmpty() ? all.lockFree(query) : list(query).stream().findFirst();
        }

        @Override
        public Optional<R> find(long id) {
            return known(id, all.find(id));
        }

        @Override
        public Optional<R> lock(long id) {
            return known(id, all.lock(id));
        }

        @Override
        public Optional<R> lockShared(long id) {
            return known(id, all.lockShared(id));
        }

        private Optional<R> known(long id, Optional<R> found) {
            if (newer.contains(id)) {
                throw newer();
            }
            return found;
        }

        private static SaasException newer() {
            return new SaasException(
                    ErrorCategory.UNAVAILABLE,
                    ErrorCodes.RECORD_NEWER,
                    "A newer version has stored this.",
                    Map.of(),
                    true,
                    null);
        }

        @Override
        public long count(Filter<? super R> filter) {
            return defect == Defect.NEWER_IS_NOT_COUNTED ? knownOf(filter).size() : all.count(filter);
        }

        @Override
        public <V> List<V> values(RecordField<? super R, V> field, Query<? super R> query) {
            return defect == Defect.NEWER_HAS_NO_VALUES
                    ? type.selectValues(knownOf(Filter.all()), field, query)
                    : all.values(field, query);
        }

        @Override
        public long deleteAll(Filter<? super R> filter) {
            return defect == Defect.DELETES_A_THOUSAND
                    ? all.deleteFree(Query.untyped(Query.where(filter)).page(0, 1000))
                    : all.deleteAll(filter);
        }
    }
}
