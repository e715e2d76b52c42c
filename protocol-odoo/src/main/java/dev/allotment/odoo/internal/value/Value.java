// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.value;

import dev.allotment.odoo.fault.OdooFault;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One value of a call, read as the kind that is needed there. As Odoo has it, nil and false both mean that there is none. A
 * wrong one is refused without being repeated, since it may be a secret.
 *
 * @param fault the kind of fault that a wrong value is
 * @param what how a message calls it
 */
public record Value(
        OdooFault.Kind fault, String what, @Nullable Object raw) {

    public boolean absent() {
        return raw == null || Boolean.FALSE.equals(raw);
    }

    /** Text; nothing else. No database takes NUL characters. */
    public String text() {
        if (!(raw instanceof String text)) {
            throw wrong("text");
        }
        if (text.indexOf('\0') >= 0) {
            throw wrong("text without NUL characters");
        }
        return text;
    }

    /** Text, or a number as text; null where absent or empty. */
    @Nullable
    public String optionalText() {
        if (absent() || "".equals(raw)) {
            return null;
        }
        return raw instanceof Number number ? numberText(number) : text();
    }

    /** Any scalar as Python would print it: {@code True}, {@code 10}, {@code 2026-01-31 12:00:00}; empty where absent. */
    public String scalarText() {
        if (absent()) {
            return "";
        }
        if (raw instanceof Boolean) {
            return "True";
        }
        if (raw instanceof LocalDateTime time) {
            return Timestamps.of(time).map(Timestamps::format).orElseThrow(this::noTime);
        }
        if (raw instanceof String) {
            return text();
        }
        if (raw instanceof Number number) {
            return numberText(number);
        }
        throw wrong("text, a number, a boolean or a date");
    }

    /** A whole number, or one written as text; 0 where absent. */
    public int integer() {
        long number = absent() ? 0 : wholeNumber();
        if (number != (int) number) {
            throw wrong("a whole number of 32 bits");
        }
        return (int) number;
    }

    /** The number of a record; null where absent. */
    @Nullable
    public Long reference() {
        return absent() ? null : (Long) id();
    }

    /** The number of a record. */
    public long id() {
        if ((raw instanceof Integer || raw instanceof Long) && ((Number) raw).longValue() > 0) {
            return ((Number) raw).longValue();
        }
        throw wrong("the id of a record");
    }

    /**
     * The numbers that a method is called on, each once: a single one may stand for itself, and none is none. Not all have to
     * be those of records: false, which stands for a record that is not stored yet, is 0.
     */
    public List<Long> ids() {
        if (!(raw instanceof List<?> list)) {
            return absent() ? List.of() : List.of(number());
        }
        List<Long> ids = new ArrayList<>(list.size());
        for (Object each : list) {
            ids.add(new Value(fault, "each of " + what, each).number());
        }
        return ids.stream().distinct().toList();
    }

    private long number() {
        if (absent()) {
            return 0;
        }
        return (raw instanceof Integer || raw instanceof Long) && ((Number) raw).longValue() <= 0
                ? ((Number) raw).longValue()
                : id();
    }

    /** An empty text is no, as it is in Python. */
    public boolean flag() {
        if (absent() || "".equals(raw) || (raw instanceof Number number && number.doubleValue() == 0)) {
            return false;
        }
        if (raw instanceof Boolean || (raw instanceof Number number && number.doubleValue() == 1)) {
            return true;
        }
        throw wrong("a boolean");
    }

    /** Null where absent. */
    @Nullable
    public Instant instant() {
        if (absent()) {
            return null;
        }
        if (raw instanceof LocalDateTime value) {
            return Timestamps.of(value).orElseThrow(this::noTime);
        }
        if (raw instanceof String text) {
            return Timestamps.parse(text).orElseThrow(this::noTime);
        }
        throw noTime();
    }

    private OdooFault noTime() {
        return wrong("a time such as 2026-01-31 12:00:00");
    }

    /** Empty where absent, or an empty text. */
    public List<?> list() {
        if (absent() || "".equals(raw)) {
            return List.of();
        }
        if (raw instanceof List<?> list) {
            return list;
        }
        throw wrong("a list");
    }

    /** Empty where absent. */
    public List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (Object each : list()) {
            texts.add(new Value(fault, "each of " + what, each).text());
        }
        return texts;
    }

    /** Empty where absent; an empty list too is one, since PHP cannot tell the two apart. */
    public Map<String, Object> struct() {
        Map<String, Object> struct = new LinkedHashMap<>();
        if (absent() || (raw instanceof List<?> list && list.isEmpty())) {
            return struct;
        }
        if (!(raw instanceof Map<?, ?> map)) {
            throw wrong("a struct");
        }
        map.forEach((key, value) -> struct.put(String.valueOf(key), value));
        return struct;
    }

    public OdooFault wrong(String expected) {
        return new OdooFault(fault, what + " must be " + expected + ", found " + found() + ".");
    }

    /** A whole number of 64 bits, or one written as text. */
    public long wholeNumber() {
        if (raw instanceof Integer || raw instanceof Long) {
            return ((Number) raw).longValue();
        }
        if (raw instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1L << 53) {
            return number.longValue();
        }
        if (raw instanceof String text) {
            try {
                return Long.parseLong(text.strip());
            } catch (NumberFormatException e) {
                throw wrong("a whole number");
            }
        }
        throw wrong("a whole number");
    }

    private static String numberText(Number number) {
        return number instanceof Double value && Double.isFinite(value)
                ? BigDecimal.valueOf(value).toPlainString()
                : number.toString();
    }

    private String found() {
        if (raw == null) {
            return "nothing";
        }
        if (raw instanceof Boolean) {
            return "a boolean";
        }
        if (raw instanceof Number number) {
            return number instanceof Double ? "a fraction" : "a number";
        }
        if (raw instanceof String) {
            return "a text";
        }
        if (raw instanceof List<?>) {
            return "a list";
        }
        if (raw instanceof Map<?, ?>) {
            return "a struct";
        }
        return raw instanceof LocalDateTime ? "a date" : "bytes";
    }
}
