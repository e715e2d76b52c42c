// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.webhook;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.allotment.EventType;
import dev.allotment.Saas;
import dev.allotment.webhook.WebhookAttempt;
import dev.allotment.webhook.WebhookEndpoint;
import dev.allotment.webhook.WebhookEndpointId;
import dev.allotment.webhook.WebhookMessage;
import dev.allotment.webhook.WebhookMessageState;
import dev.allotment.webhook.WebhookTargets;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class WebhookTargetTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final WebhookFixture hooks;

    WebhookTargetTest() throws IOException {
        hooks = new WebhookFixture();
    }

    @AfterEach
    void close() {
        hooks.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.com/",
                "ftp://example.com/",
                "file:///etc/passwd",
                "gopher://example.com/",
                "//example.com/",
                "example.com",
                "",
                "https://",
                "https:///hook",
                "https:example.com",
                "https://user@example.com/",
                "https://user:secret@example.com/",
                "https://example.com@127.0.0.1/",
                "https://example.com/#part",
                "https://example.com:22/",
                "https://example.com:80/",
                "https://example.com:0/",
                "https://example.com:65536/",
                "https://example.com:99999999999/",
                "https://127.0.0.1/",
                "https://8.8.8.8/",
                "https://127.1/",
                "https://2130706433/",
                "https://0x7f000001/",
                "https://0x7f.0.0.1/",
                "https://example.0x7f/",
                "https://a.1b/",
                "https://0177.0.0.1/",
                "https://127.0.0.1./",
                "https://[::1]/",
                "https://[::ffff:127.0.0.1]/",
                "https://[fe80::1%25eth0]/",
                "https://[2606:4700::1]/",
                "https://exa mple.com/",
                "https://example.com/a b",
                "https://example.com/\r\nx-evil: 1",
                "https://ex\u00e4mple.com/",
                "https://127.0.0.1\u3002example.com/",
                "https://example.com\\@127.0.0.1/",
                "https://-example.com/",
                "https://a_b.example.com/"
            })
    void aUrlOfAnotherFormIsRefused(String url) {
        assertRefusal(() -> hooks.fixture
                        .saas
                        .webhooks()
                        .create(WebhookEndpoint.builder(url).build()))
                .isEqualTo("webhook.invalid");
        WebhookEndpointId id = hooks.endpoint().endpoint().id();
        assertRefusal(() -> hooks.fixture
                        .saas
                        .webhooks()
                        .update(id, each -> each.toBuilder().url(url).build()))
                .isEqualTo("webhook.invalid");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://example.com", "HTTPS://Example.COM.:8443/a/b?c=d&e=%20", "https://a.b-c.example:65535/"
            })
    void aUsualUrlIsAccepted(String url) {
        assertThat(hooks.fixture
                        .saas
                        .webhooks()
                        .create(WebhookEndpoint.builder(url).build())
                        .endpoint()
                        .url())
                .isEqualTo(url);
    }

    @Test
    void aNameWithAnAddressThatIsNotPublicGetsNoConnection() {
        String url = "https://localhost:" + hooks.receiver.port() + "/";
        WebhookEndpointId id = hooks.fixture
                .saas
                .webhooks()
                .create(WebhookEndpoint.builder(url).build())
                .endpoint()
                .id();
        hooks.webhooks.sendTest(id);
        hooks.fixture.saas.webhooks().sendDue(Runnable::run);
        assertThat(error(id)).isEqualTo("The host has an address that is not public.");
        assertThat(hooks.receiver.requests).isEmpty();
    }

    @Test
    void anAddressOutsideTheNamedNetworksIsNotPublic() {
        try (Saas other = hooks.fixture
                .builder(hooks.fixture.storage)
                .node("node-b")
                .webhookTargets(
                        WebhookTargets.publicAddresses().network("10.0.0.0/8").plainHttp())
                .open()) {
            WebhookEndpointId id = hooks.endpoint().endpoint().id();
            hooks.webhooks.sendTest(id);
            other.webhooks().sendDue(Runnable::run);
            assertThat(error(id)).isEqualTo("The host has an address that is not public.");
            assertThat(hooks.receiver.requests).isEmpty();
        }
    }

    private String error(WebhookEndpointId id) {
        WebhookAttempt attempt = hooks.webhooks.attempts(hooks.only(id).id()).get(0);
        assertThat(attempt.status()).isNull();
        return String.valueOf(attempt.error());
    }

    @Test
    void aRedirectIsNotFollowed() {
        WebhookEndpointId id = hooks.endpoint().endpoint().id();
        hooks.receiver.answer = exchange -> {
            exchange.getResponseHeaders().set("Location", hooks.receiver.url() + "/elsewhere");
            exchange.sendResponseHeaders(307, -1);
        };
        hooks.webhooks.sendTest(id);
        hooks.send();
        assertThat(hooks.receiver.requests).hasSize(1);
        assertThat(hooks.webhooks.attempts(hooks.only(id).id()).get(0).status()).isEqualTo(307);
        assertThat(hooks.only(id).state()).isEqualTo(WebhookMessageState.WAITING);
    }

    @Test
    void aResponseWithoutEndIsNotReadToTheEnd() {
        WebhookEndpointId id = hooks.endpoint().endpoint().id();
        hooks.receiver.answer = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] piece = new byte[64 * 1024];
            while (true) {
                exchange.getResponseBody().write(piece);
            }
        };
        hooks.webhooks.sendTest(id);
        hooks.send();
        assertThat(hooks.only(id).state()).isEqualTo(WebhookMessageState.DELIVERED);
    }

    @Test
    void aHeadWithoutEndIsRefused() {
        WebhookEndpointId id = hooks.endpoint().endpoint().id();
        hooks.receiver.answer = exchange -> {
            for (int i = 0; i < 200; i++) {
                exchange.getResponseHeaders().set("x-" + i, "a".repeat(100));
            }
            exchange.sendResponseHeaders(200, -1);
        };
        hooks.webhooks.sendTest(id);
        hooks.send();
        assertThat(error(id)).isEqualTo("The connection failed, or ended before the response.");
    }

    @Test
    void allOfAnAttemptEndsInTime() {
        WebhookEndpointId id = hooks.endpoint().endpoint().id();
        hooks.receiver.answer = exchange -> {
            // The receiver needs longer than an attempt lasts, by the clock of the node, before it says anything.
            exchange.getResponseHeaders().set("x-slow", "1");
            hooks.fixture.seconds(16);
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(new byte[1]);
        };
        hooks.webhooks.sendTest(id);
        hooks.send();
        WebhookMessage message = hooks.only(id);
        assertThat(message.attempts()).isEqualTo(1);
        assertThat(hooks.webhooks.attempts(message.id()).get(0).milliseconds()).isGreaterThanOrEqualTo(16_000);
    }

    @Test
    void aClosedPortIsAFailure() {
        WebhookEndpointId id = hooks.endpoint().endpoint().id();
        hooks.receiver.close();
        hooks.webhooks.sendTest(id);
        hooks.send();
        assertThat(error(id)).isEqualTo("The host accepts no connection.");
    }

    @Test
    void aCertificateHasToBeTrustedAndToNameTheHost(@TempDir Path folder) throws Exception {
        SSLContext right = certificate(folder, "localhost");
        SSLContext wrong = certificate(folder, "other.example");
        for (SSLContext served : new SSLContext[] {right, wrong}) {
            HttpsServer server = HttpsServer.create(Receiver.address(), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(served));
            try (Receiver receiver = new Receiver(server, "https");
                    Saas trusting = node("trusting", served);
                    Saas strict = node("strict", SSLContext.getDefault())) {
                WebhookEndpointId id = trusting.webhooks()
                        .create(WebhookEndpoint.builder(receiver.url("localhost"))
                                .eventTypes(EventType.CATALOG_LEFT)
                                .build())
                        .endpoint()
                        .id();
                hooks.webhooks.sendTest(id);
                strict.webhooks().sendDue(Runnable::run);
                assertThat(error(id)).startsWith("The TLS connection failed");
                assertThat(receiver.requests).as("not trusted").isEmpty();
                hooks.webhooks.resend(hooks.only(id).id());
                trusting.webhooks().sendDue(Runnable::run);
                if (served == right) {
                    assertThat(receiver.types()).containsExactly("webhook.test");
                } else {
                    assertThat(error(id)).startsWith("The TLS connection failed");
                    assertThat(receiver.requests).as("another host").isEmpty();
                }
                trusting.webhooks().delete(id);
            }
        }
    }

    private Saas node(String name, SSLContext trust) {
        return hooks.fixture
                .builder(hooks.fixture.storage)
                .node(name)
                .webhookTargets(WebhookTargets.publicAddresses()
                        .network("127.0.0.0/8")
                        .network("::1/128")
                        .trusting(trust))
                .open();
    }

    /** A certificate for a host, which the context serves and trusts. */
    private static SSLContext certificate(Path folder, String host) throws Exception {
        Path file = folder.resolve(host + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=test",
                        "-ext",
                        "san=dns:" + host,
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        keytool.getOutputStream().close();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).as(said).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, PASSWORD);
        trusted.setCertificateEntry("a", store.getCertificate("a"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0", "10.0.0.0/33", "example.com/8", "10.0.0/8", "::1/129", "/8", "10.0.0.0/-1", ""})
    void aNetworkIsAnAddressAndANumberOfBits(String text) {
        assertThatThrownBy(() -> WebhookTargets.publicAddresses().network(text))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
