// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Filter.Operator;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.RecordType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The SQL text of filters. The kit runs them, and compares the results with those of {@link RecordType#select}. */
class SqlConditionTest {
    /** A record with a field that can be null and one that cannot, for texts and instants. */
    public record Note(
            long id,
            String title,
            @Nullable String body,
            Instant at,
            @Nullable Instant until) {}

    private static final RecordType<Note> NOTES = RecordType.of(Note.class, "notes");
    private static final RecordField<Note, String> TITLE = RecordField.of("title");
    private static final RecordField<Note, String> BODY = RecordField.of("body");
    private static final RecordField<Note, Instant> AT = RecordField.of("at");
    private static final RecordField<Note, Instant> UNTIL = RecordField.of("until");

    @Test
    void comparesWithAParameter() {
        assertThat(sql(Filter.equal(TITLE, "a"))).isEqualTo("\"title\" = ?");
        assertThat(arguments(Filter.equal(TITLE, "a"))).containsExactly("a");
        assertThat(sql(Filter.compare(TITLE, Operator.GREATER_OR_EQUAL, "a"))).isEqualTo("\"title\" >= ?");
    }

    @Test
    void matchesNullsWhenAComparisonIsNegated() {
        assertThat(sql(Filter.notEqual(BODY, "a"))).isEqualTo("(\"body\" <> ? OR \"body\" IS NULL)");
        assertThat(sql(Filter.not(Filter.equal(BODY, "a")))).isEqualTo("(\"body\" <> ? OR \"body\" IS NULL)");
        assertThat(sql(Filter.not(Filter.compare(BODY, Operator.LESS, "a"))))
                .isEqualTo("(\"body\" >= ? OR \"body\" IS NULL)");
        assertThat(sql(Filter.notEqual(TITLE, "a"))).as("never null").isEqualTo("\"title\" <> ?");
    }

    @Test
    void comparesWithNull() {
        assertThat(sql(Filter.equal(BODY, null))).isEqualTo("\"body\" IS NULL");
        assertThat(sql(Filter.notEqual(BODY, null))).isEqualTo("\"body\" IS NOT NULL");
        assertThat(sql(Filter.equal(TITLE, null))).as("never null").isEqualTo("FALSE");
        assertThat(sql(Filter.compare(BODY, Operator.LESS, null))).isEqualTo("FALSE");
        assertThat(sql(Filter.not(Filter.compare(BODY, Operator.LESS, null)))).isEqualTo("TRUE");
    }

    @Test
    void pushesANegationDownToTheComparisons() {
        Filter<Note> both = Filter.and(Filter.equal(TITLE, "a"), Filter.equal(BODY, "b"));

        assertThat(sql(both)).isEqualTo("(\"title\" = ? AND \"body\" = ?)");
        assertThat(sql(Filter.not(both))).isEqualTo("(\"title\" <> ? OR (\"body\" <> ? OR \"body\" IS NULL))");
        assertThat(sql(Filter.not(Filter.or(Filter.equal(TITLE, "a"), Filter.not(both)))))
                .isEqualTo("(\"title\" <> ? AND (\"title\" = ? AND \"body\" = ?))");
    }

    @Test
    void translatesConstants() {
        assertThat(sql(Filter.all())).isEqualTo("TRUE");
        assertThat(sql(Filter.none())).isEqualTo("FALSE");
        assertThat(sql(Filter.not(Filter.all()))).isEqualTo("FALSE");
        assertThat(sql(Filter.not(Filter.none()))).isEqualTo("TRUE");
    }

    @Test
    void passesTheValuesOfAListAsOneArray() {
        assertThat(sql(Filter.in(TITLE, List.of("a", "b")))).isEqualTo("\"title\" = ANY(?)");
        assertThat(sql(Filter.not(Filter.in(TITLE, List.of("a"))))).isEqualTo("NOT (\"title\" = ANY(?))");
        assertThat(sql(Filter.not(Filter.in(BODY, List.of("a")))))
                .isEqualTo("(NOT (\"body\" = ANY(?)) OR \"body\" IS NULL)");
        assertThat(sql(Filter.in(TITLE, List.of()))).isEqualTo("FALSE");
        assertThat(sql(Filter.not(Filter.in(TITLE, List.of())))).isEqualTo("TRUE");
    }

