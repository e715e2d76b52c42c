// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.value;

import dev.allotment.odoo.fault.OdooFault;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One value of a call, read as the expected kind. As in Odoo, nil and false both mean "no value". A message about a
 * wrong value does not repeat it, since it may be a secret.
 *
 * @param fault the kind of fault for a wrong value
 * @param what the name of the value in messages
 */
public record Value(
        OdooFault.Kind fault, String what, @Nullable Object raw) {

    public boolean absent() {
        return raw == null || Boolean.FALSE.equals(raw);
    }

    /** Returns text and accepts nothing else. NUL characters are refused, since no database accepts them. */
    public String text() {
        if (!(raw instanceof String text)) {
            throw wrong("text");
        }
        if (text.indexOf('\0') >= 0) {
            throw wrong("text without NUL characters");
        }
        return text;
    }

    /**
     * Returns this value.
     *
     * @throws OdooFault if it is a longer text
     */
    public Value atMost(int characters) {
        if (raw instanceof String text && text.length() > characters) {
            throw new OdooFault(
                    fault, what + " must have at most " + characters + " characters, found " + text.length() + ".");
        }
        return this;
    }

    /** Returns text, or a number as text. Null if absent or empty. */
    @Nullable
    public String optionalText() {
        if (absent() || "".equals(raw)) {
            return null;
        }
        return raw instanceof Number number ? numberText(number) : text();
    }

    /**
     * Returns any scalar as Python would print it: {@code True}, {@code 10}, {@code 2026-01-31 12:00:00}. Empty if
     * absent.
     */
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

    /** Returns a whole number, also one written as text. 0 if absent. */
    public int integer() {
        long number = absent() ? 0 : wholeNumber();
        if (number != (int) number) {
            throw wrong("a whole number of 32 bits");
        }
        return (int) number;
    }

    /** Returns the id of a record. Null if absent. */
    @Nullable
    public Long reference() {
        return absent() ? null : (Long) id();
    }

    /** Returns the id of a record. */
    public long id() {
        if ((raw instanceof Integer || raw instanceof Long) && ((Number) raw).longValue() > 0) {
            return ((Number) raw).longValue();
        }
        throw wrong("the id of a record");
    }

    /**
     * Returns the ids that a method is called on, without duplicates. A single id counts as a list of one, and an
     * absent value as an empty list. False inside the list means a record that is not stored yet, and becomes 0.
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

    /** Returns a UUID. Null if absent or empty. */
    @Nullable
    public UUID uuid() {
        String text = optionalText();
        if (text == null) {
            return null;
        }
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new OdooFault(fault, what + " must be a UUID.");
        }
    }

    /** Returns a boolean. As in Python, an empty text is false. */
    public boolean flag() {
        if (absent() || "".equals(raw) || (raw instanceof Number number && number.doubleValue() == 0)) {
            return false;
        }
        if (raw instanceof Boolean || (raw instanceof Number number && number.doubleValue() == 1)) {
            return true;
        }
        throw wrong("a boolean");
    }

    /** Returns an instant. Null if absent. */
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

    /** Returns bytes, also those that are written as base64, with or without line breaks. */
    public byte[] bytes() {
        if (raw instanceof byte[] bytes) {
            return bytes;
        }
        try {
            return Base64.getMimeDecoder().decode(text());
        } catch (IllegalArgumentException e) {
            throw wrong("bytes in base64");
        }
    }

    /** Returns a list. Empty if absent or an empty text. */
    public List<?> list() {
        if (absent() || "".equals(raw)) {
            return List.of();
        }
        if (raw instanceof List<?> list) {
            return list;
        }
        throw wrong("a list");
    }

    /** Whether it is a list. */
    public boolean isList() {
        return raw instanceof List<?>;
    }

    /** Returns a list of texts. Empty if absent. */
    public List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (Object each : list()) {
            texts.add(new Value(fault, "each of " + what, each).text());
        }
        return texts;
    }

    /** Returns a struct. Empty if absent. An empty list is accepted too, since PHP does not distinguish the two. */
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

    /** Returns a whole number of 64 bits, also one written as text. */
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
