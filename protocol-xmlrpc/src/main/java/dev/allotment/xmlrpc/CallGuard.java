// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import dev.allotment.odoo.fault.OdooFault;
import java.util.Arrays;
import java.util.Objects;
import org.apache.xmlrpc.parser.XmlRpcRequestParser;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Attributes;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.AttributesImpl;
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

    /** What a value without a type holds. */
    private static final String UNTYPED = "string";

    private static final Attributes NONE = new AttributesImpl();

    private final XmlRpcRequestParser parser;
    private final Text text;
    private Element[] open = new Element[USUALLY_OPEN];
    private int[] children = new int[USUALLY_OPEN];
    private @Nullable Locator place;
    private String scalarTag = "";
    private int opened;
    private int depth;
    private int values;
    private int textLength;

    /** @param text gathers what the scalar holds that is open, for the parser to take when it ends */
    CallGuard(XmlRpcRequestParser parser, Text text) {
        this.parser = parser;
        this.text = text;
    }

    /** The tag of the element that is open, for messages about a document that ends too early. */
    @Nullable
    String innermost() {
        return opened == 0 ? null : tag(open[opened - 1]);
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
            throw malformed("unknown type <" + Malformed.shown(qName)
                    + ">; expected array, base64, biginteger, boolean, dateTime.iso8601, double, i1, i2, i4, i8, int,"
                    + " nil, string or struct");
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
        open(element);
        if (element == Element.SCALAR) {
            scalarTag = tag;
        }
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
                parser.startElement("", UNTYPED, UNTYPED, NONE);
                parser.endElement("", UNTYPED, UNTYPED);
            }
        }
        String tag = tag(element);
        parser.endElement("", tag, tag);
    }

    @Override
    public void characters(char[] chars, int start, int length) throws SAXException {
        Element element = opened == 0 ? Element.CALL : open[opened - 1];
        if (element == Element.SCALAR || (element == Element.VALUE && children[opened - 1] == 0)) {
            // Blanks before a type mean nothing, but are the value where no type follows: only its end tells.
            measure(length);
            text.add(chars, start, length);
        } else if (element.isText()) {
            measure(length);
            parser.characters(chars, start, length);
        } else if (!isBlank(chars, start, length)) {
            throw malformed("text " + Malformed.quoted(new String(chars, start, length)) + " directly in <"
                    + element.tag() + ">");
        }
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

    private String tag(Element element) {
        return element == Element.SCALAR ? scalarTag : element.tag();
    }

    private void open(Element element) {
        if (opened == open.length) {
            open = Arrays.copyOf(open, opened * 2);
            children = Arrays.copyOf(children, opened * 2);
        }
        open[opened] = element;
        children[opened++] = 0;
    }

    private void count() {
        if (++values > MAX_VALUES) {
            throw malformed("more than " + MAX_VALUES + " values in one call");
        }
        if (++depth > MAX_DEPTH) {
            throw malformed("values are nested more than " + MAX_DEPTH + " deep");
        }
    }

    private void measure(int length) {
        textLength += length;
        if (textLength > MAX_TEXT) {
            throw malformed("a text is longer than " + MAX_TEXT + " characters");
        }
    }

    private void refuseText(String tag) {
        String before = text.take();
        if (!before.isBlank()) {
            throw malformed("text " + Malformed.quoted(before.strip()) + " and <" + tag + "> in one <value>");
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
            return malformed(found + ", expected the end of <" + tag(parent) + ">");
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
