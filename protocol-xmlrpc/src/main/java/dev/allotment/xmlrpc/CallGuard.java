// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import dev.allotment.odoo.OdooFault;
import java.util.Arrays;
import java.util.Objects;
import org.apache.xmlrpc.parser.XmlRpcRequestParser;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Attributes;
import org.xml.sax.InputSource;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Stands between the XML reader and Apache's parser. That parser checks little of a document's structure (two types in one
 * value, text behind a type, a member without a value pass), and builds whatever it is sent; so this guard holds the
 * grammar and the limits, refuses at the first element that breaks one, and says where. For one document.
 *
 * <p>Tags are taken without their name space, as Odoo does: some clients write {@code ex:i8} and {@code ex:nil} without
 * declaring the prefix.
 */
final class CallGuard extends DefaultHandler {
    static final int MAX_DEPTH = 64;
    static final int MAX_VALUES = 100_000;
    static final int MAX_TEXT = 4 * 1024 * 1024;

    /** Elements that are open at once in nearly every call. */
    private static final int USUALLY_OPEN = 16;

    private final XmlRpcRequestParser parser;
    private Element[] open = new Element[USUALLY_OPEN];
    private String[] tags = new String[USUALLY_OPEN];
    private int[] children = new int[USUALLY_OPEN];
    private final StringBuilder untyped = new StringBuilder();
    private @Nullable Locator place;
    private int opened;
    private int depth;
    private int values;
    private int textLength;

    CallGuard(XmlRpcRequestParser parser) {
        this.parser = parser;
    }

    /** The tag of the element that is open, for messages about a document that ends too early. */
    @Nullable
    String innermost() {
        return opened == 0 ? null : tags[opened - 1];
    }

    @Override
    public void setDocumentLocator(Locator locator) {
        place = locator;
        parser.setDocumentLocator(locator);
    }

    @Override
    public void startDocument() throws SAXException {
        parser.startDocument();
    }

    @Override
    public void endDocument() throws SAXException {
        parser.endDocument();
    }

    @Override
    public void startElement(String uri, String localName, String qName, Attributes attributes) throws SAXException {
        String tag = withoutPrefix(qName);
        Element element = Element.of(tag);
        if (element == null && opened > 0 && open[opened - 1] == Element.VALUE) {
            element = scalar(tag, qName);
        }
        if (element == null || element != expected(element)) {
            throw unexpected(qName);
        }
        if (opened > 0) {
            children[opened - 1]++;
        }
        if (element.isType()) {
            refuseText(tag);
        } else if (element == Element.VALUE) {
            count();
        }
        textLength = 0;
        open(element, tag);
        parser.startElement("", tag, tag, attributes);
    }

    @Override
    public void endElement(String uri, String localName, String qName) throws SAXException {
        Element element = open[--opened];
        if (children[opened] < element.required()) {
            Element missing = Objects.requireNonNull(element.child(children[opened]));
            throw malformed("<" + element.tag() + "> has no <" + missing.tag() + ">");
        }
        if (element == Element.VALUE) {
            depth--;
            if (children[opened] == 0) {
                char[] text = new char[untyped.length()];
                untyped.getChars(0, text.length, text, 0);
                parser.characters(text, 0, text.length);
            }
        }
        String tag = withoutPrefix(qName);
        parser.endElement("", tag, tag);
    }

    @Override
    public void characters(char[] chars, int start, int length) throws SAXException {
        Element element = opened == 0 ? Element.CALL : open[opened - 1];
        if (element.isText()) {
            measure(length);
            parser.characters(chars, start, length);
        } else if (element == Element.VALUE && children[opened - 1] == 0) {
            // Blanks before a type mean nothing, but are the value where no type follows: only its end tells.
            measure(length);
            untyped.append(chars, start, length);
        } else if (!isBlank(chars, start, length)) {
            throw malformed("text " + Malformed.quoted(new String(chars, start, length)) + " directly in <"
                    + element.tag() + ">");
        }
    }

    /** Unreachable without a DTD, and refused should that ever change. */
    @Override
    public InputSource resolveEntity(@Nullable String publicId, @Nullable String systemId) {
        throw malformed("external entities are not accepted");
    }

    /** Unreachable without a DTD, and refused should that ever change. */
    @Override
    public void skippedEntity(String name) {
        throw malformed("the entity " + Malformed.quoted(name) + " is not known");
    }

    private @Nullable Element expected(Element element) {
        if (opened == 0) {
            return Element.CALL;
        }
        Element parent = open[opened - 1];
        Element child = parent.child(children[opened - 1]);
        return child == Element.SCALAR && element.isType() ? element : child;
    }

    private @Nullable Element scalar(String tag, String qName) {
        if (Scalar.of(tag) == null) {
            throw malformed("unknown type <" + Malformed.shown(qName)
                    + ">; expected array, base64, biginteger, boolean, dateTime.iso8601, double, i1, i2, i4, i8, int,"
                    + " nil, string or struct");
        }
        return Element.SCALAR;
    }

    private void open(Element element, String tag) {
        if (opened == open.length) {
            open = Arrays.copyOf(open, opened * 2);
            tags = Arrays.copyOf(tags, opened * 2);
            children = Arrays.copyOf(children, opened * 2);
        }
        open[opened] = element;
        tags[opened] = tag;
        children[opened++] = 0;
    }

    private void count() {
        if (++values > MAX_VALUES) {
            throw malformed("more than " + MAX_VALUES + " values in one call");
        }
        if (++depth > MAX_DEPTH) {
            throw malformed("values are nested more than " + MAX_DEPTH + " deep");
        }
        untyped.setLength(0);
    }

    private void measure(int length) {
        textLength += length;
        if (textLength > MAX_TEXT) {
            throw malformed("a text is longer than " + MAX_TEXT + " characters");
        }
    }

    private void refuseText(String tag) {
        String text = untyped.toString();
        if (!text.isBlank()) {
            throw malformed("text " + Malformed.quoted(text.strip()) + " and <" + tag + "> in one <value>");
        }
    }

    private OdooFault unexpected(String qName) {
        String found = "found <" + Malformed.shown(qName) + ">";
        if (opened == 0) {
            return malformed(found + ", expected <methodCall>");
        }
        Element parent = open[opened - 1];
        Element child = parent.child(children[opened - 1]);
        if (child == null) {
            return malformed(found + ", expected the end of <" + tags[opened - 1] + ">");
        }
        return malformed(found + " in <" + parent.tag() + ">, expected "
                + (child == Element.SCALAR ? "a type" : "<" + child.tag() + ">"));
    }

    OdooFault malformed(String problem) {
        return Malformed.at(place, problem);
    }

    private static String withoutPrefix(String qName) {
        int colon = qName.lastIndexOf(':');
        return colon < 0 ? qName : qName.substring(colon + 1);
    }

    private static boolean isBlank(char[] chars, int start, int length) {
        for (int i = start; i < start + length; i++) {
            if (!Character.isWhitespace(chars[i])) {
                return false;
            }
        }
        return true;
    }
}
