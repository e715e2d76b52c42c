// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Plan;
import dev.allotment.fleet.Server;
import dev.allotment.portal.web.Form;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Labels of database servers as a text, such as {@code region=eu, tier=ssd}. */
final class Labels {
    private Labels() {}

    static String text(Map<String, String> labels) {
        return new TreeMap<>(labels)
                .entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .collect(Collectors.joining(", "));
    }

    /** Reads a field; the control plane checks the labels. Refuses what has no value. */
    static Map<String, String> sent(Form form, String field) {
        return sent(form, field, "Enter labels such as region=eu, separated by commas, with each key only once.");
    }

    /**
     * Reads a field of keys and values.
     *
     * @param refusal what the form says about a text without keys and values, or with a key twice
     */
    static Map<String, String> sent(Form form, String field, String refusal) {
        Map<String, String> values = new TreeMap<>();
        for (String each : AdminInput.names(form.value(field))) {
            int equals = each.indexOf('=');
            if (equals < 1 || values.put(each.substring(0, equals), each.substring(equals + 1)) != null) {
                form.refuse(field, refusal);
                break;
            }
        }
        return values;
    }

    /** The labels that a plan requires of its servers. */
    static Map<String, String> required(Plan plan) {
        Map<String, String> required = new TreeMap<>();
        plan.attributes().forEach((key, value) -> {
            if (key.startsWith(Server.REQUIRED_LABEL)) {
                required.put(key.substring(Server.REQUIRED_LABEL.length()), value);
            }
        });
        return required;
    }

    /** The attributes of a plan if it requires these labels. */
    static Map<String, String> requiring(Plan plan, Map<String, String> labels) {
        Map<String, String> attributes = new TreeMap<>(plan.attributes());
        attributes.keySet().removeIf(key -> key.startsWith(Server.REQUIRED_LABEL));
        labels.forEach((key, value) -> attributes.put(Server.REQUIRED_LABEL + key, value));
        return attributes;
    }
}
