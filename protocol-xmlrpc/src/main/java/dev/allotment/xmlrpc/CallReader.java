// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import dev.allotment.odoo.fault.OdooFault;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.util.List;
import org.apache.xmlrpc.common.XmlRpcHttpRequestConfigImpl;
import org.apache.xmlrpc.common.XmlRpcStreamConfig;
import org.apache.xmlrpc.parser.XmlRpcRequestParser;
import org.jspecify.annotations.Nullable;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/** Reads calls through a hardened XML reader, {@link CallGuard} and Apache's parser. Thread-safe. */
final class CallReader {
    /** Never changed: Apache's parsers only read it, and its extensions stay off. */
    private static final XmlRpcStreamConfig CONFIG = new XmlRpcHttpRequestConfigImpl();

    /** Part of the JDK's message that refuses a DTD, in every language. */
    private static final String DTD_REFUSED = "disallow-doctype-decl";

    /**
     * Start of the JDK's message about a document that ends too early, in the language that {@link XmlReaderPool}
     * sets.
     */
    private static final String ENDS_EARLY = "XML document structures must start and end";

    private final XmlReaderPool readers = new XmlReaderPool();
    private final int maxText;

    /** @param maxText how many characters one text may have */
    CallReader(int maxText) {
        this.maxText = maxText;
    }

    /**
     * Reads the call in a document.
     *
     * @throws OdooFault if the call is malformed, with the reason and the position
     */
    MethodCall read(byte[] document) {
        if (document.length == 0) {
            throw MalformedCall.at(null, "the request has no body, expected an XML document with a <methodCall>");
        }
        TextBuffer text = new TextBuffer();
        XmlRpcRequestParser parser = new XmlRpcRequestParser(CONFIG, new ValueParsers(text));
        CallGuard guard = new CallGuard(parser, text, maxText);
        try {
            readers.read(document, guard);
        } catch (SAXParseException e) {
            throw MalformedCall.at(e.getLineNumber(), e.getColumnNumber(), problem(e.getMessage(), guard));
        } catch (UnsupportedEncodingException e) {
            throw MalformedCall.at(
                    null, "the encoding " + MalformedCall.quoted(String.valueOf(e.getMessage())) + " is not known");
        } catch (SAXException | IOException e) {
            throw guard.malformed(String.valueOf(e.getMessage()));
        }
        String method = parser.getMethodName().strip();
        if (method.isEmpty()) {
            throw MalformedCall.at(null, "<methodName> is empty");
        }
        List<?> params = parser.getParams();
        return new MethodCall(method, params == null ? List.of() : params);
    }

    private static String problem(@Nullable String message, CallGuard guard) {
        if (message == null) {
            return "it is not well-formed XML";
        }
        if (message.contains(DTD_REFUSED)) {
            return "a document type (DTD) is not accepted";
        }
        if (message.startsWith(ENDS_EARLY)) {
            String innermost = guard.innermost();
            return "the document ends "
                    + (innermost == null ? "before its first element" : "before <" + innermost + "> is closed");
        }
        return message;
    }
}
