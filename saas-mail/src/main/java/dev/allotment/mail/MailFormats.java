// SPDX-License-Identifier: Apache-2.0
package dev.allotment.mail;

import dev.allotment.Parameter;
import dev.allotment.Saas;
import dev.allotment.TeamRole;
import dev.allotment.support.SupportRight;
import dev.allotment.text.TextBundles;
import dev.allotment.text.Texts;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Locale;
import java.util.regex.Pattern;

/** Makes texts harmless that other people have chosen. */
final class MailFormats {
    /** The words that the program puts into emails. Each email has its own file, see {@link MailTexts}. */
    private static final TextBundles WORDS = TextBundles.load("mail", MailFormats.class::getResourceAsStream);

    private static final int MAX_NAME = 80;
    private static final ZoneId UTC = ZoneId.of("UTC");
    private static final DateTimeFormatter ENGLISH = DateTimeFormatter.ofPattern("d MMM yyyy, HH:mm", Locale.ENGLISH);
    private static final Pattern LIKE_A_HOST = Pattern.compile("[\\p{L}\\d-]{2,}\\.\\p{L}{2,}");

    /** Control characters, line and paragraph separators, and characters that change the text direction. */
    private static final Pattern UNWANTED =
            Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}\\u202A-\\u202E\\u2066-\\u2069\\p{Cs}]+");

    private static final Pattern MARKUP = Pattern.compile("[&<>\"']");

    private MailFormats() {}

    /** Returns the text on one line. */
    static String line(String text) {
        return UNWANTED.matcher(text).replaceAll(" ").strip();
    }

    /**
     * Returns how to address a person: by name, unless the name looks like an advertisement. A stranger may sign up
     * with any address and name.
     */
    static String name(String name, String login) {
        String line = line(name);
        boolean harmless = !line.isEmpty()
                && line.length() <= MAX_NAME
                && line.indexOf('/') < 0
                && !LIKE_A_HOST.matcher(line).find();
        return harmless ? line : line(login);
    }

    /** Formats a time in the reader's language and time zone: in English as on the portal's pages. */
    static String date(Instant instant, String lang, String tz) {
        ZoneId zone;
        try {
            zone = ZoneId.of(tz);
        } catch (DateTimeException e) {
            zone = UTC;
        }
        Locale locale = Locale.forLanguageTag(lang.replace('_', '-'));
        boolean english = locale.getLanguage().equals(Locale.ENGLISH.getLanguage());
        DateTimeFormatter format = english
                ? ENGLISH
                : DateTimeFormatter.ofLocalizedDateTime(FormatStyle.LONG, FormatStyle.SHORT)
                        .withLocale(locale);
        return format.withZone(zone).format(instant) + (zone.equals(UTC) ? " UTC" : " (" + zone + ")");
    }

    /** Returns the name of a role. */
    static String role(TeamRole role, String lang) {
        return words(lang).text("role." + role.name().toLowerCase(Locale.ROOT));
    }

    /** Returns what an operator wants to do. */
    static String supportRight(SupportRight right, String lang) {
        return words(lang).text("support." + right.name().toLowerCase(Locale.ROOT));
    }

    /** Returns a size. */
    static String megabytes(String number, String lang) {
        return words(lang).text("unit.mb", number);
    }

    /** Returns the language of those who have chosen none that there is. */
    static String usual(Saas saas) {
        return saas.parameters().value(Parameter.LANGUAGE).orElse("en");
    }

    private static Texts words(String lang) {
        return WORDS.find(lang).orElseGet(WORDS::english);
    }

    /** Returns the text as HTML, with character references for everything that could be markup. */
    static String html(String text) {
        return MARKUP.matcher(text).replaceAll(match -> "&#" + match.group().codePointAt(0) + ";");
    }
}
