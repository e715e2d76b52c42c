// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The types that contain text. Apache's own parsers for them are not used: they wrap or refuse a large int, accept a
 * double in any form that Java knows, and skip characters that are not base64.
 */
enum ScalarType {
    STRING("a text", "string") {
        @Override
        Object read(String text) {
            return text;
        }
    },
    INTEGER("a whole number within 64 bits", "int", "i4", "i8", "biginteger") {
        @Override
        Object read(String text) {
            return whole(text);
        }
    },
    SHORT("a whole number from -32768 to 32767", "i2") {
        @Override
        Object read(String text) {
            return within(text, Short.MIN_VALUE, Short.MAX_VALUE);
        }
    },
    BYTE("a whole number from -128 to 127", "i1") {
        @Override
        Object read(String text) {
            return within(text, Byte.MIN_VALUE, Byte.MAX_VALUE);
        }
    },
    BOOLEAN("0 or 1", "boolean") {
        @Override
        Object read(String text) {
            return switch (text.strip()) {
                case "0" -> false;
                case "1" -> true;
                default -> throw new IllegalArgumentException();
            };
        }
    },
    DOUBLE("a decimal number such as -1.5 or 2e10", "double") {
        @Override
        Object read(String text) {
            String number = text.strip();
            if (number.length() > MAX_DECIMAL || !DECIMAL.matcher(number).matches()) {
                throw new IllegalArgumentException();
            }
            double value = Double.parseDouble(number);
            if (Double.isInfinite(value)) {
                throw new IllegalArgumentException();
            }
            return value;
        }
    },
    DATE("a time such as 20260131T10:00:00 or 2026-01-31T10:00:00", "dateTime.iso8601") {
        @Override
        Object read(String text) {
            try {
                return LocalDateTime.parse(text.strip(), DATE_FORMAT);
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException(e);
            }
        }
    },
    BASE64("base64", "base64") {
        @Override
        Object read(String text) {
            return Base64.getDecoder().decode(withoutBlanks(text));
        }
    },
    NIL("nothing", "nil") {
        @Override
        @Nullable
        Object read(String text) {
            if (!text.isBlank()) {
                throw new IllegalArgumentException();
            }
            return null;
        }
    };

    /** A double has at most 17 significant digits. More are accepted, but not without limit. */
    private static final int MAX_DECIMAL = 1_000;

    private static final Pattern DECIMAL = Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d{1,9})?");

    private static final DateTimeFormatter DATE_FORMAT = DateTimeFormatter.ofPattern(
                    "[uuuu-MM-dd][uuuuMMdd]'T'HH:mm:ss", Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    private static final Map<String, ScalarType> BY_TAG = new HashMap<>();

    static {
        for (ScalarType scalar : values()) {
            for (String tag : scalar.tags) {
                BY_TAG.put(tag, scalar);
            }
        }
    }

    private final String expected;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> tags;

    ScalarType(String expected, String... tags) {
        this.expected = expected;
        this.tags = List.of(tags);
    }

    static @Nullable ScalarType of(String tag) {
        return BY_TAG.get(tag);
    }

    List<String> tags() {
        return tags;
    }

    /** Returns what the text must be, for a message to a client that sent something else. */
    String expected() {
        return expected;
    }

    /**
     * Returns the value of a text.
     *
     * @throws IllegalArgumentException if the text has no value of this type
     */
    abstract @Nullable Object read(String text);

    private static Object whole(String text) {
        long value = Long.parseLong(ascii(text.strip()));
        if (value == (int) value) {
            return (int) value;
        }
        return value;
    }

    private static Object within(String text, int min, int max) {
        int value = Integer.parseInt(ascii(text.strip()));
        if (value < min || value > max) {
            throw new IllegalArgumentException();
        }
        return value;
    }

    /** Java reads the digits of any script as a number; XML-RPC does not. */
    private static String ascii(String number) {
        for (int i = 0; i < number.length(); i++) {
            if (number.charAt(i) > '9') {
                throw new IllegalArgumentException();
            }
        }
        return number;
    }

    private static String withoutBlanks(String text) {
        StringBuilder dense = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
                dense.append(c);
            }
        }
        return dense.toString();
    }
}
