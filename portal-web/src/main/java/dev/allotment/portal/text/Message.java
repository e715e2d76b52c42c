// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.text;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.text.Texts;
import gg.jte.Content;
import gg.jte.TemplateOutput;

/**
 * Something that a page says: in the language of the page, or in English if there is nothing else, such as the messages
 * of the control plane. A page marks English parts as such, so that screen readers pronounce them well.
 *
 * @param english whether the text is English on a page that may have another language
 */
public record Message(String text, boolean english) implements Content {
    /** Says a text in the language of the page. */
    public static Message of(String text) {
        return new Message(text, false);
    }

    /** Says an English text on a page in any language. */
    public static Message inEnglish(Texts texts, String text) {
        return new Message(text, !texts.language().equals("en") && !text.isEmpty());
    }

    /** Says why the control plane has refused something. */
    public static Message of(Texts texts, SaasException e) {
        if (e.code().equals(ErrorCodes.IDEMPOTENCY_MISMATCH)) {
            return of(texts.text("error.idempotency.mismatch"));
        }
        return of(
                texts,
                e.code(),
                String.valueOf(e.getMessage()),
                e.details().getOrDefault("limit", e.details().getOrDefault("name", "")));
    }

    /** Says why an operation has failed. */
    public static Message of(Texts texts, String code, String message) {
        return of(texts, code, message, "");
    }

    /** In English, the message of the control plane: it says more than a text that is for each case of the code. */
    private static Message of(Texts texts, String code, String message, String detail) {
        String key = "error." + code;
        boolean translated = !texts.language().equals("en") && texts.has(key);
        return translated ? of(texts.text(key, detail)) : inEnglish(texts, message);
    }

    /** Whether nothing is said. */
    public boolean isEmpty() {
        return text.isEmpty();
    }

    @Override
    public void writeTo(TemplateOutput output) {
        if (english) {
            output.writeContent("<span lang=\"en\" dir=\"ltr\">");
        }
        output.writeUserContent(text);
        if (english) {
            output.writeContent("</span>");
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
