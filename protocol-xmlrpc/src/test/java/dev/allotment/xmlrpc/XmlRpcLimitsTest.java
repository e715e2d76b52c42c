// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import static dev.allotment.xmlrpc.Documents.OBJECT;
import static dev.allotment.xmlrpc.Documents.call;
import static dev.allotment.xmlrpc.Documents.text;
import static dev.allotment.xmlrpc.Documents.utf8;
import static dev.allotment.xmlrpc.Documents.withValue;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.allotment.odoo.OdooSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of a document, and what a refusal costs in allocated bytes, which are the same on any machine. */
class XmlRpcLimitsTest {
    private static final long KB = 1024;
    private static final long MB = 1024 * KB;

    private final XmlRpcAdapter adapter = new XmlRpcAdapter((service, method, params, clientAddress) -> params.size());

    @Test
    void valuesMayBe64Deep() {
        assertThat(answer(nestedStructs(63))).contains("<int>1</int>").doesNotContain("fault");
        assertThat(answer(nestedArrays(63))).contains("<int>1</int>").doesNotContain("fault");
        assertThat(answer(nestedStructs(64))).contains("values are nested more than 64 deep");
        assertThat(answer(nestedArrays(64))).contains("values are nested more than 64 deep");
    }

    @Test
    void aStruct1000DeepIsRefused() {
        assertRefused(utf8(nestedStructs(1_000)), "values are nested more than 64 deep", MB);
    }

    @Test
    void aCallMayHold100000Values() {
        // the array counts as one
        assertThat(answer(array(99_999))).contains("<int>1</int>").doesNotContain("fault");
        assertRefused(utf8(array(100_000)), "more than 100000 values in one call", 20 * MB);
    }

    @Test
    void farMoreValuesCostNoMoreThanTheFirst100000() {
        assertRefused(utf8(array(600_000)), "more than 100000 values in one call", 20 * MB);
    }

    @Test
    void aTextMayHave4MebiCharacters() {
        assertThat(answer(withValue("<value><string>" + "x".repeat(1 << 22) + "</string></value>")))
                .contains("<int>1</int>");
        assertThat(answer(withValue("<value>" + "x".repeat(1 << 22) + "</value>")))
                .contains("<int>1</int>");
    }

