// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What was typed into a form, and what is wrong with it. For one thread. */
public final class Form {
    private final Map<String, String> values = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();

    /** With what was sent in these fields. */
    public static Form sent(PortalExchange exchange, String... fields) {
        Form form = new Form();
        for (String field : fields) {
            form.set(field, exchange.param(field));
        }
        return form;
    }

    public Form set(String field, String value) {
        values.put(field, value);
        return this;
    }

    /** Empty where nothing was typed. */
    public String value(String field) {
        return values.getOrDefault(field, "");
    }

    public boolean ticked(String field) {
        return !value(field).isEmpty();
    }

    /** Says what is wrong with a field; an empty name: with the form. */
    public void refuse(String field, String text) {
        problems.add(new Problem(field, text));
    }

    /** Says what is wrong with a field that must not be empty, if it is. */
    public void require(String field, String text) {
        if (value(field).isEmpty()) {
            refuse(field, text);
        }
    }

    /**
     * A number in a field, from 0 on.
     *
     * @param name of the field, for people
     */
    public int number(String field, String name) {
        String text = value(field);
        if (text.isEmpty()) {
            return 0;
        }
        if (!text.matches("[0-9]{1,9}")) {
            refuse(field, name + " is a whole number from 0 to 999999999.");
            return 0;
        }
        return Integer.parseInt(text);
    }

    public boolean isFine() {
        return problems.isEmpty();
    }

    public List<Problem> problems() {
        return List.copyOf(problems);
    }

    /** What is wrong with a field; empty where nothing is. */
    public String problem(String field) {
        return problems.stream()
                .filter(each -> each.field().equals(field))
                .map(Problem::text)
                .findFirst()
                .orElse("");
    }

    /** One thing that is wrong. */
    public record Problem(String field, String text) {}
}
