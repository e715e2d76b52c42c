// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Filter.Operator;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.ServerId;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredTenant;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A query returns what {@link RecordType#select} says, regardless of how the database itself handles nulls, case,
 * patterns and order.
 */
public abstract class QueriesContract extends Contract {
    private static final int RECORDS = 60;
    private static final int QUERIES = 300;

    /** For subclasses. */
    protected QueriesContract() {}

    @Override
    final boolean sharesStorage() {
        return true;
    }

    @Test
    void queriesForPlansMatchTheReference() {
        checkManyQueries(catalogPlace(), RecordTypes.PLANS, 1);
    }

    @Test
    void queriesForTenantsMatchTheReference() {
        checkManyQueries(catalogPlace(), RecordTypes.TENANTS, 2);
    }

    @Test
    void queriesForOperationsMatchTheReference() {
        checkManyQueries(catalogPlace(), RecordTypes.OPERATIONS, 3);
    }

    @Test
    void queriesForMembersMatchTheReference() {
        checkManyQueries(databasePlace(), RecordTypes.MEMBERS, 4);
    }

    @Test
    void nullSelectsAbsentValues() {
        plan("absent", null);
        plan("x", "x");
        plan("y", "y");

        assertNames(Filter.equal(Plan.SUMMARY, null), "absent");
        assertNames(Filter.notEqual(Plan.SUMMARY, null), "x", "y");
        assertNames(Filter.equal(Plan.SUMMARY, "x"), "x");
        assertNames(Filter.notEqual(Plan.SUMMARY, "x"), "absent", "y");
        assertNames(Filter.not(Filter.equal(Plan.SUMMARY, "x")), "absent", "y");
        assertNames(Filter.not(Filter.notEqual(Plan.SUMMARY, "x")), "x");
        assertNames(Filter.compare(Plan.SUMMARY, Operator.LESS, "y"), "x");
        assertNames(Filter.not(Filter.compare(Plan.SUMMARY, Operator.LESS, "y")), "absent", "y");
        assertNames(Filter.compare(Plan.SUMMARY, Operator.GREATER_OR_EQUAL, null));
        assertNames(Filter.not(Filter.compare(Plan.SUMMARY, Operator.LESS_OR_EQUAL, null)), "absent", "x", "y");
        assertNames(Filter.in(Plan.SUMMARY, Arrays.asList("x", null)), "absent", "x");
        assertNames(Filter.not(Filter.in(Plan.SUMMARY, Arrays.asList("x", null))), "y");
        assertNames(Filter.in(Plan.SUMMARY, List.of("x")), "x");
        assertNames(Filter.not(Filter.in(Plan.SUMMARY, List.of("x"))), "absent", "y");
        assertNames(Filter.like(Plan.SUMMARY, "%"), "x", "y");
        assertNames(Filter.not(Filter.like(Plan.SUMMARY, "%")), "absent");
        assertNames(Filter.not(Filter.like(Plan.SUMMARY, "x")), "absent", "y");
    }

    @Test
    void tagsAndAttributesAreComparedAsAWhole() {
        String hostile = "'; DROP TABLE plans; -- \"\\%_\uD83D\uDE80";
        for (int i = 0; i < 3; i++) {
            Plan plan = Plan.builder("p" + i)
                    .tags(i == 0 ? List.of("eu") : List.of("eu1"))
                    .attributes(i == 1 ? Map.of("key", hostile, "other", "\",\"fake\":\"x") : Map.of("key", "v" + i))
                    .build();
            insert(catalogPlace(), RecordTypes.PLANS, plan);
        }
        assertNames(Filter.tagged("eu"), "p0");
        assertNames(Filter.attribute("key", hostile), "p1");
        assertNames(Filter.attribute("key", "v2"), "p2");
        assertNames(Filter.not(Filter.attribute("key", hostile)), "p0", "p2");
        for (String other : List.of("", "v", "V2", "v_", "v%", "\\", hostile + "\\", "\n", "\0", "\uD800")) {
            assertNames(Filter.attribute("key", other));
        }
        assertNames(Filter.attribute("fake", "x"));
        assertNames(Filter.attribute("ey", "v2"));
    }

