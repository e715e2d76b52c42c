// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.allotment.Saas;
import dev.allotment.spi.Settings;
import dev.allotment.spi.protocol.ProtocolAdapter;
import dev.allotment.spi.protocol.ProtocolProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.XMLReader;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Reading and answering calls, compared with a bare parse of the same bytes. The method of the calls does not exist, so
 * that only the codec is measured.
 */
final class CodecBenchmark {
    private static final int ROUNDS = 15;
    private static final long BYTES_PER_ROUND = 4_000_000;

    private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final ProtocolAdapter adapter;
    private final Report report;

    private CodecBenchmark(ProtocolAdapter adapter, Report report) {
        this.adapter = adapter;
        this.report = report;
    }

    static void run(Effort effort, Report report) {
        try (Saas saas = Saas.builder()
                .backend("h2", Map.of("memory", "true"))
                .passwordIterations(1)
                .open()) {
            ProtocolAdapter adapter = ServiceLoader.load(ProtocolProvider.class).stream()
                    .map(ServiceLoader.Provider::get)
                    .filter(provider -> provider.name().equals("xmlrpc"))
                    .findFirst()
                    .orElseThrow()
                    .open(saas, Settings.of(Map.of()));
            CodecBenchmark codec = new CodecBenchmark(adapter, report);
            codec.compare("a small call", small());
            codec.compare(
                    "1,000 structs",
                    call("<value><array><data>\n" + STRUCT.repeat(1_000) + "</data></array></value>\n"));
            codec.compare(
                    "1 MB of text", call("<value><string>" + "Some plain text. ".repeat(60_000) + "</string></value>"));
        }
    }

    private static final String STRUCT = """
            <value><struct>
            <member>
            <name>key</name>
            <value><string>saas_client.max_users</string></value>
            </member>
            <member>
            <name>value</name>
            <value><int>10</int></value>
            </member>
            <member>
            <name>hidden</name>
            <value><boolean>1</boolean></value>
            </member>
            </struct></value>
            """;

    private static byte[] small() {
        return call("""
                <value><string>portal.localhost</string></value>
                </param>
                <param>
                <value><int>2</int></value>
                </param>
                <param>
                <value><string>admin</string></value>
                </param>
                <param>
                <value><string>saas_portal.plan</string></value>
                </param>
                <param>
                <value><string>search_count</string></value>
                </param>
                <param>
                <value><array><data>
                <value><array><data>
                </data></array></value>
                </data></array></value>
                """);
    }

    private static byte[] call(String value) {
        return ("<?xml version='1.0'?>\n<methodCall>\n<methodName>nothing</methodName>\n<params>\n<param>\n" + value
                        + "</param>\n</params>\n</methodCall>\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private void compare(String name, byte[] document) {
        XMLReader reader = reader();
        ProtocolAdapter.Call call =
                new ProtocolAdapter.Call(BenchmarkPortal.OBJECT, Map.of(), document, "127.0.0.1", false);
        Runnable bare = () -> parse(reader, document);
        Runnable ours = () -> adapter.handle(call);
        double[] bareNanos = new double[ROUNDS];
        double[] oursNanos = new double[ROUNDS];
        double allocated = 0;
        double bareAllocated = 0;
        for (int round = 0; round < ROUNDS; round++) {
            bareAllocated = cost(document.length, bare, bareNanos, round);
            allocated = cost(document.length, ours, oursNanos, round);
        }
        Arrays.sort(bareNanos);
        Arrays.sort(oursNanos);
        double speed = bareNanos[ROUNDS / 2] / oursNanos[ROUNDS / 2];
        String size = String.format(Locale.ROOT, "%s (%,d bytes)", name, document.length);
        report.goal(
                "XML-RPC codec, speed, " + size,
                String.format(Locale.ROOT, "%.0f %% of the bare parse", 100 * speed),
                String.format(Locale.ROOT, "bare SAX parse %.1f ns/byte", bareNanos[ROUNDS / 2]),
                "≥ 50 %",
                speed >= 0.5);
        report.goal(
                "XML-RPC codec, allocation, " + size,
                String.format(Locale.ROOT, "%.1fx of the payload", allocated),
                String.format(Locale.ROOT, "bare SAX parse %.1fx", bareAllocated),
                "≤ 4x",
                allocated <= 4);
    }

    /** Returns the allocated bytes for each byte of the document. */
    private double cost(int size, Runnable work, double[] nanos, int round) {
        int times = (int) Math.max(3, BYTES_PER_ROUND / size);
        long bytesBefore = thread.getCurrentThreadAllocatedBytes();
        long before = System.nanoTime();
        for (int i = 0; i < times; i++) {
            work.run();
        }
        nanos[round] = (double) (System.nanoTime() - before) / times / size;
        return (double) (thread.getCurrentThreadAllocatedBytes() - bytesBefore) / times / size;
    }

    private static void parse(XMLReader reader, byte[] document) {
        try {
            reader.parse(new InputSource(new ByteArrayInputStream(document)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SAXException e) {
            throw new IllegalStateException(e);
        }
    }

    private static XMLReader reader() {
        try {
            XMLReader reader =
                    SAXParserFactory.newDefaultInstance().newSAXParser().getXMLReader();
            reader.setContentHandler(new DefaultHandler());
            return reader;
        } catch (ParserConfigurationException | SAXException e) {
            throw new IllegalStateException(e);
        }
    }
}
