// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import org.apache.xmlrpc.parser.TypeParserImpl;
import org.xml.sax.Attributes;

/**
 * Reads scalars from the text that {@link CallGuard} has collected. Scalars do not nest, so one parser serves a whole
 * call and only the values are allocated. For one thread.
 */
final class ScalarParser extends TypeParserImpl {
    private final TextBuffer text;
    private ScalarType scalar = ScalarType.STRING;
    private String tag = "";

    ScalarParser(TextBuffer text) {
        this.text = text;
    }

    ScalarParser of(ScalarType type, String itsTag) {
        this.scalar = type;
        this.tag = itsTag;
        return this;
    }

    @Override
    public void startElement(String uri, String localName, String qName, Attributes attributes) {}

    @Override
    public void endElement(String uri, String localName, String qName) {
        String whole = text.take();
        try {
            setResult(scalar.read(whole));
        } catch (IllegalArgumentException e) {
            throw MalformedCall.at(
                    getDocumentLocator(),
                    "<" + tag + "> holds " + MalformedCall.quoted(whole) + ", expected " + scalar.expected());
        }
    }
}
