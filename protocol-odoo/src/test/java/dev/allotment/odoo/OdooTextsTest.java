// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.SaasException;
import dev.allotment.odoo.internal.value.OdooJson;
import dev.allotment.odoo.internal.value.PythonText;
import dev.allotment.odoo.internal.value.Timestamps;
import dev.allotment.spi.Settings;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class OdooTextsTest {
    @Nested
    class WrittenAsJson {
        @Test
        void matchesPythonsJsonExactly() {
            Map<String, Object> value = new LinkedHashMap<>();
            value.put("list", list(1, 2L, true, false, null));
            value.put("empty", list(list(), Map.of()));
            value.put("text", "a\"b\\c/\n\r\t\b\f\u0001\u007f é 😀 \u2028");

            assertThat(OdooJson.write(value))
                    .isEqualTo("{\"list\": [1, 2, true, false, null], \"empty\": [[], {}], \"text\": "
                            + "\"a\\\"b\\\\c/\\n\\r\\t\\b\\f\\u0001\\u007f \\u00e9 \\ud83d\\ude00 \\u2028\"}");
        }

        @Test
        void refusesValuesThatJsonCannotExpress() {
            assertThatThrownBy(() -> OdooJson.write(new Object())).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Nested
    class WrittenAsPython {
        @Test
        void quotesLikePython() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("a", 1.5);
            map.put("b", null);

            assertThat(PythonText.of(
                            list("x", "it's", "\"", "it's \"x\"", "\n\t\\\u0001", true, false, 7, map, list())))
                    .isEqualTo("['x', \"it's\", '\"', 'it\\'s \"x\"', '\\n\\t\\\\\\x01', True, False, 7,"
                            + " {'a': 1.5, 'b': None}, []]");
            assertThat(PythonText.of(LocalDateTime.of(2026, 1, 2, 3, 4))).isEqualTo("'2026-01-02T03:04'");
            assertThat(PythonText.of(new byte[] {1})).isEqualTo("'…'");
        }

        @Test
        void abbreviatesDeepAndWideValues() {
            Object deep = "x";
            for (int i = 0; i < 60; i++) {
                deep = list(deep, deep);
            }
            List<Object> wide = new ArrayList<>();
            for (int i = 0; i < 100_000; i++) {
                wide.add(Map.of("key", i));
            }

            assertThat(PythonText.abbreviated(deep)).hasSize(201).endsWith("…");
            assertThat(PythonText.abbreviated(wide)).hasSize(201).endsWith("…");
            assertThat(PythonText.abbreviated("x".repeat(1_000_000))).hasSize(201);
        }
    }

    @Nested
    class WrittenAsTime {
        @Test
        void readsTimesWithAndWithoutSecondsAndFractions() {
            assertThat(Timestamps.parse("2026-01-02 03:04:05")).hasValue(Instant.parse("2026-01-02T03:04:05Z"));
            assertThat(Timestamps.parse("2026-01-02T03:04:05")).hasValue(Instant.parse("2026-01-02T03:04:05Z"));
            assertThat(Timestamps.parse("2026-01-02 03:04")).hasValue(Instant.parse("2026-01-02T03:04:00Z"));
            assertThat(Timestamps.parse("2026-01-02 03:04:05.1234567"))
                    .hasValue(Instant.parse("2026-01-02T03:04:05.123456Z"));
            assertThat(Timestamps.parse("2026-01-02")).hasValue(Instant.parse("2026-01-02T00:00:00Z"));
            for (String wrong : List.of(
                    "",
                    "x",
                    "2026-13-01",
                    "2026-02-30",
                    "02/01/2026",
                    "2026-01-02 25:00:00",
                    "+10000-01-01 00:00:00",
                    "0000-01-01")) {
                assertThat(Timestamps.parse(wrong)).as(wrong).isEmpty();
            }
        }

        @Test
        void writesTimesInUtcToTheSecond() {
            assertThat(Timestamps.format(Instant.parse("2026-01-02T03:04:05.999Z")))
                    .isEqualTo("2026-01-02 03:04:05");
            assertThat(Timestamps.format(Instant.parse("9999-12-31T23:59:59Z"))).isEqualTo("9999-12-31 23:59:59");
        }
    }

    @Nested
    class ReadFromSettings {
        @Test
        void hasDefaults() {
            assertThat(OdooSettings.from(Settings.of(Map.of()))).isEqualTo(new OdooSettings("17.0", true));
            assertThat(OdooSettings.from(Settings.of(Map.of("server.version", " 11.0 ", "list.databases", "false"))))
                    .isEqualTo(new OdooSettings("11.0", false));
            assertThat(OdooSettings.from(Settings.of(Map.of("max.body", "2048")))
                            .mostTextCharacters())
                    .isEqualTo(1024);
        }

        @Test
        void reportsAllProblemsAtOnce() {
            Settings settings = Settings.of(Map.of("server.version", "17", "list.databases", "no", "typo", "x"));

            OdooSettings.from(settings);

            assertThatThrownBy(() -> settings.check("odoo"))
                    .isInstanceOf(SaasException.class)
                    .hasMessageContaining(
                            "server.version: found \"17\", expected two numbers such as 17.0; default 17.0")
                    .hasMessageContaining("list.databases: found \"no\"")
                    .hasMessageContaining("typo");
            assertThatThrownBy(() -> new OdooSettings("x", true)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
