// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.remote;

import static java.util.Map.entry;

import dev.allotment.rest.json.Json;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Prints records for people. */
final class Table {
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");
    private static final int COLUMNS = 6;
    private static final int WIDEST = 60;

    /** What a list shows of a record. For all others, the first fields. */
    private static final Map<String, List<String>> SHOWN = Map.ofEntries(
            entry("tenant", List.of("id", "name", "state", "planId", "customerId", "serverId", "expiresAt")),
            entry(
                    "operation",
                    List.of("id", "kind", "state", "percent", "tenantId", "startedBy", "createdAt", "errorCode")),
            entry("campaign", List.of("id", "state", "percent", "startedBy", "createdAt", "errorCode")),
            entry("account", List.of("id", "login", "name", "role", "active", "customerId")),
            entry("customer", List.of("id", "name", "email", "active")),
            entry("plan", List.of("id", "name", "published", "maxUsers", "storageLimitMb", "templateId", "serverId")),
            entry("server", List.of("id", "name", "backend", "active", "draining", "capacity")),
            entry("event", List.of("id", "at", "type", "tenantId", "actor", "details")),
            entry("team", List.of("id", "login", "name", "role", "allTenants", "tenantIds", "active")),
            entry("invitation", List.of("id", "email", "role", "state", "allTenants", "tenantIds", "expiresAt")),
            entry("support", List.of("id", "state", "right", "tenantId", "operatorName", "expiresAt", "reason")),
            entry("sessions", List.of("id", "state", "runningMillis", "waitsFor", "blockedBy", "statement")));

    private Table() {}

    /** Prints records, one a line. */
    static void print(PrintStream out, String noun, List<Map<String, Object>> records) {
        if (records.isEmpty()) {
            out.println("None.");
            return;
        }
        List<String> columns = columns(noun, records.get(0));
        int[] widths = columns.stream().mapToInt(String::length).toArray();
        for (Map<String, Object> each : records) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.min(
                        WIDEST,
                        Math.max(widths[i], text(each.get(columns.get(i))).length()));
            }
        }
        line(out, columns, widths);
        records.forEach(each ->
                line(out, columns.stream().map(column -> text(each.get(column))).toList(), widths));
    }

    /** Returns one record on one line. */
    static String line(String noun, Map<String, Object> record) {
        return columns(noun, record).stream()
                .map(each -> text(record.get(each)))
                .collect(Collectors.joining("  "));
    }

    /** Prints one record, a field a line. Records within it follow as tables, each below the name of its field. */
    static void print(PrintStream out, Map<String, Object> record) {
        Map<String, List<Map<String, Object>>> tables = new LinkedHashMap<>();
        Map<String, @Nullable Object> lines = new LinkedHashMap<>(record);
        record.forEach((name, value) -> {
            if (value instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Map) {
                tables.put(name, list.stream().map(ApiClient::object).toList());
                lines.remove(name);
            }
        });
        int width = lines.keySet().stream().mapToInt(String::length).max().orElse(0);
        lines.forEach((name, value) -> out.println(padded(name, width) + "  " + text(value)));
        tables.forEach((name, rows) -> {
            out.println();
            out.println(name);
            print(out, name, rows);
        });
    }

    private static List<String> columns(String noun, Map<String, Object> record) {
        List<String> shown = SHOWN.get(noun);
        return shown == null
                ? record.entrySet().stream()
                        .filter(each -> !(each.getValue() instanceof Map || each.getValue() instanceof List))
                        .map(Map.Entry::getKey)
                        .limit(COLUMNS)
                        .toList()
                : shown.stream().filter(record::containsKey).toList();
    }

    private static void line(PrintStream out, List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            line.append(padded(cells.get(i), widths[i])).append("  ");
        }
        out.println(line.toString().stripTrailing());
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String text(@Nullable Object value) {
        if (value == null) {
            return "-";
        }
        if (value instanceof Map<?, ?> map) {
            return map.isEmpty() ? "-" : safe(new String(Json.write(map), StandardCharsets.UTF_8));
        }
        if (value instanceof List<?> list) {
            return list.isEmpty() ? "-" : list.stream().map(Table::text).collect(Collectors.joining(","));
        }
        return safe(value.toString());
    }

    /** A customer chooses names, which must not control the terminal of the operator. */
    static String safe(String text) {
        return CONTROL.matcher(text).replaceAll("?");
    }
}