    @Test
    void filtersCanSelectNothingOrEverything() {
        plan("a", null);
        plan("b", "b");

        assertNames(Filter.all(), "a", "b");
        assertNames(Filter.none());
        assertNames(Filter.not(Filter.all()));
        assertNames(Filter.not(Filter.none()), "a", "b");
        assertNames(Filter.in(Plan.SUMMARY, List.of()));
        assertNames(Filter.not(Filter.in(Plan.SUMMARY, List.of())), "a", "b");
        assertNames(Filter.equal(Plan.ID, null));
    }

    @Test
    void anEmptyTextIsNotAnAbsentValue() {
        plan("empty", "");
        plan("absent", null);

        assertNames(Filter.equal(Plan.SUMMARY, ""), "empty");
        assertNames(Filter.equal(Plan.SUMMARY, null), "absent");
        assertNames(Filter.like(Plan.SUMMARY, ""), "empty");
    }

    @Test
    void textsAreComparedExactly() {
        plan("abc", null);
        plan("ABC", null);
        plan("abc ", null);

        assertNames(Filter.equal(Plan.NAME, "abc"), "abc");
        assertNames(Filter.equal(Plan.NAME, "Abc"));
        assertNames(Filter.in(Plan.NAME, List.of("ABC", "ABC ")), "ABC");
        assertNames(Filter.notEqual(Plan.NAME, "abc"), "ABC", "abc ");
    }

    @Test
    void patternsMatchTexts() {
        plan("50% off", null);
        plan("50 or off", null);
        plan("a_b", null);
        plan("axb", null);
        plan("c\\d", null);
        plan("🚀!", null);
        plan("Upper", null);
        plan("two\nlines", null);

        assertNames(Filter.like(Plan.NAME, "50%"), "50% off", "50 or off");
        assertNames(Filter.like(Plan.NAME, "50\\%%"), "50% off");
        assertNames(Filter.like(Plan.NAME, "a_b"), "a_b", "axb");
        assertNames(Filter.like(Plan.NAME, "a\\_b"), "a_b");
        assertNames(Filter.like(Plan.NAME, "c\\\\d"), "c\\d");
        assertNames(Filter.like(Plan.NAME, "%\\\\%"), "c\\d");
        assertNames(Filter.like(Plan.NAME, "\\c\\\\\\d"), "c\\d");
        assertNames(Filter.like(Plan.NAME, "_!"), "🚀!");
        assertNames(Filter.like(Plan.NAME, "__!"));
        assertNames(Filter.like(Plan.NAME, "upper"));
        assertNames(Filter.likeIgnoringCase(Plan.NAME, "uPPER"), "Upper");
        assertNames(Filter.likeIgnoringCase(Plan.NAME, "%OFF"), "50% off", "50 or off");
        assertNames(Filter.likeIgnoringCase(Plan.NAME, "%\\%%"), "50% off");
        assertNames(Filter.like(Plan.NAME, "two%"), "two\nlines");
        assertNames(Filter.like(Plan.NAME, "two_lines"), "two\nlines");
        assertNames(Filter.like(Plan.NAME, "c\\"));
    }

    @Test
    void onlyPercentUnderscoreAndBackslashAreSpecialInPatterns() {
        List<String> literal = List.of("a*b", "a?b", "a[x]b", "a[!y]b", "a.b", "(a|x)b", "a{1}b", "a#b", "^ab$");
        literal.forEach(name -> plan(name, null));
        plan("axb", null);
        plan("ab", null);
        plan("axxb", null);
        plan("a1b", null);

        for (String name : literal) {
            assertNames(Filter.like(Plan.NAME, name), name);
            assertNames(Filter.likeIgnoringCase(Plan.NAME, name.toUpperCase(Locale.ROOT)), name);
        }
        assertNames(Filter.like(Plan.NAME, "%*_"), "a*b");
        assertNames(Filter.like(Plan.NAME, "%[%"), "a[x]b", "a[!y]b");
    }

    @Test
    void aPatternThatEndsInABackslashMeansABackslash() {
        plan("ends in \\", null);
        plan("ends in x", null);

        assertNames(Filter.like(Plan.NAME, "ends in \\"), "ends in \\");
        assertNames(Filter.like(Plan.NAME, "%\\"), "ends in \\");
        assertNames(Filter.likeIgnoringCase(Plan.NAME, "ENDS IN \\"), "ends in \\");
        assertNames(Filter.likeIgnoringCase(Plan.NAME, "%\\"), "ends in \\");
    }

