// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.list;
import static dev.allotment.odoo.OdooPortal.rows;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DomainPropertyTest {
    private static final List<String> TEXTS = List.of("", "a", "A", "ab", "AB", "b%", "a_", "xaby", "é");
    private static final List<String> TEXT_OPERATORS = List.of(
            "=",
            "!=",
            "<",
            "<=",
            ">",
            ">=",
            "in",
            "not in",
            "like",
            "not like",
            "ilike",
            "not ilike",
            "=like",
            "=ilike");
    private static final List<String> NUMBER_OPERATORS = List.of("=", "!=", "<", "<=", ">", ">=", "in", "not in");
    private static final List<String> EQUALITY = List.of("=", "!=", "in", "not in");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void agreesWithNaiveEvaluationOfEachRecord(long seed) {
        Random random = new Random(seed);
        try (OdooPortal portal = new OdooPortal()) {
            for (int i = 0; i < 15; i++) {
                portal.plan(Map.of(
                        "name",
                        "p" + pick(random, TEXTS),
                        "summary",
                        random.nextInt(3) == 0 ? false : "s" + pick(random, TEXTS),
                        "max_users",
                        random.nextInt(4),
                        "demo",
                        random.nextBoolean(),
                        "server_id",
                        random.nextBoolean() ? 1 : false));
            }
            List<Map<String, Object>> all =
                    rows(portal.admin("saas_portal.plan", "search_read", list(), list(), 0, 0, "id"));
            for (int i = 0; i < 200; i++) {
                List<Object> domain = domain(random);
                List<Object> expected = new ArrayList<>();
                for (Map<String, Object> row : all) {
                    if (new NaiveDomain(row).holds(domain)) {
                        expected.add(row.get("id"));
                    }
                }

                assertThat(portal.admin("saas_portal.plan", "search", domain, 0, 0, "id"))
                        .as("%s", domain)
                        .isEqualTo(expected);
            }
        }
    }

    private static List<Object> domain(Random random) {
        List<Object> domain = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            add(domain, random, 4);
        }
        return domain;
    }

    private static void add(List<Object> domain, Random random, int depth) {
        int kind = depth == 0 ? 3 : random.nextInt(6);
        if (kind == 0) {
            domain.add("!");
            add(domain, random, depth - 1);
        } else if (kind <= 2) {
            domain.add(kind == 1 ? "&" : "|");
            add(domain, random, depth - 1);
            add(domain, random, depth - 1);
        } else {
            domain.add(leaf(random));
        }
    }

    private static List<Object> leaf(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> leaf(random, "name", TEXT_OPERATORS, "p" + pick(random, TEXTS), "p");
            case 1 -> textOrAbsent(random);
            case 2 -> leaf(random, "max_users", NUMBER_OPERATORS, random.nextInt(4), 1);
            case 3 -> leaf(random, "demo", EQUALITY, random.nextBoolean(), random.nextBoolean());
            default -> leaf(random, "server_id", EQUALITY, random.nextBoolean() ? 1 : false, 7);
        };
    }

    private static List<Object> textOrAbsent(Random random) {
        return random.nextInt(4) == 0
                ? leaf(random, "summary", EQUALITY, false, "sa")
                : leaf(random, "summary", TEXT_OPERATORS, pick(random, TEXTS), false);
    }

    private static List<Object> leaf(
            Random random, String field, List<String> operators, Object value, Object another) {
        String operator = pick(random, operators);
        boolean membership = operator.equals("in") || operator.equals("not in");
        return list(field, operator, membership ? (random.nextBoolean() ? list(value, another) : list(value)) : value);
    }

    private static <T> T pick(Random random, List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