    @Test
    void aTextMayHaveHalfOfTheBytesOfABody() {
        XmlRpcAdapter other = new XmlRpcAdapter(
                (service, method, params, clientAddress) -> params.size(), new OdooSettings("17.0", true, 4096));

        assertThat(text(other.handle(call(OBJECT, utf8(withValue("<value>" + "x".repeat(2048) + "</value>"))))))
                .contains("<int>1</int>");
        assertThat(text(other.handle(call(OBJECT, utf8(withValue("<value>" + "x".repeat(2049) + "</value>"))))))
                .contains("a text is longer than 2048 characters");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<value><string>%s</string></value>",
                "<value>%s</value>",
                "<value><base64>%s</base64></value>",
                "<value><int>%s</int></value>",
                "<value><struct><member><name>%s</name><value/></member></struct></value>"
            })
    void aTextOf10MbIsRefused(String value) {
        byte[] document = utf8(withValue(value.formatted("A".repeat(10_000_000))));

        assertRefused(document, "a text is longer than 4194304 characters", 40 * MB);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<value><string>%s</string></value>",
                "<value>%s</value>",
                "<value><string><![CDATA[%s]]></string></value>"
            })
    void aTextCostsAtMostFourTimesItsLength(String value) {
        byte[] document = utf8(withValue(value.formatted("A".repeat(1_000_000))));
        adapter.handle(call(OBJECT, document)); // classes are loaded

        assertThat(allocated(document)).as("bytes allocated").isBetween(1L, 4L * document.length);
    }

    @Test
    void aBillionLaughsAreRefused() {
        StringBuilder laughs = new StringBuilder("<!DOCTYPE lolz [<!ENTITY lol \"lol\">");
        for (int i = 1; i < 10; i++) {
            laughs.append("<!ENTITY lol%d \"%s\">".formatted(i, ("&lol" + (i == 1 ? "" : i - 1) + ";").repeat(10)));
        }
        laughs.append("]>").append(withValue("<value>&lol9;</value>"));

        assertRefused(utf8(laughs.toString()), "a document type (DTD) is not accepted", MB);
    }

    @Test
    void externalEntitiesAreNotFetched(@TempDir Path folder) {
        Path secret = folder.resolve("secret.txt");
        write(secret, "the secret");
        String document = "<!DOCTYPE methodCall [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]>"
                + withValue("<value>&x;</value>");

        assertThat(assertRefused(utf8(document), "a document type (DTD) is not accepted", MB))
                .doesNotContain("the secret");
    }

    @Test
    void anExternalDtdIsNotFetched() {
        assertRefused(
                utf8("<!DOCTYPE methodCall SYSTEM \"http://192.0.2.1/call.dtd\">" + withValue("<value/>")),
                "a document type (DTD) is not accepted",
                MB);
    }

    @Test
    void anIncludedFileIsNotIncluded(@TempDir Path folder) {
        Path secret = folder.resolve("secret.xml");
        write(secret, "<string>the secret</string>");
        String include = "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='" + secret.toUri() + "'/>";

        assertThat(assertRefused(utf8(withValue("<value>" + include + "</value>")), "unknown type", MB))
                .doesNotContain("the secret");
    }

    @Test
    void aThousandAttributesAreRefused() {
        StringBuilder document = new StringBuilder("<methodCall");
        for (int i = 0; i < 1_000; i++) {
            document.append(" a").append(i).append("='x'");
        }

        assertRefused(utf8(document + "/>"), "has more than", MB);
    }

    @Test
    void aNameOfAMegabyteIsRefused() {
        assertRefused(utf8("<" + "a".repeat(1_000_000) + "/>"), "exceeds the", MB);
    }

    @Test
    void pooledReadersRetainLittleMemory() {
        // Names of processing instructions stay in a reader's table of names for good.
        XmlRpcAdapter other = new XmlRpcAdapter((service, method, params, clientAddress) -> 1);
        String value = withValue("<value/>");
        long before = used();
        for (int call = 0; call < 50; call++) {
            StringBuilder odd = new StringBuilder();
            for (int i = 0; i < 20_000; i++) {
                odd.append("<?n").append(call).append('x').append(i).append("?>");
            }
            assertThat(text(other.handle(call(OBJECT, utf8(odd + value))))).doesNotContain("fault");
        }

        assertThat(used() - before).isLessThan(16 * MB);
        assertThat(text(other.handle(call(OBJECT, utf8(value))))).doesNotContain("fault");
    }

    private String answer(String document) {
        return text(adapter.handle(call(OBJECT, utf8(document))));
    }

    private String assertRefused(byte[] document, String problem, long bytes) {
        String answer = text(adapter.handle(call(OBJECT, document))); // classes are loaded, too

        assertThat(allocated(document)).as("bytes allocated").isBetween(1L, bytes);
        assertThat(answer)
                .contains("<name>faultCode</name>\n<value><int>1</int></value>")
                .contains(problem);
        assertThat(answer).hasSizeLessThan(1_000);
        return answer;
    }

    private long allocated(byte[] document) {
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadAllocatedBytes();
        adapter.handle(call(OBJECT, document));
        return thread.getCurrentThreadAllocatedBytes() - before;
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String nestedStructs(int depth) {
        return withValue("<value>" + "<struct><member><name>a</name><value>".repeat(depth)
                + "</value></member></struct>".repeat(depth) + "</value>");
    }

    private static String nestedArrays(int depth) {
        return withValue("<value>" + "<array><data><value>".repeat(depth) + "</value></data></array>".repeat(depth)
                + "</value>");
    }

    private static String array(int values) {
        return withValue("<value><array><data>" + "<value/>".repeat(values) + "</data></array></value>");
    }
}
