// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.postgres.server.NamedParameters;
import java.util.List;
import org.jdbi.v3.core.statement.ParsedSql;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamedParametersTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "SELECT 1 | SELECT 1 | ",
                "SELECT \"id\" FROM a WHERE \"id\" = :id | SELECT \"id\" FROM a WHERE \"id\" = ? | id",
                "VALUES (:first_1, :second_2) | VALUES (?, ?) | first_1 second_2",
                "f(:a)=:a | f(?)=? | a a",
                "x = ANY(:x_1) AND (y <> :y_2 OR y IS NULL) | x = ANY(?) AND (y <> ? OR y IS NULL) | x_1 y_2",
                "SELECT ':no' \":no\" 'it''s :no' :yes | SELECT ':no' \":no\" 'it''s :no' ? | yes",
                "SELECT 'a'::regclass, :b::text | SELECT 'a'::regclass, ?::text | b",
                "SELECT a : b | SELECT a : b | ",
                "SELECT 'open | SELECT 'open | ",
                ":a | ? | a"
            })
    void aNameAfterAColonIsAParameter(String sql, String expected, String names) {
        ParsedSql parsed = new NamedParameters().parse(sql, null);

        assertThat(parsed.getSql()).isEqualTo(expected);
        assertThat(parsed.getParameters().getParameterNames())
                .isEqualTo(names == null ? List.of() : List.of(names.split(" ")));
    }
}