    @Test
    void takesNullOutOfAList() {
        assertThat(sql(Filter.in(BODY, Arrays.asList("a", null)))).isEqualTo("(\"body\" = ANY(?) OR \"body\" IS NULL)");
        assertThat(sql(Filter.not(Filter.in(BODY, Arrays.asList("a", null)))))
                .as("NOT is unknown for null, so null does not match")
                .isEqualTo("NOT (\"body\" = ANY(?))");
        assertThat(sql(Filter.in(BODY, Arrays.asList((String) null)))).isEqualTo("\"body\" IS NULL");
        assertThat(sql(Filter.in(TITLE, Arrays.asList("a", null)))).isEqualTo("\"title\" = ANY(?)");
    }

    @Test
    void knowsThatNoRecordHasAValueThatCannotBeStored() {
        for (String text : List.of("a\0b", "\uD83D", "\uDE80x")) {
            assertThat(sql(Filter.equal(TITLE, text))).isEqualTo("FALSE");
            assertThat(sql(Filter.notEqual(BODY, text))).isEqualTo("TRUE");
            assertThat(sql(Filter.in(TITLE, List.of(text)))).isEqualTo("FALSE");
            assertThat(sql(Filter.like(TITLE, text))).isEqualTo("FALSE");
        }
        assertThat(sql(Filter.equal(AT, Instant.parse("2026-01-01T00:00:00.000000001Z"))))
                .isEqualTo("FALSE");
        assertThat(sql(Filter.equal(AT, Instant.MAX))).isEqualTo("FALSE");
    }

    @Test
    void comparesWithTheGreatestStorableValueBelow() {
        Instant between = Instant.parse("2026-01-01T00:00:00.000000999Z");
        Instant below = Instant.parse("2026-01-01T00:00:00Z");

        // Less than a value in between means: at most the one below. Greater means: greater than the one below.
        assertThat(sql(Filter.compare(AT, Operator.LESS, between))).isEqualTo("\"at\" <= ?");
        assertThat(sql(Filter.compare(AT, Operator.LESS_OR_EQUAL, between))).isEqualTo("\"at\" <= ?");
        assertThat(sql(Filter.compare(AT, Operator.GREATER, between))).isEqualTo("\"at\" > ?");
        assertThat(sql(Filter.compare(AT, Operator.GREATER_OR_EQUAL, between))).isEqualTo("\"at\" > ?");
        assertThat(sql(Filter.not(Filter.compare(UNTIL, Operator.LESS, between))))
                .isEqualTo("(\"until\" > ? OR \"until\" IS NULL)");
        assertThat(arguments(Filter.compare(AT, Operator.LESS, between))).containsExactly(below);
        assertThat(arguments(Filter.compare(AT, Operator.LESS, Instant.MAX))).containsExactly(SqlValues.LATEST);
        assertThat(arguments(Filter.compare(TITLE, Operator.LESS, "a\0b"))).containsExactly("a");
    }

    @Test
    void removesBackslashesThatEscapeNothing() {
        assertThat(arguments(Filter.like(TITLE, "\\a\\%\\_\\\\%"))).containsExactly("a\\%\\_\\\\%");
        assertThat(arguments(Filter.like(TITLE, "a\\"))).as("at the end").containsExactly("a\\\\");
        assertThat(sql(Filter.not(Filter.likeIgnoringCase(BODY, "a%"))))
                .isEqualTo("(NOT (\"body\" ILIKE ?) OR \"body\" IS NULL)");
    }

    @Test
    void refusesAFieldThatDoesNotExist() {
        RecordField<Note, String> missing = RecordField.of("missing");

        assertThatThrownBy(() -> condition(Filter.equal(missing, "a")))
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.QUERY_UNKNOWN_FIELD));
    }

    private static SqlCondition condition(Filter<Note> filter) {
        return SqlCondition.of(new TestDialect(), NOTES, filter);
    }

    private static String sql(Filter<Note> filter) {
        return condition(filter).sql();
    }

    /** The values that the condition sets on a statement. */
    private static List<@Nullable Object> arguments(Filter<Note> filter) {
        List<@Nullable Object> values = new ArrayList<>();
        condition(filter).arguments().forEach(argument -> values.add(argument.value()));
        return values;
    }
}
