// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import static dev.allotment.xmlrpc.Documents.OBJECT;
import static dev.allotment.xmlrpc.Documents.OLD_OBJECT;
import static dev.allotment.xmlrpc.Documents.call;
import static dev.allotment.xmlrpc.Documents.text;
import static dev.allotment.xmlrpc.Documents.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.SaasException;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.fault.OdooFault.Kind;
import dev.allotment.spi.protocol.ProtocolAdapter.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class XmlRpcAdapterTest {
    private static final byte[] PING =
            utf8("<?xml version='1.0'?><methodCall><methodName>ping</methodName><params/></methodCall>");

    @ParameterizedTest
    @CsvSource({
        "/xmlrpc/2/common, common",
        "/xmlrpc/2/object, object",
        "/xmlrpc/2/db, db",
        "/xmlrpc/common, common",
        "/xmlrpc/object, object",
        "/xmlrpc/db, db"
    })
    void theServiceIsInThePathAndTheMethodInTheDocument(String path, String service) {
        List<Object> seen = new ArrayList<>();
        XmlRpcAdapter adapter = new XmlRpcAdapter((name, method, params, clientAddress) -> {
            seen.addAll(List.of(name, method, params, String.valueOf(clientAddress)));
            return "pong";
        });

        Answer answer = adapter.handle(call(path, PING));

        assertThat(seen).containsExactly(service, "ping", List.of(), "192.0.2.7");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(text(answer)).contains("<value><string>pong</string></value>");
    }

    @Test
    void aBodyThatContradictsItsHeadersIsAFault() {
        XmlRpcAdapter adapter = new XmlRpcAdapter((service, method, params, clientAddress) -> 1);

        Answer answer = adapter.malformed(call(OBJECT, new byte[0]), "It is broken.");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).containsEntry("Content-Type", "text/xml; charset=utf-8");
        assertThat(text(answer))
                .contains("<name>faultCode</name>\n<value><int>1</int></value>")
                .contains("<value><string>It is broken.</string></value>");
        assertThat(text(adapter.malformed(call("/xmlrpc/object", new byte[0]), "It is broken.")))
                .contains("<name>faultCode</name>\n<value><string>It is broken.</string></value>");
    }

    @Test
    void handlesEveryPathOfBothDialects() {
        assertThat(new XmlRpcAdapter((service, method, params, clientAddress) -> 1).paths())
                .containsExactlyInAnyOrder(
                        "/xmlrpc/2/common",
                        "/xmlrpc/2/object",
                        "/xmlrpc/2/db",
                        "/xmlrpc/2/*",
                        "/xmlrpc/common",
                        "/xmlrpc/object",
                        "/xmlrpc/db",
                        "/xmlrpc/*");
    }

    @ParameterizedTest
    @CsvSource({
        "/xmlrpc/2/report, <int>, report",
        "/xmlrpc/report, <string>, report",
        "/xmlrpc/2, <string>, 2",
        "/xmlrpc, <string>, ''"
    })
    void anotherNameIsAnUnknownService(String path, String codeType, String name) {
        Answer answer = new XmlRpcAdapter((service, method, params, clientAddress) -> {
                    throw OdooFault.request("Unknown service '" + service + "'");
                })
                .handle(call(path, PING));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(text(answer))
                .contains("<name>faultCode</name>\n<value>" + codeType, "Unknown service '" + name + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/xmlrpc/3/common", "/xmlrpc/2/common/x", "/xmlrpc/common/x"})
    void thereIsNothingBelowAService(String path) {
        Answer answer = new XmlRpcAdapter((service, method, params, clientAddress) -> true).handle(call(path, PING));

        assertThat(answer.status()).isEqualTo(404);
        assertThat(text(answer)).isEqualTo("There is nothing at this path.\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<methodCall>", "", "<methodCall><methodName>m</methodName></methodCall>"})
    void everyOutcomeIs200AndXmlWithoutContentSniffing(String document) {
        Answer answer = failing(OdooFault.request("no")).handle(call(OBJECT, utf8(document)));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers())
                .containsEntry("Content-Type", "text/xml; charset=utf-8")
                .containsEntry("X-Content-Type-Options", "nosniff");
        assertThat(text(answer)).startsWith("<?xml").contains("<fault>");
    }

    @ParameterizedTest
    @CsvSource({
        "REQUEST, 1",
        "INTERNAL, 1",
        "USER_ERROR, 2",
        "MISSING, 2",
        "VALIDATION, 2",
        "ACCESS_DENIED, 3",
        "ACCESS_ERROR, 4"
    })
    void faultsHaveIntegerCodesAndTheMessage(Kind kind, int code) {
        assertFault(
                OBJECT, new OdooFault(kind, "No & no."), "<int>" + code + "</int>", "<string>No &amp; no.</string>");
    }

    @ParameterizedTest
    @CsvSource({
        "REQUEST, 'No.', 'No.'",
        "INTERNAL, 'No.', 'No.'",
        "USER_ERROR, 'warning -- UserError\n\nNo.', ''",
        "MISSING, 'warning -- MissingError\n\nNo.', ''",
        "VALIDATION, 'warning -- UserError\n\nNo.', ''",
        "ACCESS_DENIED, 'AccessDenied', 'No.'",
        "ACCESS_ERROR, 'warning -- AccessError\n\nNo.', ''"
    })
    void faultsOfTheOlderDialectHaveTextAsTheirCode(Kind kind, String code, String message) {
        assertFault(
                OLD_OBJECT,
                new OdooFault(kind, "No."),
                "<string>" + code + "</string>",
                "<string>" + message + "</string>");
    }

    @Test
    void accessDeniedHasOdoosText() {
        OdooFault fault = OdooFault.of(SaasException.notAllowed("access.denied", "the reason is nobody's business"));

        assertFault(OBJECT, fault, "<int>3</int>", "<string>Access Denied</string>");
        assertFault(OLD_OBJECT, fault, "<string>AccessDenied</string>", "<string>Access Denied</string>");
    }

    @ParameterizedTest
    @ValueSource(strings = {OBJECT, OLD_OBJECT})
    void aDefectShowsOnlyAReference(String path) {
        String answer = text(failing(new IllegalStateException("select password from users at /var/lib"))
                .handle(call(path, PING)));

        assertThat(answer).containsPattern("Internal error, reference [0-9a-f-]{36}<");
        assertThat(answer).doesNotContain("select", "/var/lib", "IllegalState", "java.");
    }

    @Test
    void aResultThatXmlRpcCannotExpressIsADefect() {
        XmlRpcAdapter adapter = new XmlRpcAdapter((service, method, params, clientAddress) -> Locale.ROOT);

        assertThat(text(adapter.handle(call(OBJECT, PING))))
                .contains("Internal error, reference ")
                .doesNotContain("Locale");
    }

    @ParameterizedTest
    @EnumSource(XmlRpcDialect.class)
    void aMalformedDocumentIsFault1InBothDialects(XmlRpcDialect dialect) {
        String path = dialect == XmlRpcDialect.INTEGER_CODES ? OBJECT : OLD_OBJECT;
        String message = "Malformed call at line 1, column 13: the document ends before &lt;methodCall&gt; is closed";
        String code = dialect == XmlRpcDialect.INTEGER_CODES ? "<int>1</int>" : "<string>" + message + "</string>";

        Answer answer = failing(new AssertionError("not called")).handle(call(path, utf8("<methodCall>")));

        assertThat(text(answer)).isEqualTo(fault(code, "<string>" + message + "</string>"));
    }

    @Test
    void callsFromManyThreadsDoNotMix() throws Exception {
        XmlRpcAdapter adapter = new XmlRpcAdapter((service, method, params, clientAddress) -> params);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Long>> jobs = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                String name = "thread " + thread;
                jobs.add(() -> IntStream.range(0, 2_000)
                        .filter(i -> text(adapter.handle(call(
                                        OBJECT,
                                        utf8(Documents.withValue(
                                                "<value><string>" + name + ", call " + i + "</string></value>")))))
                                .contains("<string>" + name + ", call " + i + "</string>"))
                        .count());
            }
            for (Future<Long> right : threads.invokeAll(jobs)) {
                assertThat(right.get()).isEqualTo(2_000);
            }
        } finally {
            threads.shutdown();
        }
    }

    private static void assertFault(String path, OdooFault fault, String code, String message) {
        assertThat(text(failing(fault).handle(call(path, PING)))).isEqualTo(fault(code, message));
    }

    private static String fault(String code, String message) {
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <methodResponse>
                <fault>
                <value><struct>
                <member>
                <name>faultCode</name>
                <value>%s</value>
                </member>
                <member>
                <name>faultString</name>
                <value>%s</value>
                </member>
                </struct></value>
                </fault>
                </methodResponse>
                """.formatted(code, message);
    }

    private static XmlRpcAdapter failing(Throwable failure) {
        return new XmlRpcAdapter((service, method, params, clientAddress) -> {
            if (failure instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) failure;
        });
    }
}
