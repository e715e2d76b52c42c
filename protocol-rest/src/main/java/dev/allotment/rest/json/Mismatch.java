// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.json;

import org.jspecify.annotations.Nullable;

/** A value of a request has not the type that is expected. The message is for the caller. */
public final class Mismatch extends Exception {
    private static final long serialVersionUID = 1L;

    private static final int MAX_FOUND = 60;

    /**
     * Creates a mismatch.
     *
     * @param where the name of the value, such as {@code tags[0]}
     * @param expected such as {@code a whole number}
     */
    public Mismatch(String where, String expected, @Nullable Object found) {
        super(where + ": expected " + expected + ", found " + shown(found) + ".", null, false, false);
    }

    /** Returns the message. */
    public String text() {
        return String.valueOf(getMessage());
    }

    private static String shown(@Nullable Object found) {
        if (found instanceof java.util.Map) {
            return "an object";
        }
        if (found instanceof java.util.List) {
            return "a list";
        }
        if (found instanceof String text) {
            String printable = text.codePoints()
                    .map(each ->
                            Character.isISOControl(each) || Character.getType(each) == Character.SURROGATE ? '?' : each)
                    .limit(MAX_FOUND)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            return '"' + printable + (text.length() > MAX_FOUND ? "…" : "") + '"';
        }
        return String.valueOf(found);
    }
}
