// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.rule;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules for texts from callers. */
public final class TextRules {
    public static final int MAX_LOGIN = 254;
    public static final int MAX_NAME = 256;
    private static final int MAX_LANG = 32;
    private static final int SHOWN = 80;
    private static final Pattern LANG = Pattern.compile("[a-z]{2,3}(?:_[A-Za-z0-9]{2,8})?(?:@[a-z]+)?");
    private static final Pattern LABELS =
            Pattern.compile("[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*");

    /** Read once, and only on demand: every call of the JDK copies all six hundred. */
    private static final class Zones {
        static final Set<String> NAMES = Set.copyOf(ZoneId.getAvailableZoneIds());
    }

    private TextRules() {}

    /** A login in the form in which it is stored. */
    public static String login(String login) {
        String normal = normalLogin(login);
        if (normal.isEmpty() || normal.length() > MAX_LOGIN || hasControl(normal)) {
            throw SaasException.invalid(
                    ErrorCodes.ACCOUNT_INVALID,
                    "A login has 1 to " + MAX_LOGIN + " printable characters, found " + describe(normal) + ".");
        }
        return normal;
    }

    /** The form in which a login is looked up; never fails. */
    public static String normalLogin(String login) {
        return login.strip().toLowerCase(Locale.ROOT);
    }

    /** A name of a person or thing, without white space around it. */
    public static String name(String name, String code, String what) {
        String normal = name.strip();
        if (normal.isEmpty() || normal.length() > MAX_NAME || hasControl(normal)) {
            throw SaasException.invalid(
                    code,
                    what + " has a name of 1 to " + MAX_NAME + " printable characters, found " + describe(normal)
                            + ".");
        }
        return normal;
    }

    public static @Nullable String email(@Nullable String email) {
        if (email == null || email.isBlank()) {
            return null;
        }
        String normal = email.strip();
        if (normal.length() > MAX_LOGIN || hasControl(normal) || normal.indexOf('@') < 1) {
            throw SaasException.invalid(
                    ErrorCodes.ACCOUNT_INVALID,
                    "An email address has an @ and at most " + MAX_LOGIN + " characters, found " + describe(normal)
                            + ".");
        }
        return normal;
    }

    /** Whether it is one or more DNS labels in lower case, joined by dots. */
    public static boolean isLabels(String text) {
        return LABELS.matcher(text).matches();
    }

    public static boolean isHost(String text) {
        return text.length() <= 253 && LABELS.matcher(text).matches();
    }

    /** The text for a message: shortened, and without characters that could break a line. */
    public static String describe(String text) {
        String visible = text.codePoints()
                .limit(SHOWN)
                .map(c -> hasControl(Character.toString(c)) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        boolean whole = text.codePointCount(0, Math.min(text.length(), 2 * SHOWN + 1)) <= SHOWN;
        return "\"" + visible + (whole ? "\"" : "…\" (" + text.length() + " characters)");
    }

    /** Whether it contains an unprintable character: a control character, or half a surrogate pair. */
    public static boolean hasControl(String text) {
        return text.codePoints().anyMatch(Character::isISOControl) || hasHalfPair(text);
    }

    /** Whether it contains half a surrogate pair, which no database stores. */
    public static boolean hasHalfPair(String text) {
        return text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    /** Whether a database can store it as a text. */
    public static boolean isStorable(String text) {
        return text.indexOf('\0') < 0 && !hasHalfPair(text);
    }

    /**
     * Refuses a text that is not a language code.
     *
     * @param code of the error, as the caller documents it
     */
    public static String lang(String lang, String code) {
        if (lang.length() > MAX_LANG || !LANG.matcher(lang).matches()) {
            throw SaasException.invalid(code, "A language is a code such as en_US; found " + describe(lang) + ".");
        }
        return lang;
    }

    /**
     * Refuses a text that is not a time zone.
     *
     * @param code of the error, as the caller documents it
     */
    public static String zone(String zone, String code) {
        if (!Zones.NAMES.contains(zone)) {
            throw SaasException.invalid(
                    code, "A time zone is a name such as Europe/Berlin or UTC; found " + describe(zone) + ".");
        }
        return zone;
    }
}
