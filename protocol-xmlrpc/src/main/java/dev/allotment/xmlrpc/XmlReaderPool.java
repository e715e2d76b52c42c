// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import javax.xml.XMLConstants;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParser;
import javax.xml.parsers.SAXParserFactory;
import org.jspecify.annotations.Nullable;
import org.xml.sax.ContentHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.XMLReader;
import org.xml.sax.helpers.DefaultHandler;

/**
 * XML readers that a document cannot make load, expand or keep anything. They are the JDK's own whatever is on the class
 * path, since another one may not know these settings. Making one costs as much as reading 20 KB, so they are used again.
 * Thread-safe.
 */
final class XmlReaderPool {
    /** As many as are read at once on a busy server; those above it are dropped. */
    private static final int KEPT = 32;

    /** A reader keeps each name that it ever read, and the largest buffer that it needed; so it is dropped in time. */
    private static final long BYTES_PER_READER = 1024 * 1024;

    /** No element of XML-RPC has any, but for declarations of name spaces. */
    private static final String MAX_ATTRIBUTES = "16";

    private static final String NO_LIMIT = "0";

    /** Takes no element and no external entity; what is not well-formed it throws. */
    private static final DefaultHandler NOTHING = new DefaultHandler() {
        /** Unreachable without a DTD, and refused should that ever change. */
        @Override
        public InputSource resolveEntity(@Nullable String publicId, @Nullable String systemId) throws SAXException {
            throw new SAXException("external entities are not accepted");
        }
    };

    private final SAXParserFactory factory = factory();
    private final BlockingQueue<Reader> idle = new ArrayBlockingQueue<>(KEPT);

    /** Reads a document; after any failure the reader is dropped, as its state is not known. */
    void read(byte[] document, ContentHandler handler) throws SAXException, IOException {
        Reader reader = idle.poll();
        if (reader == null) {
            reader = new Reader(make());
        }
        reader.read(document, handler);
        if (reader.remaining > 0) {
            idle.offer(reader);
        }
    }

    private static SAXParserFactory factory() {
        try {
            SAXParserFactory factory = SAXParserFactory.newDefaultInstance();
            factory.setNamespaceAware(false);
            factory.setValidating(false);
            factory.setXIncludeAware(false);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
            factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
            factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
            // Encodings by Java's names too, such as cp1252: all that a client may declare.
            factory.setFeature("http://apache.org/xml/features/allow-java-encodings", true);
            return factory;
        } catch (ParserConfigurationException | SAXException e) {
            throw new IllegalStateException("This Java cannot read XML safely.", e);
        }
    }

    private XMLReader make() {
        try {
            SAXParser parser;
            synchronized (factory) { // a factory is not for several threads
                parser = factory.newSAXParser();
            }
            parser.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
            parser.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
            parser.setProperty("http://www.oracle.com/xml/jaxp/properties/elementAttributeLimit", MAX_ATTRIBUTES);
            // Since Java 24 it has a limit of its own, below what may be nested here; ours is told first.
            parser.setProperty("http://www.oracle.com/xml/jaxp/properties/maxElementDepth", NO_LIMIT);
            // Messages go to clients, so they are English whatever the language of the host.
            parser.setProperty("http://apache.org/xml/properties/locale", Locale.ROOT);
            XMLReader reader = parser.getXMLReader();
            // Once, not for each call: each of these two has the reader tell all its parts.
            reader.setErrorHandler(NOTHING);
            reader.setEntityResolver(NOTHING);
            return reader;
        } catch (ParserConfigurationException | SAXException e) {
            throw new IllegalStateException("This Java cannot read XML safely.", e);
        }
    }

    private static final class Reader {
        private final XMLReader xml;
        private long remaining = BYTES_PER_READER;

        Reader(XMLReader xml) {
            this.xml = xml;
        }

        void read(byte[] document, ContentHandler handler) throws SAXException, IOException {
            remaining -= document.length;
            xml.setContentHandler(handler);
            xml.parse(new InputSource(new ByteArrayInputStream(document)));
            xml.setContentHandler(NOTHING); // an idle reader holds no call
        }
    }
}
