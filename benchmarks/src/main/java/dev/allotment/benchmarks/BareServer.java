// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.allotment.jsonrpc.request.JsonLimits;
import dev.allotment.jsonrpc.request.JsonReader;
import dev.allotment.jsonrpc.request.JsonWriter;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.apache.xmlrpc.common.TypeFactoryImpl;
import org.apache.xmlrpc.common.XmlRpcController;
import org.apache.xmlrpc.common.XmlRpcHttpRequestConfigImpl;
import org.apache.xmlrpc.common.XmlRpcStreamConfig;
import org.apache.xmlrpc.common.XmlRpcWorkerFactory;
import org.apache.xmlrpc.parser.XmlRpcRequestParser;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.XMLReader;

/**
 * The smallest server that answers a call: Jetty, the JDK's XML reader with Apache's parser or the JSON reader of the
 * real server, one statement, and a fixed answer. It checks no password and no rights, and has no models. On another
 * path, it does the PBKDF2 of one sign-in and nothing else.
 */
public final class BareServer extends Handler.Abstract {
    /** The path on which a call costs one PBKDF2. */
    static final String DERIVE = "/derive";

    /** The iterations of the real server. */
    static final int ROUNDS = 210_000;

    private static final int KEY_BITS = 512;

    /** The start of the paths on which the body is JSON. */
    private static final String JSON = "/json/";

    private final ThreadLocal<XMLReader> readers = ThreadLocal.withInitial(BareServer::reader);
    private final TypeFactoryImpl types = new TypeFactoryImpl(new Controller());
    private final XmlRpcStreamConfig config = new XmlRpcHttpRequestConfigImpl();
    private final JsonFactory json = JsonLimits.unicodeFactory(1 << 22);
    private final HikariDataSource pool;

    private BareServer(HikariDataSource pool) {
        this.pool = pool;
    }

    /**
     * Serves until the process is killed.
     *
     * @param args the JDBC URL of the catalog
     */
    public static void main(String[] args) throws Exception {
        HikariConfig settings = new HikariConfig();
        settings.setJdbcUrl(args[0]);
        settings.setUsername("keeper");
        settings.setMaximumPoolSize(10);
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setPort(0);
        server.addConnector(connector);
        server.setHandler(new BareServer(new HikariDataSource(settings)));
        server.start();
        System.out.println("listens on http://127.0.0.1:" + connector.getLocalPort() + " ");
        server.join();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (request.getHttpURI().getPath().startsWith(JSON)) {
            return handleJson(request, response, callback);
        }
        byte[] answer;
        try (InputStream body = Content.Source.asInputStream(request)) {
            XmlRpcRequestParser parser = new XmlRpcRequestParser(config, types);
            XMLReader reader = readers.get();
            reader.setContentHandler(parser);
            reader.parse(new InputSource(new ByteArrayInputStream(body.readAllBytes())));
            if (request.getHttpURI().getPath().equals(DERIVE)) {
                answer = answer(derive());
            } else {
                answer = answer(parser.getParams().size() > 0 ? count() : 0);
            }
        }
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/xml; charset=utf-8");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, answer.length);
        response.write(true, ByteBuffer.wrap(answer), callback);
        return true;
    }

    private boolean handleJson(Request request, Response response, Callback callback) throws Exception {
        byte[] answer;
        try (InputStream body = Content.Source.asInputStream(request)) {
            boolean read = JsonReader.read(json, body.readAllBytes()) instanceof Map;
            answer = JsonWriter.write(json, read ? count() : 0);
        }
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json; charset=utf-8");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, answer.length);
        response.write(true, ByteBuffer.wrap(answer), callback);
        return true;
    }

    private static long derive() throws GeneralSecurityException {
        PBEKeySpec spec = new PBEKeySpec("admin".toCharArray(), new byte[16], ROUNDS, KEY_BITS);
        return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                .generateSecret(spec)
                .getEncoded()
                .length;
    }

    private long count() throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("SELECT count(*) FROM allotment.plans WHERE true");
                ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static byte[] answer(long count) {
        return ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<methodResponse>\n<params>\n<param>\n<value><int>" + count
                        + "</int></value>\n</param>\n</params>\n</methodResponse>\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static XMLReader reader() {
        try {
            SAXParserFactory factory = SAXParserFactory.newDefaultInstance();
            factory.setNamespaceAware(true);
            return factory.newSAXParser().getXMLReader();
        } catch (ParserConfigurationException | SAXException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The parser requests only its types. */
    private static final class Controller extends XmlRpcController {
        @Override
        protected @Nullable XmlRpcWorkerFactory getDefaultXmlRpcWorkerFactory() {
            return null;
        }

        @Override
        public @Nullable XmlRpcStreamConfig getConfig() {
            return null;
        }
    }
}
