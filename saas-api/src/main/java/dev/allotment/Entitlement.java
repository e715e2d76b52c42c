// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * What a {@link Plan} includes under a name, for the application of its tenants: an ability that is on or off, or a
 * number, such as of projects. Immutable.
 *
 * @param text {@code true}, {@code false}, or a whole number of at most 18 digits
 */
public record Entitlement(String text) {
    private static final Pattern TEXT = Pattern.compile("true|false|0|-?[1-9][0-9]{0,17}");

    /** Takes any text, as stored. Use {@link #of(boolean)}, {@link #of(long)} or {@link #parse} instead. */
    @Internal
    public Entitlement {}

    /** Returns an ability that is on or off. */
    public static Entitlement of(boolean on) {
        return new Entitlement(Boolean.toString(on));
    }

    /** Returns a number. {@link Plans#create} and {@link Plans#update} refuse one with more than 18 digits. */
    public static Entitlement of(long number) {
        return new Entitlement(Long.toString(number));
    }

    /**
     * Returns the entitlement with a text such as {@code true} or {@code 10}.
     *
     * @throws SaasException {@code configuration.invalid}
     */
    public static Entitlement parse(String text) {
        if (!TEXT.matcher(text).matches()) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID,
                    "An entitlement is true, false, or a whole number of at most 18 digits, such as 10.");
        }
        return new Entitlement(text);
    }

    /** Returns whether this is an ability that is on. */
    public boolean isOn() {
        return text.equals("true");
    }

    /** Returns the number; empty if this is an ability, which has none. */
    public OptionalLong number() {
        return isOn() || text.equals("false") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    }
}
