// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import org.apache.xmlrpc.parser.TypeParserImpl;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Attributes;

/**
 * Reads one scalar after the other: a scalar holds no other value, so one parser serves a whole call and nothing but the
 * values is allocated. For one thread.
 */
final class ScalarParser extends TypeParserImpl {
    private final int longest;
    private final StringBuilder pieces = new StringBuilder();
    private Scalar scalar = Scalar.STRING;
    private String tag = "";
    private @Nullable String text;

    /** @param longest no text is longer, in characters */
    ScalarParser(int longest) {
        this.longest = longest;
    }

    ScalarParser of(Scalar type, String itsTag) {
        this.scalar = type;
        this.tag = itsTag;
        return this;
    }

    @Override
    public void startElement(String uri, String localName, String qName, Attributes attributes) {
        text = null;
        pieces.setLength(0);
    }

    /** Nearly every text comes in one piece, which then is copied once. */
    @Override
    public void characters(char[] chars, int start, int length) {
        if (text == null) {
            text = new String(chars, start, length);
        } else {
            if (pieces.isEmpty()) {
                // A text of several pieces is a long one: so that it is not copied again and again while it grows.
                pieces.ensureCapacity(longest);
                pieces.append(text);
            }
            pieces.append(chars, start, length);
        }
    }

    @Override
    public void endElement(String uri, String localName, String qName) {
        String whole = text == null ? "" : pieces.isEmpty() ? text : pieces.toString();
        try {
            setResult(scalar.read(whole));
        } catch (IllegalArgumentException e) {
            throw Malformed.at(
                    getDocumentLocator(),
                    "<" + tag + "> holds " + Malformed.quoted(whole) + ", expected " + scalar.expected());
        }
    }
}
