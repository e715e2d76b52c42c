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
 * XML readers that a document cannot make load, expand or retain anything. They are always the JDK's own, since
 * another implementation on the class path may not know these settings. Creating a reader costs as much as reading 20
 * KB, so readers are reused. Thread-safe.
 */
final class XmlReaderPool {
    /** Maximum number of idle readers: as many as a busy server uses at once. Further ones are discarded. */
    private static final int MAX_IDLE = 32;

    /**
     * A reader retains each name that it ever read and the largest buffer that it needed, so it is discarded after
     * this many bytes.
     */
    private static final long BYTES_PER_READER = 1024 * 1024;

    /** No element of XML-RPC has attributes, except for namespace declarations. */
    private static final String MAX_ATTRIBUTES = "16";

    private static final String NO_LIMIT = "0";

    /** Ignores elements, refuses external entities, and throws if the document is not well-formed. */
    private static final DefaultHandler IGNORING = new DefaultHandler() {
        /** Unreachable without a DTD. Refuses the entity in case that changes. */
        @Override
        public InputSource resolveEntity(@Nullable String publicId, @Nullable String systemId) throws SAXException {
            throw new SAXException("external entities are not accepted");
        }
    };

    private final SAXParserFactory factory = factory();
    private final BlockingQueue<Reader> idle = new ArrayBlockingQueue<>(MAX_IDLE);

    /** Reads a document. After a failure the reader is discarded, since its state is not known. */
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
            // Also accept encodings by Java's names, such as cp1252: any that a client may declare.
            factory.setFeature("http://apache.org/xml/features/allow-java-encodings", true);
            return factory;
        } catch (ParserConfigurationException | SAXException e) {
            throw new IllegalStateException("This Java cannot read XML safely.", e);
        }
    }

    private XMLReader make() {
        try {
            SAXParser parser;
            synchronized (factory) { // a factory is not thread-safe
                parser = factory.newSAXParser();
            }
            parser.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
            parser.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
            parser.setProperty("http://www.oracle.com/xml/jaxp/properties/elementAttributeLimit", MAX_ATTRIBUTES);
            // Java 24 and later have their own limit, which is below ours. It is off, so that our limit applies.
            parser.setProperty("http://www.oracle.com/xml/jaxp/properties/maxElementDepth", NO_LIMIT);
            // Messages go to clients, so they are in English in every locale.
            parser.setProperty("http://apache.org/xml/properties/locale", Locale.ROOT);
            XMLReader reader = parser.getXMLReader();
            // Set once and not for each call, since the reader passes each of these on to all its parts.
            reader.setErrorHandler(IGNORING);
            reader.setEntityResolver(IGNORING);
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
            xml.setContentHandler(IGNORING); // an idle reader retains no call
        }
    }
}
