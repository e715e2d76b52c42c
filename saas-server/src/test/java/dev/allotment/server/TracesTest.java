// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import dev.allotment.server.command.CommandLineArguments;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a receiver of traces gets, by OTLP over HTTP. */
class TracesTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CALLER = "00f067aa0ba902b7";
    private static final String PASSWORD = "a secret password";
    /** The name of the thread of OpenTelemetry that sends traces. */
    private static final String SENDER = "BatchSpanProcessor";

    private final List<String> paths = new CopyOnWriteArrayList<>();
    private final List<ExportTraceServiceRequest> received = new CopyOnWriteArrayList<>();
    private HttpServer receiver;

    @BeforeEach
    void receive() throws Exception {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            paths.add(exchange.getRequestURI().getPath());
            received.add(ExportTraceServiceRequest.parseFrom(exchange.getRequestBody()));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        receiver.start();
    }

    @AfterEach
    void stop() {
        receiver.stop(0);
    }

    @Test
    void aCallContinuesTheTraceOfItsCallerToTheStepsOfItsOperation() throws Exception {
        try (RunningServer server = SaasServer.start(Map.of(), arguments("http://127.0.0.1:" + port()))) {
            call(server, "\"saas_portal.plan\", \"create_new_database\", [1], {}");
            call(server, "\"no.model\", \"read\", [[1]], {}");
        }

        assertThat(paths).isNotEmpty().containsOnly("/v1/traces");
        assertThat(received.stream().flatMap(each -> each.getResourceSpansList().stream()))
                .allSatisfy(each -> assertThat(attributes(each.getResource().getAttributesList()))
                        .containsEntry("service.name", "allotment")
                        .containsEntry("service.instance.id", "node-1"));
        List<Span> trace = spans().stream()
                .filter(each -> hex(each.getTraceId()).equals(TRACE))
                .toList();
        List<Span> calls = trace.stream()
                .filter(each -> each.getName().equals("POST jsonrpc"))
                .toList();
        assertThat(calls).hasSize(2).allSatisfy(each -> {
            assertThat(hex(each.getParentSpanId())).isEqualTo(CALLER);
            assertThat(each.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
            assertThat(attributes(each.getAttributesList()))
                    .containsEntry("protocol", "jsonrpc")
                    .containsEntry("status", "200")
                    .containsEntry("request", "seen");
        });
        assertThat(calls)
                .extracting(each -> attributes(each.getAttributesList()).get("failure"))
                .as("one succeeded, and the other one was refused")
                .contains("none")
                .doesNotHaveDuplicates();
        Span operation = trace.stream()
                .filter(each -> each.getName().equals("create_tenant"))
                .findFirst()
                .orElseThrow();
        assertThat(calls).extracting(Span::getSpanId).contains(operation.getParentSpanId());
        assertThat(attributes(operation.getAttributesList()))
                .containsEntry("kind", "create_tenant")
                .containsEntry("tenant", "client-001.localhost")
                .containsKey("operation");
        assertThat(trace)
                .filteredOn(each -> each.getName().startsWith("create_tenant "))
                .hasSizeGreaterThan(1)
                .allSatisfy(each -> {
                    assertThat(each.getParentSpanId()).isEqualTo(operation.getSpanId());
                    assertThat(each.getStartTimeUnixNano()).isGreaterThanOrEqualTo(operation.getStartTimeUnixNano());
                    assertThat(each.getEndTimeUnixNano()).isLessThanOrEqualTo(operation.getEndTimeUnixNano());
                    assertThat(each.getStatus().getCode()).isNotEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
                });
        assertThat(received.toString()).doesNotContain(PASSWORD);
    }

    @Test
    void anOperationInTheBackgroundBelongsToTheCallThatStartedIt() throws Exception {
        try (RunningServer server = SaasServer.start(Map.of(), arguments("http://127.0.0.1:" + port()))) {
            call(server, "\"saas_portal.plan\", \"create_new_database\", [1], {\"async\": true}");
        }

        List<Span> trace = spans().stream()
                .filter(each -> hex(each.getTraceId()).equals(TRACE))
                .toList();
        assertThat(trace).extracting(Span::getName).contains("POST jsonrpc", "create_tenant");
    }

    /** OpenTelemetry itself would send to the receiver of its own settings. */
    @Test
    void withoutAReceiverThereAreNoTraces() throws Exception {
        Map<String, String> own = Map.of(
                "otel.exporter.otlp.endpoint",
                "http://127.0.0.1:" + port(),
                "otel.exporter.otlp.protocol",
                "http/protobuf");
        own.forEach(System::setProperty);
        try {
            assertThat(startedBy(arguments(null))).isNotEmpty().noneMatch(each -> each.startsWith(SENDER));
        } finally {
            own.keySet().forEach(System::clearProperty);
        }
        assertThat(received).isEmpty();

        assertThat(startedBy(arguments("http://127.0.0.1:" + port())))
                .as("with a receiver")
                .anyMatch(each -> each.startsWith(SENDER));
    }

    /** Returns the names of the threads that a server starts, which creates a tenant. */
    private static List<String> startedBy(CommandLineArguments arguments) throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (RunningServer server = SaasServer.start(Map.of(), arguments)) {
            call(server, "\"saas_portal.plan\", \"create_new_database\", [1], {}");
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(each -> !before.contains(each))
                    .map(Thread::getName)
                    .toList();
        }
    }

    @Test
    void aReceiverThatIsNoAddressIsRefused() {
        assertThatThrownBy(() -> SaasServer.start(Map.of(), arguments("collector:4318")))
                .hasMessageContaining("otlp-endpoint");
    }

    private int port() {
        return receiver.getAddress().getPort();
    }

    private static CommandLineArguments arguments(String endpoint) {
        List<String> line = new ArrayList<>(List.of(
                "demo",
                "--demo-customers",
                "false",
                "--port=0",
                "--data=memory",
                "--node=node-1",
                "--admin-password=" + PASSWORD,
                "--password-rounds=1000"));
        if (endpoint != null) {
            line.add("--otlp-endpoint=" + endpoint);
        }
        return CommandLineArguments.parse("test", line.toArray(String[]::new));
    }

    private static void call(RunningServer server, String call) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/jsonrpc"))
                .header("traceparent", "00-" + TRACE + "-" + CALLER + "-01")
                .header("X-Request-Id", "seen")
                .POST(BodyPublishers.ofString(
                        "{\"jsonrpc\": \"2.0\", \"method\": \"call\", \"params\": {\"service\": \"object\", \"method\":"
                                + " \"execute_kw\", \"args\": [\"portal.localhost\", 2, \"" + PASSWORD + "\", " + call
                                + "]}}"))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    private List<Span> spans() {
        return received.stream()
                .flatMap(each -> each.getResourceSpansList().stream())
                .map(ResourceSpans::getScopeSpansList)
                .flatMap(List::stream)
                .flatMap(each -> each.getSpansList().stream())
                .toList();
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    private static Map<String, String> attributes(List<KeyValue> attributes) {
        return attributes.stream()
                .collect(Collectors.toMap(
                        KeyValue::getKey, each -> each.getValue().getStringValue()));
    }
}