    @Test
    void aPatternThatInvitesBacktrackingIsFast() {
        plan("a".repeat(5_000), null);

        assertNames(Filter.like(Plan.NAME, "%a".repeat(40) + "%b"));
    }

    @Test
    void textsAreOrderedByCodePoint() {
        String[] ordered = {
            "", " ", "A", "B", "Z", "Za", "_", "a", "a b", "a-b", "a.b", "ab", "b", "z", "~", "Ä", "ß", "é", "\uFFFD",
            "🚀"
        };
        for (int i = ordered.length - 1; i >= 0; i--) {
            plan(ordered[i], null);
        }
        assertThat(names(Query.all().orderBy(Plan.NAME))).containsExactly(ordered);
        List<String> reversed = new ArrayList<>(List.of(ordered));
        Collections.reverse(reversed);
        assertThat(names(Query.all().orderByDescending(Plan.NAME))).isEqualTo(reversed);
        assertNames(Filter.compare(Plan.NAME, Operator.GREATER, "é"), "🚀", "\uFFFD");
        assertNames(Filter.compare(Plan.NAME, Operator.LESS, "A"), " ", "");
    }

    @Test
    void absentValuesComeLastAscendingAndFirstDescending() {
        plan("absent", null);
        plan("b", "b");
        plan("absent too", null);
        plan("a", "a");

        assertThat(names(Query.all().orderBy(Plan.SUMMARY))).containsExactly("a", "b", "absent", "absent too");
        assertThat(names(Query.all().orderByDescending(Plan.SUMMARY)))
                .containsExactly("absent", "absent too", "b", "a");
    }

    @Test
    void falseComesBeforeTrueAndEqualValuesAreOrderedById() {
        List<Boolean> demos = List.of(true, false, true, false);
        for (int i = 0; i < demos.size(); i++) {
            Plan plan = Plan.builder("plan " + i).demo(demos.get(i)).build();
            insert(catalogPlace(), RecordTypes.PLANS, plan);
        }
        assertThat(names(Query.all().orderBy(Plan.DEMO))).containsExactly("plan 1", "plan 3", "plan 0", "plan 2");
        assertThat(names(Query.all().orderByDescending(Plan.DEMO)))
                .containsExactly("plan 0", "plan 2", "plan 1", "plan 3");
        assertThat(names(Query.all().orderByDescending(Plan.ID)))
                .containsExactly("plan 3", "plan 2", "plan 1", "plan 0");
    }

    @Test
    void pagesAreCutFromTheOrderedResult() {
        List<String> all = IntStream.range(0, 10).mapToObj(i -> "plan " + i).toList();
        all.forEach(name -> plan(name, null));

        assertThat(names(Query.all().page(0, 3))).isEqualTo(all.subList(0, 3));
        assertThat(names(Query.all().page(8, 3))).isEqualTo(all.subList(8, 10));
        assertThat(names(Query.all().page(7, 0))).isEqualTo(all.subList(7, 10));
        assertThat(names(Query.all().page(10, 3))).isEmpty();
        assertThat(names(Query.all().page(Integer.MAX_VALUE, Integer.MAX_VALUE)))
                .isEmpty();
        assertThat(names(Query.all().orderByDescending(Plan.NAME).page(1, 2))).containsExactly("plan 8", "plan 7");
    }

    @Test
    void uuidsAreOrderedLikeTheirTexts() {
        List<UUID> uuids = List.of(
                UUID.fromString("00000000-0000-4000-8000-000000000001"),
                UUID.fromString("7fffffff-ffff-4fff-bfff-ffffffffffff"),
                UUID.fromString("80000000-0000-4000-8000-000000000000"),
                UUID.fromString("ffffffff-ffff-4fff-bfff-ffffffffffff"));
        for (int i : new int[] {2, 0, 3, 1}) {
            StoredTenant tenant = StoredTenant.builder(uuids.get(i), "tenant " + i, new ServerId(1))
                    .build();
            insert(catalogPlace(), RecordTypes.TENANTS, tenant);
        }
        Query<StoredTenant> ordered = Query.all().orderBy(StoredTenant.UUID);
        assertThat(list(catalogPlace(), RecordTypes.TENANTS, ordered))
                .extracting(StoredTenant::uuid)
                .isEqualTo(uuids);
        Query<StoredTenant> upper =
                Query.where(Filter.compare(StoredTenant.UUID, Operator.GREATER_OR_EQUAL, uuids.get(2)));
        assertThat(list(catalogPlace(), RecordTypes.TENANTS, upper)).hasSize(2);
    }

