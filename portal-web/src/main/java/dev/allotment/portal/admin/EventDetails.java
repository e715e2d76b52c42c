// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.portal.web.Moment;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Describes the details of an event for people. */
final class EventDetails {
    private static final String FROM = "from";
    private static final String TO = "to";
    private static final String PLAN = "plan";
    private static final Map<String, String> LABELS = Map.ofEntries(
            Map.entry("install", "Installed"),
            Map.entry("update", "Updated"),
            Map.entry("uninstall", "Uninstalled"),
            Map.entry("until", "Restorable until"),
            Map.entry("expiresAt", "End date"),
            Map.entry("uuid", "UUID"),
            Map.entry("source", "Copy of"),
            Map.entry("key", "Key number"),
            Map.entry("replaces", "Replaces key number"),
            Map.entry("remains", "What may be left"),
            Map.entry("verified", "Verified as removed"),
            Map.entry("maxUsers", "User limit"),
            Map.entry("storageLimitMb", "Storage limit in MB"),
            Map.entry("blockOnExpiration", "Suspend when expired"),
            Map.entry("blockOnStorageExceed", "Suspend when over the storage limit"),
            Map.entry("suspendsAt", "Suspended on"),
            Map.entry("customerId", "Customer number"));
    private static final Map<String, String> CAUSES = Map.of(
            "manual", "suspended by an administrator",
            "expired", "expired",
            "storage", "over the storage limit",
            "unpaid", "a payment is missing",
            "missing", "its database is missing");

    private EventDetails() {}

    /**
     * Describes the details.
     *
     * @param about what the column for the subject shows already
     * @param plans names, by id
     * @param accounts logins, by id
     */
    static String describe(Event event, String about, Map<String, String> plans, Map<String, String> accounts) {
        Map<String, String> left = new TreeMap<>(event.details());
        List<String> texts = new ArrayList<>();
        // Before what is shown already is left out: after a change, that is one of the two values.
        change(event.type(), left, plans, texts);
        left.entrySet().removeIf(each -> each.getValue().isEmpty() || isShown(each, about));
        String used = left.remove("used");
        if (used != null) {
            texts.add("Uses " + used + " MB of " + left.remove("limit") + " MB");
        }
        String account = left.remove("account");
        if (account != null && !accounts.getOrDefault(account, "").equals(event.actor())) {
            texts.add("Deleted by " + accounts.getOrDefault(account, "account " + account));
        }
        List.copyOf(left.keySet()).stream()
                .filter(key -> key.endsWith("." + FROM) && left.containsKey(before(key) + "." + TO))
                .forEach(key -> texts.add(label(before(key)) + ": " + value(left.remove(key)) + " → "
                        + value(left.remove(before(key) + "." + TO))));
        left.forEach((key, value) -> texts.add(detail(event.type(), key, value, plans)));
        texts.removeIf(String::isEmpty);
        return String.join(" · ", texts);
    }

    private static boolean isShown(Map.Entry<String, String> detail, String about) {
        String key = detail.getKey();
        return detail.getValue().equals(about) && !key.endsWith("." + FROM) && !key.endsWith("." + TO);
    }

    private static void change(
            EventType type, Map<String, String> left, Map<String, String> plans, List<String> texts) {
        String from = left.remove(FROM);
        String to = left.remove(TO);
        if (from != null || to != null) {
            String before = from == null || from.isEmpty() ? "none" : from;
            String after = to == null || to.isEmpty() ? "none" : to;
            boolean plan = type == EventType.TENANT_PLAN_SWITCHED;
            texts.add(
                    plan
                            ? version(before, plans) + " → " + version(after, plans)
                            : value(before) + " → " + value(after));
        }
    }

    /** Describes a plan and its version, such as {@code 3/2}. */
    private static String version(String text, Map<String, String> plans) {
        int slash = text.indexOf('/');
        return slash < 0 ? text : plan(text.substring(0, slash), plans) + ", version " + text.substring(slash + 1);
    }

    private static String plan(String id, Map<String, String> plans) {
        return plans.getOrDefault(id, "plan " + id);
    }

    private static String before(String key) {
        return key.substring(0, key.lastIndexOf('.'));
    }

    private static String detail(EventType type, String key, String value, Map<String, String> plans) {
        return switch (key) {
            case PLAN -> value.equals("null") ? "Without a plan" : "Plan: " + plan(value, plans);
            case "cause" -> "Cause: " + CAUSES.getOrDefault(value, value);
            case "notify" ->
                value.equals("true")
                        ? "Owner notified by email"
                        : type == EventType.TENANT_SUSPENDED ? "Owner not notified" : "";
            case "forced" -> value.equals("true") ? "Despite warnings" : "";
            default -> label(key) + ": " + value(value);
        };
    }

    /** Returns words such as {@code Requested at} for {@code requestedAt}. */
    private static String label(String key) {
        String words = key.replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
        return LABELS.getOrDefault(key, words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1));
    }

    private static String value(@Nullable String text) {
        String value = String.valueOf(text);
        return switch (value) {
            case "null", "[]" -> "none";
            case "true" -> "yes";
            case "false" -> "no";
            default -> value.startsWith("[\"") ? list(value) : time(value);
        };
    }

    /** Describes a list of words, which is stored as JSON. */
    private static String list(String json) {
        return json.replaceAll("[\\[\\]\"]", "").replace(",", ", ");
    }

    private static String time(String value) {
        try {
            return value.endsWith("Z") ? Moment.of(Instant.parse(value)).toString() : value;
        } catch (DateTimeException e) {
            return value;
        }
    }
}
