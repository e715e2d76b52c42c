// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.XMLReader;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Reading and writing, beside a bare SAX parse of the same bytes with a reader that is used again. A rough measure to run by
 * hand, on an idle machine; the benchmarks of the project are elsewhere.
 */
final class CodecSpeed {
    private static final int ROUNDS = 15;
    private static final long BYTES_PER_ROUND = 20_000_000;

    private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final PrintStream out;

    private CodecSpeed(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] args) {
        CodecSpeed speed = new CodecSpeed(System.out);
        speed.compare("authenticate call", Documents.sample("python-authenticate.xml"));
        speed.compare("create call", Documents.sample("python-create.xml"));
        speed.compare("1,000 structs", structs());
        speed.compare("10,000 ids", ids());
        speed.compare("1 MB text", text());
    }

    private void compare(String name, byte[] document) {
        CallReader reader = new CallReader();
        XMLReader bare = bareReader();
        Object value = reader.read(document).params();
        byte[] answer = AnswerWriter.result(value);
        Cost sax = cost(document.length, () -> parse(bare, document));
        Cost read = cost(document.length, () -> reader.read(document));
        Cost write = cost(answer.length, () -> AnswerWriter.result(value));
        out.printf(
                "%-18s %8d bytes: sax %s, read %s (%.0f %% of the speed), write %s%n",
                name, document.length, sax, read, 100 * sax.nanosPerByte / read.nanosPerByte, write);
    }

    private Cost cost(int size, Runnable work) {
        int times = (int) Math.max(3, BYTES_PER_ROUND / size);
        double[] nanos = new double[ROUNDS];
        double allocated = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long bytesBefore = thread.getCurrentThreadAllocatedBytes();
            long before = System.nanoTime();
            for (int i = 0; i < times; i++) {
                work.run();
            }
            nanos[round] = (double) (System.nanoTime() - before) / times / size;
            allocated = (double) (thread.getCurrentThreadAllocatedBytes() - bytesBefore) / times / size;
        }
        Arrays.sort(nanos);
        return new Cost(nanos[ROUNDS / 3], allocated);
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

    private static XMLReader bareReader() {
        try {
            XMLReader reader =
                    SAXParserFactory.newDefaultInstance().newSAXParser().getXMLReader();
            reader.setContentHandler(new DefaultHandler());
            return reader;
        } catch (ParserConfigurationException | SAXException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] structs() {
        String struct = """
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
        return list(struct.repeat(1_000));
    }

    private static byte[] ids() {
        List<String> ids = IntStream.range(0, 10_000)
                .mapToObj(i -> "<value><int>" + (100_000 + i) + "</int></value>\n")
                .toList();
        return list(String.join("", ids));
    }

    private static byte[] text() {
        return Documents.utf8(
                Documents.withValue("<value><string>" + "Some plain text. ".repeat(60_000) + "</string></value>"));
    }

    private static byte[] list(String values) {
        return Documents.utf8(Documents.withValue("<value><array><data>\n" + values + "</data></array></value>\n"));
    }

    private record Cost(double nanosPerByte, double allocatedPerByte) {
        @Override
        public String toString() {
            return "%.1f ns/byte %.2fx".formatted(nanosPerByte, allocatedPerByte);
        }
    }
}
