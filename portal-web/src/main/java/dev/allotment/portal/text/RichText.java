// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.text;

import dev.allotment.text.TextPattern;
import dev.allotment.text.Texts;
import gg.jte.Content;
import gg.jte.TemplateOutput;
import java.util.List;

/** A text with values and elements, as part of a page. Words and values are escaped. */
public final class RichText implements Content {
    private final Texts texts;
    private final List<TextPattern.Part> parts;
    private final List<Object> values;

    /**
     * Creates the part of a page.
     *
     * @param values for the placeholders: an {@link Element}, another part of a page, or anything that is shown as text
     */
    public RichText(Texts texts, String key, Object... values) {
        this.texts = texts;
        parts = texts.parts(key);
        this.values = List.of(values);
    }

    @Override
    public void writeTo(TemplateOutput output) {
        for (TextPattern.Part part : parts) {
            if (part.isText()) {
                output.writeUserContent(part.text());
            } else if (part.index() < values.size()) {
                write(output, part, values.get(part.index()));
            }
        }
    }

    private void write(TemplateOutput output, TextPattern.Part part, Object value) {
        if (value instanceof Element element) {
            if (!part.isValue()) {
                output.writeContent(part.isStart() ? element.start() : element.end());
            }
        } else if (value instanceof Content content) {
            content.writeTo(output);
        } else {
            output.writeUserContent(texts.value(value));
        }
    }
}
