// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Filter.Operator;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.spi.backend.RowQuota;
import dev.allotment.tck.BackendContract;
import dev.allotment.testing.DelegatingTransaction;
import java.io.FilterInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Backends with defects in how they enforce row quotas, and one without defects. */
final class RowQuotaVariants {
    private RowQuotaVariants() {}

    static List<Variant> all() {
        return List.of(
                variant("enforces nothing", () -> new Holds() {
                    @Override
                    void enforce(Content content, List<RowQuota> limits) {}

                    @Override
                    OptionalLong count(Content content, RowQuota limit) {
                        return OptionalLong.empty();
                    }
                }),
                variant("counts rows but enforces nothing", () -> new Holds() {
                    @Override
                    boolean mayCome(Content content, Row row) {
                        return true;
                    }
                }),
                variant("allows one row too many", () -> new Holds() {
                    @Override
                    boolean mayCome(Content content, Row row) {
                        return content.limits.stream()
                                .noneMatch(limit -> counts(limit, row) && rows(content, limit) > limit.max());
                    }
                }),
                variant("counts all rows", () -> new Holds() {
                    @Override
                    boolean mayCome(Content content, Row row) {
                        return content.limits.stream().noneMatch(limit -> content.rows.size() >= limit.max());
                    }
                }),
                variant("does not enforce quotas on changes", () -> new Holds() {
                    @Override
                    boolean changes(Content content, String from, String to) {
                        content.change(from, to);
                        return true;
                    }
                }),
                variant("enforces the first quota of a table only", () -> new Holds() {
                    @Override
                    boolean mayCome(Content content, Row row) {
                        return content.limits.stream()
                                .limit(1)
                                .noneMatch(limit -> counts(limit, row) && rows(content, limit) >= limit.max());
                    }
                }),
                evaluating(
                        "compares like <= where it should compare like <",
                        (filter, text) -> (filter instanceof Filter.Compare<?> compare
                                        && compare.operator() == Operator.LESS
                                        && text.equals(compare.value()))
                                ? true
                                : null),
                evaluating(
                        "reads != as =",
                        (filter, text) -> (filter instanceof Filter.Compare<?> compare
                                        && compare.operator() == Operator.NOT_EQUAL)
                                ? text.equals(compare.value())
                                : null),
                evaluating(
                        "ignores comparisons other than =",
                        (filter, text) -> (filter instanceof Filter.Compare<?> compare
                                        && compare.operator().compareTo(Operator.NOT_EQUAL) > 0)
                                ? true
                                : null),
                evaluating(
                        "ignores negations",
                        (filter, text) -> filter instanceof Filter.Not<?> not
                                ? new Holds().matches(not.part(), new Row(text, null))
                                : null),
                evaluating(
                        "reads only the first value of a list",
                        (filter, text) -> filter instanceof Filter.In<?> in
                                ? text.equals(in.values().get(0))
                                : null),
                evaluating(
                        "reads only the first alternative",
                        (filter, text) -> filter instanceof Filter.Or<?> or
                                ? new Holds().matches(or.parts().get(0), new Row(text, null))
                                : null),
                evaluating(
                        "counts texts that are compared with false",
                        (filter, text) ->
                                (filter instanceof Filter.Compare<?> compare && Boolean.FALSE.equals(compare.value()))
                                        ? compare.operator() == Operator.EQUAL
                                        : null),
                evaluating(
                        "counts texts that are compared with null",
                        (filter, text) -> (filter instanceof Filter.Compare<?> compare && compare.value() == null)
                                ? compare.operator() == Operator.EQUAL
                                : null),
                variant("never removes a quota", () -> new Holds() {
                    @Override
                    void enforce(Content content, List<RowQuota> limits) {
                        content.limits.addAll(limits);
                    }
                }),
                variant("does not copy quotas", () -> new Holds() {
                    @Override
                    Content copy(Content content) {
                        Content copy = super.copy(content);
                        copy.limits.clear();
                        return copy;
                    }
                }),
                new Variant(
                        "does not transfer quotas",
                        BackendContract.Transfer.class,
                        "declared",
                        () -> new Limiting(new Holds() {
                            @Override
                            Content sent(Content content) {
                                return new Content();
                            }
                        })),
                variant("accepts scripts that are not followed by quotas", () -> new Holds() {
                    @Override
                    void checkEnforced(boolean lifted) {}
                }),
                variant("keeps the quotas of a failed configuration", () -> new Holds() {
                    @Override
                    void restore(Content content, Content before) {
                        content.rows.clear();
                        content.rows.addAll(before.rows);
                    }
                }),
                variant("accepts every condition", () -> new Holds() {
                    @Override
                    void check(RowQuota limit) {}
                }),
                variant("changes quotas in any transaction", () -> new Holds() {
                    @Override
                    void checkConfiguring(boolean configures) {}
                }));
    }

