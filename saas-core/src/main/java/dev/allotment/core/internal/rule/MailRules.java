// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.rule;

import java.net.IDN;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The rules for mail domains. */
public final class MailRules {
    /** With the name of its TXT record, it is still a name in the DNS. */
    private static final int LONGEST = 240;

    private static final int LONGEST_LABEL = 63;

    /** One plain address: what a mail program could read as several has no domain. */
    private static final Pattern ADDRESS = Pattern.compile("[^\\s@,;:<>()\\[\\]\\\\\"]+@([^\\s@]+)");

    private MailRules() {}

    /**
     * A mail domain in the form in which it is compared; empty: it is none.
     *
     * <p>A name that {@link IDN} would change to another one is none. Mail programs follow newer rules, by which {@code
     * faß.example} is not {@code fass.example}.
     */
    public static Optional<String> domain(String given) {
        String text = Normalizer.normalize(given.strip().toLowerCase(Locale.ROOT), Normalizer.Form.NFC);
        String name;
        try {
            name = IDN.toASCII(text, IDN.USE_STD3_ASCII_RULES);
            if (text.codePoints().anyMatch(each -> each > 127)
                    && !IDN.toUnicode(name, IDN.USE_STD3_ASCII_RULES).equals(text)) {
                return Optional.empty();
            }
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        return isDomain(name) ? Optional.of(name) : Optional.empty();
    }

    private static boolean isDomain(String name) {
        String[] labels = name.split("\\.", -1);
        if (name.length() > LONGEST || labels.length < 2 || !TextRules.isHost(name)) {
            return false;
        }
        for (String each : labels) {
            if (each.length() > LONGEST_LABEL) {
                return false;
            }
        }
        return !labels[labels.length - 1].chars().allMatch(Character::isDigit);
    }

    /** The mail domain of an address; empty: it is not one plain address, or has no domain. */
    public static Optional<String> domainOf(String address) {
        Matcher parts = ADDRESS.matcher(address.strip());
        return parts.matches() ? domain(parts.group(1)) : Optional.empty();
    }
}
