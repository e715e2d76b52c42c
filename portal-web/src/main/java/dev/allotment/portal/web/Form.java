// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.portal.text.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The values of a form and the problems with them. Not thread-safe. */
public final class Form {
    private final Map<String, String> values = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();

    /** Returns a form with the values that were sent in these fields. */
    public static Form sent(PortalExchange exchange, String... fields) {
        Form form = new Form();
        for (String field : fields) {
            form.set(field, exchange.param(field));
        }
        return form;
    }

    /** Sets the value of a field. */
    public Form set(String field, String value) {
        values.put(field, value);
        return this;
    }

    /** Returns the value of a field; empty if nothing was typed. */
    public String value(String field) {
        return values.getOrDefault(field, "");
    }

    /** Whether a check box is ticked. */
    public boolean ticked(String field) {
        return !value(field).isEmpty();
    }

    /** Adds a problem with a field, or with the whole form if the name is empty. */
    public void refuse(String field, String text) {
        refuse(field, Message.of(text));
    }

    /** Adds a problem with a field, or with the whole form if the name is empty. */
    public void refuse(String field, Message text) {
        problems.add(new Problem(field, text));
    }

    /** Adds a problem if a required field is empty. */
    public void require(String field, String text) {
        if (value(field).isEmpty()) {
            refuse(field, text);
        }
    }

    /**
     * Returns the number in a field; adds a problem unless it is a whole number from 0.
     *
     * @param name of the field, for people
     */
    public int number(String field, String name) {
        return numberOrRefuse(field, name + " must be a whole number from 0 to 999999999.");
    }

    /**
     * Returns the whole number in a field; 0 if it is empty.
     *
     * @param problem what the page says if it is no such number
     */
    public int numberOrRefuse(String field, String problem) {
        String text = value(field);
        if (text.isEmpty()) {
            return 0;
        }
        if (!text.matches("[0-9]{1,9}")) {
            refuse(field, problem);
            return 0;
        }
        return Integer.parseInt(text);
    }

    /** Whether the form has no problems. */
    public boolean isFine() {
        return problems.isEmpty();
    }

    /** Returns all problems. */
    public List<Problem> problems() {
        return List.copyOf(problems);
    }

    /** Returns the first problem with a field; empty if there is none. */
    public Message problem(String field) {
        return problems.stream()
                .filter(each -> each.field().equals(field))
                .map(Problem::text)
                .findFirst()
                .orElse(Message.of(""));
    }

    /** A problem with a field. */
    public record Problem(String field, Message text) {}
}
