// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import dev.allotment.server.command.CommandLineArguments;
import dev.allotment.server.setting.StartFailure;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.protocol.FailureReference;
import dev.allotment.test.LoggedEvents;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

class RequestLogTest {
    private static final String CALL = "<methodCall><methodName>authenticate</methodName><params>"
            + "<param><value>portal.localhost</value></param><param><value>admin</value></param>"
            + "<param><value>wrong</value></param><param><value><struct/></value></param></params></methodCall>";
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final AtomicBoolean BROKEN = new AtomicBoolean();
    private static RunningServer server;

    private final LoggedEvents log = LoggedEvents.all();

    @BeforeAll
    static void start() throws StartFailure {
        server = SaasServer.start(
                Map.of(),
                CommandLineArguments.parse(
                        "test",
                        "demo",
                        "--demo-customers",
                        "false",
                        "--port",
                        "0",
                        "--data",
                        "memory",
                        "--password-rounds",
                        "1000",
                        "--base-url",
                        "http://127.0.0.1",
                        "--access-log",
                        "true"),
                RequestLogTest::breakable,
                Clock.systemUTC());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** A backend whose catalog has a defect at times. */
    private static Backend breakable(Backend backend) {
        Catalog catalog = wrapped(Catalog.class, backend.catalog(), null);
        return wrapped(Backend.class, backend, catalog);
    }

    private static <T> T wrapped(Class<T> type, T wrapped, Object catalog) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (method.getName().equals("catalog")) {
                        return catalog;
                    }
                    if (type == Catalog.class && BROKEN.get()) {
                        throw new IllegalStateException("A defect");
                    }
                    try {
                        return method.invoke(wrapped, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @AfterEach
    void listenNoMore() {
        BROKEN.set(false);
        log.close();
    }

    private static HttpResponse<String> send(String path, String id, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
        if (id != null) {
            request.header("X-Request-Id", id);
        }
        if (body != null) {
            request.POST(BodyPublishers.ofString(body));
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static String id(HttpResponse<String> response) {
        return response.headers().firstValue("X-Request-Id").orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/web/login", "/health/live", "/jsonrpc", "/nothing/here", "/a//b"})
    void eachResponseHasAnIdOfItsOwn(String path) throws Exception {
        String first = id(send(path, null, null));

        assertThat(first).matches("[0-9a-f]{16}").isNotEqualTo(id(send(path, null, null)));
    }

    @Test
    void theIdOfTheCallerIsKept() throws Exception {
        assertThat(id(send("/health/live", "4f1c.Customer_7-b", null))).isEqualTo("4f1c.Customer_7-b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a b",
                "x\" y=\"z",
                "<b>",
                "",
                "0123456789012345678901234567890123456789012345678901234567890123x"
            })
    void anIdThatCouldForgeALineIsReplaced(String given) throws Exception {
        assertThat(id(send("/health/live", given, null))).matches("[0-9a-f]{16}");
    }

    @Test
    void theReferenceOfAnInternalErrorIsTheIdThatAllLinesOfTheRequestHave() throws Exception {
        BROKEN.set(true);
        HttpResponse<String> call = send("/xmlrpc/2/common", "quoted-by-a-customer", CALL);
        HttpResponse<String> page = send("/oauth2/tokeninfo?access_token=x", null, null);
        BROKEN.set(false);

        assertThat(call.body()).contains("Internal error, reference quoted-by-a-customer<");
        assertThat(failures("quoted-by-a-customer")).isNotEmpty();
        assertThat(page.statusCode()).isEqualTo(500);
        assertThat(page.body()).contains(id(page));
        assertThat(failures(id(page))).isNotEmpty();
    }

    /** Another thread than the one that read the head works on such a request. */
    @Test
    void theLinesOfACallWhoseBodyArrivesLaterHaveItsId() throws Exception {
        BROKEN.set(true);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write(("POST /xmlrpc/2/common HTTP/1.1\r\nHost: x\r\nX-Request-Id: late\r\nConnection: close\r\n"
                                    + "Expect: 100-continue\r\nContent-Length: " + CALL.length() + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 100 ");
            socket.getOutputStream().write(CALL.getBytes(StandardCharsets.US_ASCII));

            assertThat(head(socket.getInputStream())).contains("X-Request-Id: late");
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("Internal error, reference late<");
        }
        assertThat(failures("late")).isNotEmpty();
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.read());
        }
        return head.toString();
    }

    private List<ILoggingEvent> failures(String id) {
        return log.list().stream()
                .filter(event -> event.getThrowableProxy() != null)
                .filter(event -> id.equals(event.getMDCPropertyMap().get(FailureReference.REQUEST_KEY)))
                .toList();
    }

    @Test
    void theLogSaysWhichOperationsARequestHasStarted() throws Exception {
        String call = "{\"jsonrpc\": \"2.0\", \"method\": \"call\", \"params\": {\"service\": \"object\","
                + " \"method\": \"execute_kw\", \"args\": [\"portal.localhost\", 2, \"admin\","
                + " \"saas_portal.plan\", \"create_new_database\", [1], {}]}}";

        assertThat(send("/jsonrpc", "a-new-shop", call).body()).contains("\"result\"");

        assertThat(log.list())
                .filteredOn(
                        event -> "a-new-shop".equals(event.getMDCPropertyMap().get(FailureReference.REQUEST_KEY)))
                .filteredOn(
                        event -> event.getFormattedMessage().matches("Operation [0-9]+ starts: kind=CREATE_TENANT.*"))
                .singleElement()
                .satisfies(event -> assertThat(event.getMDCPropertyMap())
                        .containsEntry(
                                LogContext.OPERATION_KEY,
                                event.getFormattedMessage().split(" ")[1])
                        .hasEntrySatisfying(
                                FailureReference.TENANT_KEY,
                                name -> assertThat(name).endsWith(".localhost")));
        assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
    }

    @Test
    void theAccessLogHasALineForEachRequestOfACallerWithoutItsParameters() throws Exception {
        send("/health/ready", "seen", null);
        send("/web/login?token=secret", "seen", null);

        // The line is written when the response has been sent, which its reader may notice first.
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (accesses().isEmpty() && System.nanoTime() < end) {
            Thread.onSpinWait();
        }

        assertThat(accesses())
                .singleElement()
                .asString()
                .matches("GET /web/login status=200 millis=[0-9]+ host=127\\.0\\.0\\.1 clientAddress=127\\.0\\.0\\.1");
    }

    private List<String> accesses() {
        return log.list().stream()
                .filter(event -> event.getLoggerName().equals(AccessLog.class.getName()))
                .filter(event -> "seen".equals(event.getMDCPropertyMap().get(FailureReference.REQUEST_KEY)))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    static List<String> mistakes() {
        String json = "{\"jsonrpc\": \"2.0\", \"method\": \"call\", \"params\": {\"service\": \"object\","
                + " \"method\": \"execute_kw\", \"args\": [\"portal.localhost\", 2, \"admin\", ";
        return List.of(
                "no HTTP at all\r\n\r\n",
                "BREW /web/login HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /..;/my HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /web/login HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
                "GET /web/login HTTP/1.1\r\nHost: x\r\nCookie: session_id=\u0001;;=\r\n\r\n",
                post("/web/login", "text/html", "login=admin&password=wrong"),
                post("/web/signup", "application/x-www-form-urlencoded", "%zz&login=\u0000"),
                post("/xmlrpc/2/common", "text/xml", "<methodCall>"),
                post("/xmlrpc/2/common", "text/xml", CALL.replace("portal.localhost", "no.such.db")),
                post("/xmlrpc/2/common", "text/xml", CALL),
                post("/xmlrpc/2/nothing", "text/xml", CALL),
                post("/jsonrpc", "application/json", "{"),
                post("/jsonrpc", "application/json", json + "\"res.users\", \"fly\", []]}}"),
                post("/jsonrpc", "application/json", json + "\"no.model\", \"read\", [[1]]]}}"),
                post("/jsonrpc", "application/json", json + "\"saas_portal.plan\", \"write\", [[99], {}]]}}"),
                post("/json/2/res.users/search", "application/json", "[1]"),
                post("/oauth2/token", "application/x-www-form-urlencoded", "grant_type=x"),
                "POST /jsonrpc HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n{",
                "POST /jsonrpc HTTP/1.1\r\nHost: x\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\n{",
                "POST /jsonrpc HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{");
    }

    private static String post(String path, String type, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: " + type
                + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeOfACallerIsNoError(String request) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        }

        assertThat(log.list())
                .noneSatisfy(event -> assertThat(
                                event.getLevel().isGreaterOrEqual(Level.WARN) || event.getThrowableProxy() != null)
                        .as(event.getFormattedMessage())
                        .isTrue());
    }

    @Test
    void workThatARequestLeavesBehindHasItsId() throws Exception {
        try (MaintenanceScheduler maintenance = new MaintenanceScheduler(2, Tracing.to(null, "test"))) {
            CarryingExecutor portal = new CarryingExecutor("test");
            MDC.put(FailureReference.REQUEST_KEY, "origin");
            CompletableFuture<String> operation = seenBy(maintenance.executor());
            CompletableFuture<String> email = seenBy(portal);
            CompletableFuture<String> progress = new CompletableFuture<>();
            var unused = portal.scheduleWithFixedDelay(
                    () -> progress.complete(MDC.get(FailureReference.REQUEST_KEY)), 0, 1, TimeUnit.HOURS);
            MDC.remove(FailureReference.REQUEST_KEY);

            assertThat(operation.get(30, TimeUnit.SECONDS)).isEqualTo("origin");
            assertThat(email.get(30, TimeUnit.SECONDS)).isEqualTo("origin");
            assertThat(progress.get(30, TimeUnit.SECONDS)).isEqualTo("origin");
            assertThat(seenBy(portal).get(30, TimeUnit.SECONDS))
                    .as("by a task of no request")
                    .isEqualTo("none");
            portal.shutdownNow();
        } finally {
            MDC.remove(FailureReference.REQUEST_KEY);
        }
    }

    private static CompletableFuture<String> seenBy(Executor executor) {
        return CompletableFuture.supplyAsync(
                () -> String.valueOf(MDC.get(FailureReference.REQUEST_KEY)).replace("null", "none"), executor);
    }

    @Test
    void aLineEndsWithWhatItWasWrittenFor() {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(((LoggerContext) LoggerFactory.getILoggerFactory()).getMDCAdapter());
        new LogSetup().configure(context);
        Logger logger = context.getLogger("dev.allotment.Example");
        OutputStreamAppender<ILoggingEvent> console =
                (OutputStreamAppender<ILoggingEvent>) context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)
                        .iteratorForAppenders()
                        .next();
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        console.setOutputStream(lines);
        logger.info("Without");
        MDC.put(FailureReference.REQUEST_KEY, "r1");
        MDC.put(FailureReference.TENANT_KEY, "shop.example.com");
        MDC.put(LogContext.OPERATION_KEY, "7");
        try {
            logger.info("With\nmore");
        } finally {
            MDC.remove(FailureReference.REQUEST_KEY);
            MDC.remove(FailureReference.TENANT_KEY);
            MDC.remove(LogContext.OPERATION_KEY);
        }

        assertThat(lines.toString(StandardCharsets.UTF_8).lines())
                .satisfiesExactly(
                        line -> assertThat(line).endsWith("INFO  Example: Without"),
                        line -> assertThat(line)
                                .endsWith("INFO  Example: With | more operation=7 tenant=shop.example.com request=r1"));
        context.stop();
    }
}
