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
 * Checks a call between the XML reader and Apache's parser. That parser checks little of a document's structure (it
 * accepts two types in one value, text behind a type, a member without a value) and builds everything that it
 * receives. So this guard enforces the grammar and the limits, refuses the first element that breaks one, and
 * reports its position. For one document.
 *
 * <p>Tags are read without their namespace, as in Odoo: some clients write {@code ex:i8} and {@code ex:nil} without
 * declaring the prefix.
 */
final class CallGuard extends DefaultHandler {
    static final int MAX_DEPTH = 64;
    static final int MAX_VALUES = 100_000;

    /** Initial size: nearly every call has at most this many open elements at once. */
    private static final int USUALLY_OPEN = 16;

    /** The type of a value without a type element. */
    private static final String UNTYPED = "string";

    private static final Attributes NONE = new AttributesImpl();

    private final XmlRpcRequestParser parser;
    private final TextBuffer text;
    private final int maxText;
    private CallElement[] open = new CallElement[USUALLY_OPEN];
    private int[] children = new int[USUALLY_OPEN];
    private @Nullable Locator locator;
    private String scalarTag = "";
    private int opened;
    private int depth;
    private int values;
    private int textLength;

    /**
     * @param text collects the text of the open scalar until the parser takes it at the scalar's end
     * @param maxText how many characters one text may have
     */
    CallGuard(XmlRpcRequestParser parser, TextBuffer text, int maxText) {
        this.parser = parser;
        this.text = text;
        this.maxText = maxText;
    }

    /** Returns the tag of the innermost open element, for messages about a document that ends too early. */
    @Nullable
    String innermost() {
        return opened == 0 ? null : tag(open[opened - 1]);
    }

    @Override
    public void setDocumentLocator(Locator locator) {
        this.locator = locator;
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
        CallElement element = CallElement.of(tag);
        if (element == null && opened > 0 && open[opened - 1] == CallElement.VALUE) {
            throw malformed("unknown type <" + MalformedCall.abbreviated(qName)
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
        } else if (element == CallElement.VALUE) {
            count();
        }
        textLength = 0;
        open(element);
        if (element == CallElement.SCALAR) {
            scalarTag = tag;
        }
        parser.startElement("", tag, tag, attributes);
    }

    @Override
    public void endElement(String uri, String localName, String qName) throws SAXException {
        CallElement element = open[--opened];
        if (children[opened] < element.required()) {
            CallElement missing = Objects.requireNonNull(element.child(children[opened]));
            throw malformed("<" + element.tag() + "> has no <" + missing.tag() + ">");
        }
        if (element == CallElement.VALUE) {
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
        CallElement element = opened == 0 ? CallElement.CALL : open[opened - 1];
        if (element == CallElement.SCALAR || (element == CallElement.VALUE && children[opened - 1] == 0)) {
            // Blanks before a type are ignored, but without a type they are the value. Only the end of the value
            // shows which it is.
            measure(length);
            text.add(chars, start, length);
        } else if (element.isText()) {
            measure(length);
            parser.characters(chars, start, length);
        } else if (!isBlank(chars, start, length)) {
            throw malformed("text " + MalformedCall.quoted(new String(chars, start, length)) + " directly in <"
                    + element.tag() + ">");
        }
    }

    /** Unreachable without a DTD. Refuses the entity in case that changes. */
    @Override
    public void skippedEntity(String name) {
        throw malformed("the entity " + MalformedCall.quoted(name) + " is not known");
    }

    private @Nullable CallElement expected(CallElement element) {
        if (opened == 0) {
            return CallElement.CALL;
        }
        CallElement parent = open[opened - 1];
        CallElement child = parent.child(children[opened - 1]);
        return child == CallElement.SCALAR && element.isType() ? element : child;
    }

    private String tag(CallElement element) {
        return element == CallElement.SCALAR ? scalarTag : element.tag();
    }

    private void open(CallElement element) {
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
        if (textLength > maxText) {
            throw malformed("a text is longer than " + maxText + " characters");
        }
    }

    private void refuseText(String tag) {
        String before = text.take();
        if (!before.isBlank()) {
            throw malformed("text " + MalformedCall.quoted(before.strip()) + " and <" + tag + "> in one <value>");
        }
    }

    private OdooFault unexpected(String qName) {
        String found = "found <" + MalformedCall.abbreviated(qName) + ">";
        if (opened == 0) {
            return malformed(found + ", expected <methodCall>");
        }
        CallElement parent = open[opened - 1];
        CallElement child = parent.child(children[opened - 1]);
        if (child == null) {
            return malformed(found + ", expected the end of <" + tag(parent) + ">");
        }
        return malformed(found + " in <" + parent.tag() + ">, expected "
                + (child == CallElement.SCALAR ? "a type" : "<" + child.tag() + ">"));
    }

    OdooFault malformed(String problem) {
        return MalformedCall.at(locator, problem);
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