    @Test
    void valuesCanBeIdsConstantsAndSmallerNumbers() {
        StoredTenant open = StoredTenant.builder(new UUID(1, 1), "open", new ServerId(3))
                .state(TenantState.OPEN)
                .planId(new PlanId(5))
                .build();
        StoredTenant draft =
                StoredTenant.builder(new UUID(1, 2), "draft", new ServerId(4)).build();
        long id = insert(catalogPlace(), RecordTypes.TENANTS, open).id().value();
        insert(catalogPlace(), RecordTypes.TENANTS, draft);

        assertOnlyOpen(Filter.equal(StoredTenant.ID, new TenantId(id)));
        assertOnlyOpen(Filter.equal(RecordField.named("id"), id));
        assertOnlyOpen(Filter.equal(RecordField.named("id"), (int) id));
        assertOnlyOpen(Filter.equal(StoredTenant.PLAN_ID, new PlanId(5)));
        assertOnlyOpen(Filter.in(StoredTenant.PLAN_ID, List.of(new PlanId(5), new PlanId(6))));
        assertOnlyOpen(Filter.equal(StoredTenant.STATE, TenantState.OPEN));
        assertOnlyOpen(Filter.equal(RecordField.named("state"), "OPEN"));
        assertOnlyOpen(Filter.notEqual(StoredTenant.STATE, TenantState.DRAFT));
        assertOnlyOpen(Filter.in(StoredTenant.STATE, List.of(TenantState.OPEN, TenantState.SUSPENDED)));
        assertOnlyOpen(Filter.compare(StoredTenant.SERVER_ID, Operator.LESS, new ServerId(4)));
        assertOnlyOpen(Filter.like(StoredTenant.STATE, "O%"));
    }

    @Test
    void listsOfValuesCanBeLong() {
        List<Plan> plans = IntStream.range(0, 6)
                .mapToObj(i -> plan("plan " + i, i % 2 == 0 ? null : "summary " + i))
                .toList();
        long last = plans.get(5).id().value();
        List<Object> ids =
                LongStream.rangeClosed(last + 1, last + 4_998).boxed().collect(Collectors.toList());
        ids.add(0, plans.get(1).id());
        ids.add(plans.get(4).id());
        List<Object> names =
                IntStream.range(4, 5_004).mapToObj(i -> "plan " + i).collect(Collectors.toList());
        List<@Nullable Object> summaries = new ArrayList<>(names);
        summaries.add(null);

        assertNames(Filter.in(RecordField.named("id"), ids), "plan 1", "plan 4");
        assertNames(Filter.not(Filter.in(RecordField.named("id"), ids)), "plan 0", "plan 2", "plan 3", "plan 5");
        assertNames(Filter.in(RecordField.named("name"), names), "plan 4", "plan 5");
        assertNames(Filter.in(RecordField.named("summary"), summaries), "plan 0", "plan 2", "plan 4");
        assertNames(Filter.not(Filter.in(RecordField.named("summary"), summaries)), "plan 1", "plan 3", "plan 5");
    }