    /** Defects of replaced databases, and of rows with a boolean. */
    static List<Variant> more() {
        return List.of(
                new Variant(
                        "loses the quotas of a database that replaces another one",
                        BackendContract.Transfer.class,
                        "declared",
                        () -> new Limiting(new Holds() {
                            @Override
                            Content replacing(Content content) {
                                content.limits.clear();
                                return content;
                            }
                        })),
                variant("does not count an absent boolean for false", () -> new Holds() {
                    @Override
                    boolean isEqual(@Nullable Object value, @Nullable Object other) {
                        return Objects.equals(value, other);
                    }
                }),
                variant("does not say which quota is reached", () -> new Holds() {
                    @Override
                    String message(RowQuota limit) {
                        return "No.";
                    }
                }));
    }

    private static Variant variant(String what, Supplier<Holds> holds) {
        return new Variant(what, BackendContract.RowQuotas.class, "declared", () -> new Limiting(holds.get()));
    }

    /** Returns a fixture without defects. */
    static HookedFixture sound() {
        return new Limiting(new Holds());
    }

    /** A variant that evaluates some filters incorrectly; null: correctly. */
    private static Variant evaluating(String what, BiFunction<Filter<?>, String, Boolean> wrong) {
        return variant(what, () -> new Holds() {
            @Override
            boolean matches(Filter<?> filter, Row row) {
                Boolean result = row.text() == null ? null : wrong.apply(filter, row.text());
                return result == null ? super.matches(filter, row) : result;
            }
        });
    }

    /** A row of the table. */
    private record Row(@Nullable String text, @Nullable Boolean flag) {}

    /** The rows and quotas of the table in one database. The scripts of the table are only recorded. */
    private static final class Content {
        private final List<Row> rows = new ArrayList<>();
        private final List<RowQuota> limits = new ArrayList<>();
        private boolean table;

        void change(String from, String to) {
            rows.replaceAll(row -> from.equals(row.text()) ? new Row(to, row.flag()) : row);
        }

        Content copy() {
            Content copy = new Content();
            copy.rows.addAll(rows);
            copy.limits.addAll(limits);
            copy.table = table;
            return copy;
        }
    }

    /** Enforces quotas correctly. Broken variants override a method. */
    private static class Holds {
        private final Map<UUID, Content> contents = new ConcurrentHashMap<>();

        Content of(DatabaseRef database) {
            return contents.computeIfAbsent(database.uuid(), any -> new Content());
        }

        Optional<String> inserts(Content content, Row row) {
            synchronized (content) {
                if (mayCome(content, row)) {
                    content.rows.add(row);
                    return Optional.empty();
                }
                return Optional.of(content.limits.stream()
                        .filter(limit -> counts(limit, row) && rows(content, limit) >= limit.max())
                        .map(this::message)
                        .findFirst()
                        .orElse("Another limit of records reached"));
            }
        }

        String message(RowQuota limit) {
            return "Limit of records reached: " + limit.model() + " may have " + limit.max() + " (domain "
                    + limit.domain() + "), and would have more";
        }

        boolean mayCome(Content content, Row row) {
            return content.limits.stream()
                    .noneMatch(limit -> counts(limit, row) && rows(content, limit) >= limit.max());
        }

