// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.portal.text.PortalTexts;
import dev.allotment.text.Texts;
import gg.jte.Content;
import gg.jte.TemplateOutput;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * A time on a page. Templates write it as an element that names the time to the second, which the script shows in the
 * viewer's zone. In a text, and without the script, it is to the minute in UTC.
 *
 * @param at null if there is none
 * @param text the time as a text; what is written instead if there is none
 */
public record Moment(@Nullable Instant at, String text) implements Content {
    /** Returns a time for a page in English. */
    public static Moment of(Instant at) {
        return of(at, PortalTexts.ENGLISH);
    }

    /** Returns a time. */
    public static Moment of(Instant at, Texts texts) {
        return new Moment(at, texts.text("format.utc", texts.time(at, ZoneOffset.UTC)));
    }

    /** Returns a time for a page in English, or a text such as {@code never}. */
    public static Moment orElse(@Nullable Instant at, String otherwise) {
        return orElse(at, otherwise, PortalTexts.ENGLISH);
    }

    /** Returns a time, or a text such as {@code never}. */
    public static Moment orElse(@Nullable Instant at, String otherwise, Texts texts) {
        return at == null ? new Moment(null, otherwise) : of(at, texts);
    }

    /** Whether there is a time. */
    public boolean known() {
        return at != null;
    }

    @Override
    public void writeTo(TemplateOutput output) {
        if (at == null) {
            output.writeUserContent(text);
        } else {
            output.writeContent("<time datetime=\"" + at.truncatedTo(ChronoUnit.SECONDS) + "\">");
            output.writeUserContent(text);
            output.writeContent("</time>");
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
