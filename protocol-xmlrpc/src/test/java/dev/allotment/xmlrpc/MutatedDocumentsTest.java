// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import static dev.allotment.xmlrpc.Documents.OBJECT;
import static dev.allotment.xmlrpc.Documents.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.allotment.spi.protocol.ProtocolAdapter.Answer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** Documents with random damage. The random seed is fixed. */
class MutatedDocumentsTest {
    private static final int DOCUMENTS = 20_000;

    private static final List<byte[]> SEEDS = Stream.of("types", "signup", "create", "windows-1252")
            .map(name -> Documents.sample("python-" + name + ".xml"))
            .toList();

    private static final List<String> PIECES = List.of(
            "<value>",
            "</value>",
            "<struct>",
            "<member>",
            "<name>",
            "</name>",
            "<array><data>",
            "</data></array>",
            "<int>",
            "</int>",
            "<nil/>",
            "<ex:nil/>",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "&amp;",
            "&#x41;",
            "&#1;",
            "&x;",
            "<?x y?>",
            "<!DOCTYPE a>",
            "<?xml version='1.0' encoding='UTF-16'?>",
            "\u0000",
            "\ufeff",
            "😀",
            "99999999999",
            "<params>",
            "</methodCall>",
            "'",
            "\"",
            "=",
            "<a b='c' b='d'>");

    private final XmlRpcAdapter adapter =
            new XmlRpcAdapter((service, method, params, clientAddress) -> params.toString());

    @Test
    void areAnsweredWithAResultOrAFaultThatIsNoDefect() {
        int[] faults = new int[1];
        assertTimeoutPreemptively(Duration.ofMinutes(2), () -> faults[0] = run());

        assertThat(faults[0]).as("documents that were refused").isBetween(DOCUMENTS / 4, DOCUMENTS - 100);
    }

    private int run() throws ParserConfigurationException, IOException, SAXException {
        DocumentBuilder judge = DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder();
        Random random = new Random(20_260_131);
        int faults = 0;
        for (int i = 0; i < DOCUMENTS; i++) {
            byte[] document = SEEDS.get(random.nextInt(SEEDS.size()));
            for (int times = random.nextInt(4); times >= 0; times--) {
                document = mutated(document, random);
            }
            Answer answer = adapter.handle(call(OBJECT, document));
            String shown = "document " + i + ":\n" + new String(document, StandardCharsets.UTF_8);
            assertThat(answer.status()).as(shown).isEqualTo(200);
            Node root = judge.parse(new ByteArrayInputStream(answer.body())).getDocumentElement();
            assertThat(root.getNodeName()).as(shown).isEqualTo("methodResponse");
            if (root.getTextContent().contains("faultCode")) {
                faults++;
                assertThat(root.getTextContent())
                        .as(shown)
                        .contains("Malformed call")
                        .doesNotContain("Internal error", "Exception", "xerces", "java.");
            }
        }
        return faults;
    }

    private static byte[] mutated(byte[] document, Random random) {
        int at = random.nextInt(document.length + 1);
        int to = Math.min(document.length, at + 1 + random.nextInt(40));
        return switch (random.nextInt(6)) {
            case 0 ->
                joined(document, at, new byte[] {(byte) random.nextInt(0x20, 0x7F)}, Math.min(document.length, at + 1));
            case 1 -> joined(document, at, new byte[0], to);
            case 2 -> joined(document, to, Arrays.copyOfRange(document, at, to), to);
            case 3 -> Arrays.copyOf(document, at);
            case 4 -> {
                byte[] bits = document.clone();
                if (at < bits.length) {
                    bits[at] ^= (byte) (1 << random.nextInt(8));
                }
                yield bits;
            }
            default -> joined(document, at, Documents.utf8(PIECES.get(random.nextInt(PIECES.size()))), at);
        };
    }

    private static byte[] joined(byte[] document, int end, byte[] middle, int start) {
        byte[] joined = Arrays.copyOf(document, end + middle.length + document.length - start);
        System.arraycopy(middle, 0, joined, end, middle.length);
        System.arraycopy(document, start, joined, end + middle.length, document.length - start);
        return joined;
    }
}