        boolean changes(Content content, String from, String to) {
            synchronized (content) {
                List<Row> before = List.copyOf(content.rows);
                content.change(from, to);
                boolean over = content.limits.stream()
                        .anyMatch(limit -> counts(limit, new Row(to, null))
                                && !counts(limit, new Row(from, null))
                                && rows(content, limit) > limit.max());
                if (over) {
                    content.rows.clear();
                    content.rows.addAll(before);
                }
                return !over;
            }
        }

        long rows(Content content, RowQuota limit) {
            return content.rows.stream().filter(row -> counts(limit, row)).count();
        }

        boolean counts(RowQuota limit, Row row) {
            return matches(limit.rows(), row);
        }

        boolean matches(Filter<?> filter, Row row) {
            if (filter instanceof Filter.And<?> and) {
                return and.parts().stream().allMatch(part -> matches(part, row));
            }
            if (filter instanceof Filter.Or<?> or) {
                return or.parts().stream().anyMatch(part -> matches(part, row));
            }
            if (filter instanceof Filter.Not<?> not) {
                return !matches(not.part(), row);
            }
            if (filter instanceof Filter.In<?> in) {
                return in.values().contains(row.text());
            }
            Filter.Compare<?> compare = (Filter.Compare<?>) filter;
            Object value = compare.field().equals("active") ? row.flag() : row.text();
            if (compare.operator() == Operator.EQUAL) {
                return isEqual(value, compare.value());
            }
            if (compare.operator() == Operator.NOT_EQUAL) {
                return !isEqual(value, compare.value());
            }
            if (row.text() == null) {
                return false;
            }
            int order = row.text().compareTo((String) compare.value());
            return switch (compare.operator()) {
                case LESS -> order < 0;
                case LESS_OR_EQUAL -> order <= 0;
                case GREATER -> order > 0;
                default -> order >= 0;
            };
        }

        boolean isEqual(@Nullable Object value, @Nullable Object other) {
            return Objects.equals(value, other) || (Boolean.FALSE.equals(other) && value == null);
        }

        void enforce(Content content, List<RowQuota> limits) {
            content.limits.clear();
            if (content.table) {
                content.limits.addAll(limits);
            }
        }

        void check(RowQuota limit) {
            if (limit.rows() instanceof Filter.Like<?>
                    || (limit.rows() instanceof Filter.Compare<?> compare
                            && !(compare.field().equals("active")
                                    || (compare.field().equals("state")
                                            && (compare.value() == null
                                                    || compare.value() instanceof String
                                                    || Boolean.FALSE.equals(compare.value())))))) {
                throw SaasException.invalid(
                        ErrorCodes.CONFIGURATION_INVALID, "The table does not fit " + limit.rows() + ".");
            }
        }

        void checkConfiguring(boolean configures) {
            if (!configures) {
                throw SaasException.unsupported(
                        ErrorCodes.BACKEND_UNSUPPORTED,
                        "Row quotas can be changed only while a database is being configured.");
            }
        }

        OptionalLong count(Content content, RowQuota limit) {
            return content.limits.contains(limit) ? OptionalLong.of(rows(content, limit)) : OptionalLong.empty();
        }

        Content copy(Content content) {
            return content.copy();
        }

        Content sent(Content content) {
            return content.copy();
        }

        /** Returns the content of a database that has replaced another one. */
        Content replacing(Content content) {
            return content;
        }

        void checkEnforced(boolean lifted) {
            if (lifted) {
                throw SaasException.internal(
                        ErrorCodes.BACKEND_FAILED, "Row quotas were lifted and not enforced again.", null);
            }
        }

        void restore(Content content, Content before) {
            content.rows.clear();
            content.rows.addAll(before.rows);
            content.limits.clear();
            content.limits.addAll(before.limits);
            content.table = before.table;
        }
    }

    private static final class Limiting extends HookedFixture {
        Limiting(Holds holds) {
            super(new TestHooks() {
                @Override
                Databases databases(Databases sound) {
                    return new LimitingDatabases(sound, holds);
                }

                @Override
                Set<Capability> capabilities(Set<Capability> sound) {
                    Set<Capability> declared = EnumSet.of(Capability.ROW_QUOTAS);
                    declared.addAll(sound);
                    return declared;
                }
            });
        }

