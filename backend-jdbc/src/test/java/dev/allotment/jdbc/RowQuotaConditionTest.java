// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Filter.Operator;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.RowQuota;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The SQL text of record quotas. Each backend has tests that enforce them. */
class RowQuotaConditionTest {
    private static final Map<String, RowQuotaCondition.Type> COLUMNS = Map.of(
            "state",
            RowQuotaCondition.Type.TEXT,
            "total",
            RowQuotaCondition.Type.NUMBER,
            "active",
            RowQuotaCondition.Type.BOOLEAN,
            "at",
            RowQuotaCondition.Type.OTHER);

    @Test
    void usesLiteralsAndIsNeverNull() {
        assertThat(sql(Filter.equal(field("state"), "it's"))).isEqualTo("COALESCE(\"state\" = 'it''s', FALSE)");
        assertThat(sql(Filter.compare(field("total"), Operator.LESS, -1L)))
                .isEqualTo("COALESCE(\"total\" < (-1), FALSE)");
        assertThat(sql(Filter.equal(field("active"), true))).isEqualTo("(\"active\" IS TRUE)");
        assertThat(sql(Filter.notEqual(field("active"), false))).isEqualTo("NOT (\"active\" IS NOT TRUE)");
    }

    @Test
    void comparesEveryTypeWithNullAndFalse() {
        for (String column : List.of("state", "total", "at")) {
            assertThat(sql(Filter.equal(field(column), null))).isEqualTo("(\"" + column + "\" IS NULL)");
            assertThat(sql(Filter.equal(field(column), false))).isEqualTo("(\"" + column + "\" IS NULL)");
        }
        assertThat(sql(Filter.equal(field("active"), null))).isEqualTo("(\"active\" IS NULL)");
    }

    @Test
    void combinesConditions() {
        Filter<RowQuota.Row> one = Filter.equal(field("total"), 1L);

        assertThat(sql(Filter.all())).isEqualTo("TRUE");
        assertThat(sql(Filter.none())).isEqualTo("FALSE");
        assertThat(sql(Filter.or(one, Filter.not(one))))
                .isEqualTo("(COALESCE(\"total\" = 1, FALSE) OR NOT COALESCE(\"total\" = 1, FALSE))");
        assertThat(sql(Filter.in(field("total"), Arrays.asList(1L, null))))
                .isEqualTo("(COALESCE(\"total\" = 1, FALSE) OR (\"total\" IS NULL))");
        assertThat(sql(Filter.in(field("total"), List.of()))).isEqualTo("FALSE");
    }

    @Test
    void appendsTheCollationToTextColumnsOnly() {
        Filter<RowQuota.Row> both = Filter.and(Filter.equal(field("state"), "a"), Filter.equal(field("total"), 1L));

        assertThat(RowQuotaCondition.sql(quota(both), COLUMNS, " COLLATE \"C\""))
                .isEqualTo("(COALESCE(\"state\" COLLATE \"C\" = 'a', FALSE) AND COALESCE(\"total\" = 1, FALSE))");
    }

    @Test
    void refusesWhatTheDatabaseCannotEnforce() {
        assertRefused(Filter.equal(field("missing"), 1L), "the table has no column missing");
        assertRefused(Filter.equal(field("state"), 1L), "field state cannot be compared with a number by =");
        assertRefused(Filter.equal(field("total"), "x"), "field total cannot be compared with a text by =");
        assertRefused(Filter.equal(field("at"), "x"), "field at cannot be compared with a text by =");
        assertRefused(
                Filter.compare(field("active"), Operator.LESS, true), "cannot be compared with True, False or None");
        assertRefused(Filter.like(field("state"), "x%"), "it contains a comparison that the database cannot enforce");
        for (String text : List.of("a\\' OR true", "a\nb", "a\0b")) {
            assertRefused(
                    Filter.equal(field("state"), text), "one of its texts contains a backslash or a control character");
        }
    }

    private static RecordField<RowQuota.Row, Object> field(String column) {
        return RecordField.of(column);
    }

    private static RowQuota quota(Filter<RowQuota.Row> rows) {
        return new RowQuota("orders", rows, 1, "sale.order", "[x]");
    }

    private static String sql(Filter<RowQuota.Row> rows) {
        return RowQuotaCondition.sql(quota(rows), COLUMNS, "");
    }

    private static void assertRefused(Filter<RowQuota.Row> rows, String why) {
        assertThatThrownBy(() -> sql(rows))
                .hasMessageContaining("The record quota of sale.order with domain [x] cannot be enforced: ")
                .hasMessageContaining(why)
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.CONFIGURATION_INVALID));
    }
}
