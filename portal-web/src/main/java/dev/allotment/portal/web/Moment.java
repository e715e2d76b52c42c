// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import gg.jte.Content;
import gg.jte.TemplateOutput;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A time on a page. Templates write it as an element that names the time to the second, which the script shows in the
 * viewer's zone. In a text, and without the script, it is to the minute in UTC.
 *
 * @param at null if there is none
 * @param otherwise the text if there is no time
 */
public record Moment(@Nullable Instant at, String otherwise) implements Content {
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern(
                    "d MMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    /** Returns a time. */
    public static Moment of(Instant at) {
        return new Moment(at, "");
    }

    /** Returns a time, or a text such as {@code never}. */
    public static Moment orElse(@Nullable Instant at, String otherwise) {
        return new Moment(at, otherwise);
    }

    /** Whether there is a time. */
    public boolean known() {
        return at != null;
    }

    @Override
    public void writeTo(TemplateOutput output) {
        if (at == null) {
            output.writeUserContent(otherwise);
        } else {
            output.writeContent(
                    "<time datetime=\"" + at.truncatedTo(ChronoUnit.SECONDS) + "\">" + MINUTE.format(at) + "</time>");
        }
    }

    @Override
    public String toString() {
        return at == null ? otherwise : MINUTE.format(at);
    }
}
