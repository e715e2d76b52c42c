// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Filter.Operator;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordType.Kind;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.tck.BackendContract;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Backends with defects in how they run queries. */
final class QueryVariants {
    private QueryVariants() {}

    static List<Variant> all() {
        return List.of(
                filtering("ignores case", "textsAreComparedExactly", QueryVariants::ignoringCase),
                filtering(
                        "ignores case, found by random queries",
                        "queriesForPlansMatchTheReference",
                        QueryVariants::ignoringCase),
                filtering(
                        "excludes absent values from not-equal", "nullSelectsAbsentValues", QueryVariants::sqlNotEqual),
                filtering(
                        "excludes absent values from not-equal, found by random queries",
                        "queriesForTenantsMatchTheReference",
                        QueryVariants::sqlNotEqual),
                filtering(
                        "ignores escapes in patterns",
                        "patternsMatchTexts",
                        filter -> filter instanceof Filter.Like<?> like
                                ? new Filter.Like<>(
                                        like.field(), like.pattern().replace("\\", "\\\\"), like.ignoreCase())
                                : filter),
                filtering(
                        "ignores a backslash at the end of a pattern that ignores case",
                        "aPatternThatEndsInABackslashMeansABackslash",
                        filter -> filter instanceof Filter.Like<?> like
                                        && like.ignoreCase()
                                        && like.pattern().endsWith("\\")
                                ? new Filter.Like<>(
                                        like.field(),
                                        like.pattern()
                                                .substring(0, like.pattern().length() - 1),
                                        true)
                                : filter),
                wildcard("*", "%"),
                wildcard("?", "_"),
                wildcard(".", "_"),
                wildcard("[x]", "x"),
                wildcard("#", "_"),
                filtering(
                        "replaces half surrogate pairs in comparisons",
                        "halfASurrogatePairIsOrderedByItsCode",
                        filter -> filter instanceof Filter.Compare<?> compare && compare.value() instanceof String text
                                ? new Filter.Compare<>(
                                        compare.field(),
                                        compare.operator(),
                                        new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                                : filter),
                listing("refuses more than a thousand conditions", "filtersCanBeDeepAndWide", new Listing() {
                    @Override
                    public <R extends Record> List<R> list(
                            RecordType<R> type, Records<R> sound, Query<? super R> query) {
                        if (query.filter() instanceof Filter.Or<?> or
                                && or.parts().size() > 1000) {
                            throw SaasException.internal(
                                    ErrorCodes.BACKEND_FAILED, "Expression tree is too large.", null);
                        }
                        return sound.list(query);
                    }
                }),
                filtering(
                        "compares patterns with case",
                        "patternsMatchTexts",
                        filter -> filter instanceof Filter.Like<?> like
                                ? new Filter.Like<>(like.field(), like.pattern(), false)
                                : filter),
                filtering(
                        "reads only the first thousand values",
                        "listsOfValuesCanBeLong",
                        filter -> filter instanceof Filter.In<?> in
                                ? new Filter.In<>(
                                        in.field(),
                                        in.values()
                                                .subList(
                                                        0,
                                                        Math.min(
                                                                1000,
                                                                in.values().size())))
                                : filter),
                listing(
                        "puts absent values first",
                        "absentValuesComeLastAscendingAndFirstDescending",
                        QueryVariants::nullsFirst),
                listing("orders by UTF-16", "textsAreOrderedByCodePoint", QueryVariants::byUtf16),
                listing("reads the absence of a limit as zero", "pagesAreCutFromTheOrderedResult", new Listing() {
                    @Override
                    public <R extends Record> List<R> list(
                            RecordType<R> type, Records<R> sound, Query<? super R> query) {
                        return query.limit() == 0 && query.offset() > 0 ? List.of() : sound.list(query);
                    }
                }),
                listing("ignores comparisons with unknown fields", "anUnknownFieldIsRefused", new Listing() {
                    @Override
                    public <R extends Record> List<R> list(
                            RecordType<R> type, Records<R> sound, Query<? super R> query) {
                        try {
                            return sound.list(query);
                        } catch (SaasException e) {
                            if (e.code().equals(ErrorCodes.QUERY_UNKNOWN_FIELD)) {
                                return sound.list(Query.all());
                            }
                            throw e;
                        }
                    }
                }));
    }

    private interface Sets {
        <R extends Record> Records<R> of(RecordType<R> type, Records<R> sound);
    }

    /** Backends with defects in how they read one field, count by a field, and change or delete several records. */
    static List<Variant> sets() {
        return List.of(
                sets("reads a field in any order", "oneFieldIsReadInTheOrderOfTheQuery", new Sets() {
                    @Override
                    public <R extends Record> Records<R> of(RecordType<R> type, Records<R> sound) {
                        return new DelegatingRecords<>(sound) {
                            @Override
                            public <V> List<V> values(RecordField<? super R, V> field, Query<? super R> query) {
                                return sound.values(field, unordered(query));
                            }
                        };
                    }
                }),
                sets("reads different values of a field", "oneFieldIsReadInTheOrderOfTheQuery", new Sets() {
                    @Override
                    public <R extends Record> Records<R> of(RecordType<R> type, Records<R> sound) {
                        return new DelegatingRecords<>(sound) {
                            @Override
                            public <V> List<V> values(RecordField<? super R, V> field, Query<? super R> query) {
                                return sound.values(field, query).stream()
                                        .distinct()
                                        .toList();
                            }
                        };
                    }
                }),
                sets("counts no absent values", "recordsAreCountedByTheValuesOfAField", new Sets() {
                    @Override
                    public <R extends Record> Records<R> of(RecordType<R> type, Records<R> sound) {
                        return new DelegatingRecords<>(sound) {
                            @Override
                            public <V> Map<V, Long> counts(RecordField<? super R, V> field, Filter<? super R> filter) {
                                Map<V, Long> counts = sound.counts(field, filter);
                                counts.remove(null);
                                return counts;
                            }
                        };
                    }
                }),
                sets("adds up all records for each value of a field", "addsUpFields", new Sets() {
                    @Override
                    public <R extends Record> Records<R> of(RecordType<R> type, Records<R> sound) {
                        return new DelegatingRecords<>(sound) {
                            @Override
                            public <V> Map<V, List<Long>> sums(
                                    RecordField<? super R, V> by,
                                    List<RecordField<R, ? extends Number>> fields,
                                    Filter<? super R> filter) {
                                Map<V, List<Long>> sums = sound.sums(by, fields, filter);
                                sums.replaceAll((value, sum) -> sound.sums(fields, filter));
                                return sums;
                            }
                        };
                    }
                }),
                sets("counts by a field without its filter", "queriesForPlansMatchTheReference", new Sets() {
                    @Override
                    public <R extends Record> Records<R> of(RecordType<R> type, Records<R> sound) {
                        return new DelegatingRecords<>(sound) {
                            @Override
                            public <V> Map<V, Long> counts(RecordField<? super R, V> field, Filter<? super R> filter) {
                                return sound.counts(field, Filter.untyped(Filter.all()));
                            }
                        };
                    }
                }),
                sets("deletes one record of several", "theRecordsThatAFilterSelectsAreDeleted", new Sets() {
                    @Override
                    public <R extends Record> Records<R> of(RecordType<R> type, Records<R> sound) {
                        return new DelegatingRecords<>(sound) {
                            @Override
                            public long deleteAll(Filter<? super R> filter) {
                                return sound.deleteFree(
                                        Query.where(Filter.untyped(filter)).page(0, 1));
                            }
                        };
                    }
                }),
                sets("deletes without a limit", "theFirstRecordsOfAQueryAreDeleted", new Sets() {
                    @Override
                    public <R extends Record> Records<R> of(RecordType<R> type, Records<R> sound) {
                        return new DelegatingRecords<>(sound) {
                            @Override
                            public int deleteFree(Query<? super R> query) {
                                return sound.deleteFree(query.page(query.offset(), 0));
                            }
                        };
                    }
                }),
                sets("deletes in any order", "theFirstRecordsOfAQueryAreDeleted", new Sets() {
                    @Override
                    public <R extends Record> Records<R> of(RecordType<R> type, Records<R> sound) {
                        return new DelegatingRecords<>(sound) {
                            @Override
                            public int deleteFree(Query<? super R> query) {
                                return sound.deleteFree(unordered(query));
                            }
                        };
                    }
                }));
    }

    private static Variant sets(String what, String test, Sets sets) {
        return Variant.of(what, BackendContract.Queries.class, test, () -> new TestHooks() {
            @Override
            <R extends Record> Records<R> records(Transaction transaction, RecordType<R> type) {
                return sets.of(type, transaction.records(type));
            }
        });
    }

    private static Query<Object> unordered(Query<?> query) {
        return new Query<>(Filter.untyped(query.filter()), List.of(), query.offset(), query.limit());
    }

    private interface Listing {
        <R extends Record> List<R> list(RecordType<R> type, Records<R> sound, Query<? super R> query);
    }

    private static Variant filtering(String what, String test, UnaryOperator<Filter<?>> leaf) {
        return Variant.of(what, BackendContract.Queries.class, test, () -> new Filters(leaf));
    }

    /** A database with one more character that is special in patterns. */
    private static Variant wildcard(String special, String meaning) {
        return filtering(
                "reads " + special + " in a pattern as " + meaning,
                "onlyPercentUnderscoreAndBackslashAreSpecialInPatterns",
                filter -> filter instanceof Filter.Like<?> like
                        ? new Filter.Like<>(like.field(), like.pattern().replace(special, meaning), like.ignoreCase())
                        : filter);
    }

    private static Variant listing(String what, String test, Listing listing) {
        return Variant.of(what, BackendContract.Queries.class, test, () -> new Lists(listing));
    }

    private static Filter<?> ignoringCase(Filter<?> filter) {
        return filter instanceof Filter.Compare<?> compare
                        && compare.operator() == Operator.EQUAL
                        && compare.value() instanceof String text
                ? Filter.likeIgnoringCase(RecordField.named(compare.field()), text.replaceAll("([\\\\%_])", "\\\\$1"))
                : filter;
    }

    private static Filter<?> sqlNotEqual(Filter<?> filter) {
        return filter instanceof Filter.Compare<?> compare
                        && compare.operator() == Operator.NOT_EQUAL
                        && compare.value() != null
                ? Filter.and(Filter.untyped(filter), Filter.notEqual(RecordField.named(compare.field()), null))
                : filter;
    }

    private static <R extends Record> List<R> nullsFirst(RecordType<R> type, Records<R> sound, Query<? super R> query) {
        List<R> records = new ArrayList<>(sound.list(query));
        if (query.order().size() == 1 && query.limit() == 0) {
            String field = query.order().get(0).field();
            records.sort(Comparator.comparing(record -> type.value(record, field) != null));
        }
        return records;
    }

    private static <R extends Record> List<R> byUtf16(RecordType<R> type, Records<R> sound, Query<? super R> query) {
        List<R> records = new ArrayList<>(sound.list(query));
        if (query.order().size() == 1
                && type.field(query.order().get(0).field()).kind() == Kind.TEXT) {
            Query.Order order = query.order().get(0);
            Comparator<R> comparator = Comparator.comparing(record -> (String) type.value(record, order.field()));
            records.sort(order.descending() ? comparator.reversed() : comparator);
        }
        return records;
    }

    /** Rewrites the comparisons of each filter. */
    private static final class Filters extends TestHooks {
        private final UnaryOperator<Filter<?>> leaf;

        Filters(UnaryOperator<Filter<?>> leaf) {
            this.leaf = leaf;
        }

        @Override
        <R extends Record> Records<R> records(Transaction transaction, RecordType<R> type) {
            return new DelegatingRecords<>(transaction.records(type)) {
                @Override
                public List<R> list(Query<? super R> query) {
                    return super.list(
                            new Query<>(rewritten(query.filter()), query.order(), query.offset(), query.limit()));
                }

                @Override
                public long count(Filter<? super R> filter) {
                    return super.count(rewritten(filter));
                }
            };
        }

        private Filter<Object> rewritten(Filter<?> filter) {
            if (filter instanceof Filter.And<?> and) {
                return Filter.and(and.parts().stream().map(this::rewritten).toList());
            }
            if (filter instanceof Filter.Or<?> or) {
                return Filter.or(or.parts().stream().map(this::rewritten).toList());
            }
            if (filter instanceof Filter.Not<?> not) {
                return Filter.not(rewritten(not.part()));
            }
            return Filter.untyped(leaf.apply(filter));
        }
    }

    private static final class Lists extends TestHooks {
        private final Listing listing;

        Lists(Listing listing) {
            this.listing = listing;
        }

        @Override
        <R extends Record> Records<R> records(Transaction transaction, RecordType<R> type) {
            Records<R> sound = transaction.records(type);
            return new DelegatingRecords<>(sound) {
                @Override
                public List<R> list(Query<? super R> query) {
                    return listing.list(type, sound, query);
                }
            };
        }
    }
}
