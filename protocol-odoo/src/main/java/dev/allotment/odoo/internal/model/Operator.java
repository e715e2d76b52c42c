// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The operator of a leaf in a domain. */
public enum Operator {
    EQUAL("="),
    NOT_EQUAL("!="),
    LESS("<"),
    LESS_OR_EQUAL("<="),
    GREATER(">"),
    GREATER_OR_EQUAL(">="),
    IN("in"),
    NOT_IN("not in"),
    LIKE("like"),
    NOT_LIKE("not like"),
    ILIKE("ilike"),
    NOT_ILIKE("not ilike"),
    EQUAL_LIKE("=like"),
    EQUAL_ILIKE("=ilike"),
    /** Equal, or always true if the value is absent. */
    UNSET_OR_EQUAL("=?");

    private static final Map<String, Operator> BY_TEXT = new HashMap<>();

    static {
        for (Operator operator : values()) {
            BY_TEXT.put(operator.text, operator);
        }
        BY_TEXT.put("<>", NOT_EQUAL);
        BY_TEXT.put("==", EQUAL);
    }

    private final String text;

    Operator(String text) {
        this.text = text;
    }

    static Optional<Operator> of(String text) {
        return Optional.ofNullable(BY_TEXT.get(text.toLowerCase(Locale.ROOT)));
    }

    public boolean negative() {
        return this == NOT_EQUAL || this == NOT_IN || this == NOT_LIKE || this == NOT_ILIKE;
    }

    /** Returns the operator without its negation. */
    Operator positive() {
        return switch (this) {
            case NOT_EQUAL -> EQUAL;
            case NOT_IN -> IN;
            case NOT_LIKE -> LIKE;
            case NOT_ILIKE -> ILIKE;
            default -> this;
        };
    }

    /** Returns whether the operator compares with a pattern. */
    boolean matchesPattern() {
        return wrapsPattern() || this == EQUAL_LIKE || this == EQUAL_ILIKE;
    }

    /** Returns whether the pattern may match any part of the value. */
    boolean wrapsPattern() {
        return this == LIKE || this == NOT_LIKE || this == ILIKE || this == NOT_ILIKE;
    }

    boolean ignoresCase() {
        return this == ILIKE || this == NOT_ILIKE || this == EQUAL_ILIKE;
    }

    boolean isOrder() {
        return this == LESS || this == LESS_OR_EQUAL || this == GREATER || this == GREATER_OR_EQUAL;
    }
}
