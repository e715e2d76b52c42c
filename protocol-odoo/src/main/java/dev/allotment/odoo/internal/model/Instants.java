// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.odoo.internal.value.Timestamps;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;

/** The instants that leaves on time fields compare with. */
final class Instants {
    private Instants() {}

    /**
     * Converts a value. A date without a time means its first instant, or its last one if the operator compares up to
     * the date or after it.
     */
    static Instant of(Leaf leaf, Object value) {
        if (value instanceof LocalDateTime time) {
            return Timestamps.of(time).orElseThrow(leaf::invalid);
        }
        if (!(value instanceof String text)) {
            throw leaf.invalid();
        }
        Instant instant = Timestamps.parse(text).orElseThrow(leaf::invalid);
        boolean whole = leaf.operator() == Operator.LESS_OR_EQUAL || leaf.operator() == Operator.GREATER;
        return whole && Timestamps.isDate(text)
                ? instant.plus(1, ChronoUnit.DAYS).minus(1, ChronoUnit.MICROS)
                : instant;
    }
}
