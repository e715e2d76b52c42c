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

/** Reads calls: a hardened XML reader, then {@link CallGuard}, then Apache's parser. Thread-safe. */
final class CallReader {
    /** Never changed after this, and Apache's parsers only read it; its extensions stay switched off. */
    private static final XmlRpcStreamConfig CONFIG = new XmlRpcHttpRequestConfigImpl();

    /** How the JDK names its refusal of a DTD in any language. */
    private static final String DTD_REFUSED = "disallow-doctype-decl";

    /** How the JDK says that a document ends too early, in the language that {@link XmlReaderPool} asks for. */
    private static final String ENDS_EARLY = "XML document structures must start and end";

    private final XmlReaderPool readers = new XmlReaderPool();

    /**
     * The call in a document.
     *
     * @throws OdooFault that the call is malformed, how and where
     */
    MethodCall read(byte[] document) {
        if (document.length == 0) {
            throw MalformedCall.at(null, "the request has no body, expected an XML document with a <methodCall>");
        }
        TextBuffer text = new TextBuffer();
        XmlRpcRequestParser parser = new XmlRpcRequestParser(CONFIG, new ValueParsers(text));
        CallGuard guard = new CallGuard(parser, text);
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