    @Test
    void filtersCanBeDeepAndWide() {
        plan("a", null);
        plan("b", null);
        Filter<Plan> deep = Filter.equal(Plan.NAME, "a");
        for (int i = 0; i < 64; i++) {
            deep = i % 2 == 0 ? Filter.or(deep, Filter.none()) : Filter.and(Filter.all(), deep);
            deep = Filter.not(deep);
        }
        List<Filter<Plan>> wide = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            wide.add(Filter.equal(Plan.NAME, i == 1_500 ? "b" : "no name " + i));
        }
        assertNames(deep, "a");
        assertNames(Filter.or(wide), "b");
        assertNames(Filter.not(Filter.or(wide)), "a");
    }

    @Test
    void aValueThatCannotBeStoredEqualsNothing() {
        plan("a", "a");

        for (String text : List.of("a\0", "\0", "\uD83D")) {
            assertNames(Filter.equal(Plan.NAME, text));
            assertNames(Filter.notEqual(Plan.NAME, text), "a");
            assertNames(Filter.in(Plan.NAME, List.of(text)));
            assertNames(Filter.in(Plan.NAME, List.of(text, "a")), "a");
            assertNames(Filter.not(Filter.in(Plan.NAME, List.of(text))), "a");
            assertNames(Filter.like(Plan.NAME, text));
            assertNames(Filter.not(Filter.like(Plan.NAME, text)), "a");
        }
        assertNames(Filter.compare(Plan.NAME, Operator.LESS, "a\0"), "a");
        assertNames(Filter.compare(Plan.NAME, Operator.GREATER, "a\0"));
        assertNames(Filter.equal(Plan.CREATED_AT, Instant.MAX));
        assertNames(Filter.compare(Plan.CREATED_AT, Operator.LESS, Instant.MAX), "a");
        assertNames(Filter.compare(Plan.CREATED_AT, Operator.GREATER, Instant.MIN), "a");
        assertNames(Filter.notEqual(Plan.CREATED_AT, Instant.MIN), "a");
    }

    @Test
    void halfASurrogatePairIsOrderedByItsCode() {
        plan("a", null);
        plan("\uFFFD", null);
        plan("🚀", null);
        plan("🚀b", null);

        assertOrder("\uD83D", List.of("a", "\uFFFD"), List.of("🚀", "🚀b"));
        assertOrder("\uD83Dz", List.of("a", "\uFFFD"), List.of("🚀", "🚀b"));
        assertOrder("\uD83E", List.of("a", "\uFFFD", "🚀", "🚀b"), List.of());
        assertOrder("\uDE80", List.of("a", "\uFFFD", "🚀", "🚀b"), List.of());
        assertOrder("a\uDE80", List.of("a"), List.of("\uFFFD", "🚀", "🚀b"));
        assertOrder("\uFFFD\uDE80", List.of("a", "\uFFFD"), List.of("🚀", "🚀b"));
        assertOrder("🚀\uDE80", List.of("a", "\uFFFD", "🚀", "🚀b"), List.of());
    }

    private void assertOrder(String text, List<String> less, List<String> greater) {
        for (Operator operator : List.of(Operator.LESS, Operator.LESS_OR_EQUAL)) {
            assertNames(Filter.compare(Plan.NAME, operator, text), less.toArray(String[]::new));
            assertNames(Filter.not(Filter.compare(Plan.NAME, operator, text)), greater.toArray(String[]::new));
        }
        for (Operator operator : List.of(Operator.GREATER, Operator.GREATER_OR_EQUAL)) {
            assertNames(Filter.compare(Plan.NAME, operator, text), greater.toArray(String[]::new));
            assertNames(Filter.not(Filter.compare(Plan.NAME, operator, text)), less.toArray(String[]::new));
        }
    }

    @Test
    void anUnknownFieldIsRefused() {
        assertQueryRefused(ErrorCodes.QUERY_UNKNOWN_FIELD, Filter.equal(RecordField.named("nonsense"), 1));
        assertQueryRefused(
                ErrorCodes.QUERY_UNKNOWN_FIELD, Filter.equal(RecordField.named("created_at"), Instant.EPOCH));
        assertQueryRefused(
                ErrorCodes.QUERY_UNKNOWN_FIELD, Filter.not(Filter.like(RecordField.named("name\" or 1=1 --"), "%")));
        assertRefused(
                ErrorCodes.QUERY_UNKNOWN_FIELD, () -> names(Query.all().orderBy(RecordField.named("created_at"))));
    }

    @Test
    void aValueOfAnotherTypeIsRefused() {
        assertQueryRefused(ErrorCodes.QUERY_INVALID, Filter.equal(RecordField.named("name"), 1));
        assertQueryRefused(ErrorCodes.QUERY_INVALID, Filter.equal(RecordField.named("id"), "1"));
        assertQueryRefused(ErrorCodes.QUERY_INVALID, Filter.equal(RecordField.named("demo"), "true"));
        assertQueryRefused(
                ErrorCodes.QUERY_INVALID, Filter.in(RecordField.named("trialHours"), List.of(1, 3_000_000_000L)));
        assertQueryRefused(ErrorCodes.QUERY_INVALID, Filter.like(Plan.TRIAL_HOURS, "1%"));
        assertQueryRefused(
                ErrorCodes.QUERY_INVALID,
                Filter.and(Filter.none(), Filter.equal(RecordField.named("createdAt"), "2024-01-01")));
    }

    private <R extends Record> void checkManyQueries(RecordPlace place, RecordType<R> type, long seed) {
        RandomQueries<R> chance = new RandomQueries<>(type, seed);
        List<R> records = place.transact(tx -> {
            List<R> stored = new ArrayList<>();
            for (int i = 1; i <= RECORDS; i++) {
                stored.add(tx.records(type).insert(chance.record(i)));
            }
            return stored;
        });
        List<Query<Object>> queries =
                IntStream.range(0, QUERIES).mapToObj(i -> chance.query(records)).toList();
        place.transact(tx -> {
            for (Query<Object> query : queries) {
                assertThat(tx.records(type).list(query)).as("%s", query).isEqualTo(type.select(records, query));
                assertThat(tx.records(type).count(query.filter()))
                        .as("count of %s", query.filter())
                        .isEqualTo(type.select(records, Query.where(query.filter()))
                                .size());
                RecordField<Object, Object> field = chance.anyField();
                assertThat(tx.records(type).values(field, query))
                        .as("%s of %s", field, query)
                        .isEqualTo(type.selectValues(records, field, query));
                assertThat(tx.records(type).counts(field, query.filter()))
                        .as("%s by %s", query.filter(), field)
                        .isEqualTo(type.countBy(records, field, query.filter()));
            }
            return null;
        });
    }

    @Test
    void addsUpFields() {
        RecordPlace place = catalogPlace();
        insert(place, RecordTypes.PLANS, Plan.builder("a").maxUsers(3).spares(1).build());
        insert(
                place,
                RecordTypes.PLANS,
                Plan.builder("b").maxUsers(Integer.MAX_VALUE).build());
        insert(
                place,
                RecordTypes.PLANS,
                Plan.builder("c").maxUsers(Integer.MAX_VALUE).build());
        List<RecordField<Plan, ? extends Number>> fields = List.of(Plan.MAX_USERS, Plan.SPARES);

        place.transact(tx -> {
            assertThat(tx.records(RecordTypes.PLANS).sums(fields, Filter.all()))
                    .as("more than an int")
                    .containsExactly(3 + 2L * Integer.MAX_VALUE, 1L);
            assertThat(tx.records(RecordTypes.PLANS).sums(fields, Filter.equal(Plan.NAME, "a")))
                    .containsExactly(3L, 1L);
            assertThat(tx.records(RecordTypes.PLANS).sums(fields, Filter.none()))
                    .as("no records")
                    .containsExactly(0L, 0L);
            assertThat(tx.records(RecordTypes.PLANS).sums(Plan.SPARES, fields, Filter.all()))
                    .isEqualTo(Map.of(1, List.of(3L, 1L), 0, List.of(2L * Integer.MAX_VALUE, 0L)));
            assertThat(tx.records(RecordTypes.PLANS).sums(Plan.SUMMARY, fields, Filter.equal(Plan.NAME, "a")))
                    .as("of those without a value")
                    .isEqualTo(Collections.singletonMap(null, List.of(3L, 1L)));
            assertThat(tx.records(RecordTypes.PLANS).sums(Plan.SPARES, fields, Filter.none()))
                    .isEmpty();
            return null;
        });
    }

    @Test
    void oneFieldIsReadInTheOrderOfTheQuery() {
        PlanId b = plan("b", "x").id();
        plan("c", null);
        plan("a", "x");
        plan("d", "y");

        catalogPlace().transact(tx -> {
            Records<Plan> plans = tx.records(RecordTypes.PLANS);
            assertThat(plans.values(Plan.NAME, Query.all().orderByDescending(Plan.NAME)))
                    .containsExactly("d", "c", "b", "a");
            assertThat(plans.values(Plan.NAME, Query.all().orderBy(Plan.NAME).page(1, 2)))
                    .containsExactly("b", "c");
            assertThat(plans.values(Plan.SUMMARY, Query.all().orderBy(Plan.NAME)))
                    .as("without nulls, with repetitions")
                    .containsExactly("x", "x", "y");
            assertThat(plans.values(Plan.ID, Query.where(Filter.equal(Plan.NAME, "b"))))
                    .as("values of the field's type")
                    .containsExactly(b);
            return null;
        });
        assertRefused(
                ErrorCodes.QUERY_UNKNOWN_FIELD,
                () -> catalogPlace()
                        .transact(tx ->
                                tx.records(RecordTypes.PLANS).values(RecordField.named("nonsense"), Query.all())));
    }

    @Test
    void recordsAreCountedByTheValuesOfAField() {
        plan("a", "x");
        plan("b", null);
        plan("c", "x");
        plan("d", "X");
        plan("e", null);

        catalogPlace().transact(tx -> {
            Records<Plan> plans = tx.records(RecordTypes.PLANS);
            Map<@Nullable String, Long> expected = new HashMap<>(Map.of("x", 2L, "X", 1L));
            expected.put(null, 2L);
            assertThat(plans.counts(Plan.SUMMARY, Filter.all())).isEqualTo(expected);
            assertThat(plans.counts(Plan.SUMMARY, Filter.equal(Plan.NAME, "c"))).isEqualTo(Map.of("x", 1L));
            assertThat(plans.counts(Plan.SUMMARY, Filter.none())).isEmpty();
            return null;
        });
    }

    @Test
    void theRecordsThatAFilterSelectsAreDeleted() {
        plan("a", "x");
        plan("b", null);
        plan("c", "x");

        assertThat(catalogPlace()
                        .<Long>transact(tx -> tx.records(RecordTypes.PLANS).deleteAll(Filter.equal(Plan.SUMMARY, "x"))))
                .isEqualTo(2);
        assertNames(Filter.all(), "b");
        assertThat(catalogPlace()
                        .<Long>transact(tx -> tx.records(RecordTypes.PLANS).deleteAll(Filter.equal(Plan.SUMMARY, "x"))))
                .isZero();
    }

    @Test
    void theFirstRecordsOfAQueryAreDeleted() {
        plan("a", "x");
        plan("d", "x");
        plan("b", "x");
        plan("c", null);
        Query<Plan> query = Query.where(Filter.equal(Plan.SUMMARY, "x")).orderByDescending(Plan.NAME);

        assertThat(deleteFree(query.page(0, 2))).isEqualTo(2);
        assertNames(Filter.all(), "a", "c");
        assertThat(deleteFree(query.page(1, 2))).isZero();
        assertThat(deleteFree(query)).isEqualTo(1);
        assertThat(deleteFree(query)).isZero();
        assertNames(Filter.all(), "c");
    }

    private int deleteFree(Query<Plan> query) {
        return catalogPlace().transact(tx -> tx.records(RecordTypes.PLANS).deleteFree(query));
    }

    private Plan plan(String name, @Nullable String summary) {
        return insert(
                catalogPlace(),
                RecordTypes.PLANS,
                Plan.builder(name).summary(summary).build());
    }

    private void assertNames(Filter<? super Plan> filter, String... names) {
        assertThat(names(Query.where(filter))).as("%s", filter).containsExactlyInAnyOrder(names);
        assertThat(count(catalogPlace(), RecordTypes.PLANS, filter))
                .as("count of %s", filter)
                .isEqualTo(names.length);
    }

    private void assertOnlyOpen(Filter<? super StoredTenant> filter) {
        assertThat(list(catalogPlace(), RecordTypes.TENANTS, Query.where(filter)))
                .as("%s", filter)
                .extracting(StoredTenant::name)
                .containsExactly("open");
    }

    private void assertQueryRefused(String code, Filter<? super Plan> filter) {
        assertRefused(code, () -> names(Query.where(filter)));
        assertRefused(code, () -> count(catalogPlace(), RecordTypes.PLANS, filter));
    }

    private List<String> names(Query<? super Plan> query) {
        return list(catalogPlace(), RecordTypes.PLANS, query).stream()
                .map(Plan::name)
                .toList();
    }
}