        @Override
        public Optional<String> inserts(
                Backend backend, DatabaseRef database, @Nullable String text, @Nullable Boolean flag) {
            // The database may belong to another fixture.
            Holds holds = ((LimitingDatabases) backend.databases(DEFAULT_SERVER)).holds;
            return holds.inserts(holds.of(database), new Row(text, flag));
        }

        @Override
        public boolean changes(Backend backend, DatabaseRef database, String from, String to) {
            Holds holds = ((LimitingDatabases) backend.databases(DEFAULT_SERVER)).holds;
            return holds.changes(holds.of(database), from, to);
        }
    }

    private static final class Sent extends FilterInputStream {
        private final Content rows;

        Sent(InputStream content, Content rows) {
            super(content);
            this.rows = rows;
        }
    }

    private static final class LimitingDatabases extends DelegatingDatabases {
        private final Holds holds;

        LimitingDatabases(Databases sound, Holds holds) {
            super(sound);
            this.holds = holds;
        }

        @Override
        public void copy(DatabaseRef source, DatabaseRef database) {
            super.copy(source, database);
            holds.contents.put(database.uuid(), holds.copy(holds.of(source)));
        }

        @Override
        public void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
            Content sent = holds.sent(holds.of(database));
            super.send(database, content -> receiver.accept(new Sent(content, sent)));
        }

        @Override
        public void receive(DatabaseRef database, InputStream content) {
            super.receive(database, content);
            if (content instanceof Sent sent) {
                holds.contents.putIfAbsent(database.uuid(), sent.rows);
            }
        }

        @Override
        public void replace(DatabaseRef database, DatabaseRef by) {
            super.replace(database, by);
            Content content = holds.contents.remove(by.uuid());
            if (content != null) {
                holds.contents.put(database.uuid(), holds.replacing(content));
            }
        }

        @Override
        public void exchange(DatabaseRef database, DatabaseRef other) {
            super.exchange(database, other);
            Content first = holds.of(database);
            holds.contents.put(database.uuid(), holds.of(other));
            holds.contents.put(other.uuid(), first);
        }

        @Override
        public void drop(DatabaseRef database) {
            super.drop(database);
            holds.contents.remove(database.uuid());
        }

        @Override
        public <T> T transact(DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
            return super.transact(database, tx -> work.apply(new Limited(tx, holds.of(database), false)));
        }

        @Override
        public <T> T configure(DatabaseRef database, Function<? super DatabaseTransaction, ? extends T> work) {
            return super.configure(database, tx -> {
                Content content = holds.of(database);
                Content before = content.copy();
                boolean done = false;
                try {
                    Limited limited = new Limited(tx, content, true);
                    T result = work.apply(limited);
                    holds.checkEnforced(limited.lifted);
                    done = true;
                    return result;
                } finally {
                    if (!done) {
                        holds.restore(content, before);
                    }
                }
            });
        }

        private final class Limited extends DelegatingTransaction {
            private final Content content;
            private final boolean configures;
            private boolean lifted;

            Limited(DatabaseTransaction transaction, Content content, boolean configures) {
                super(transaction);
                this.content = content;
                this.configures = configures;
            }

            @Override
            public void run(String script) {
                super.run(script);
                lifted |= !content.limits.isEmpty();
                content.limits.clear();
                if (script.startsWith("create table kit_limited")) {
                    content.table = true;
                }
                if (script.startsWith("drop table kit_limited")) {
                    content.table = false;
                    content.rows.clear();
                }
            }

            @Override
            public void enforce(List<RowQuota> limits) {
                holds.checkConfiguring(configures);
                limits.stream().filter(limit -> content.table).forEach(holds::check);
                holds.enforce(content, limits);
                lifted = false;
            }

            @Override
            public OptionalLong count(RowQuota limit) {
                return holds.count(content, limit);
            }
        }
    }
}
