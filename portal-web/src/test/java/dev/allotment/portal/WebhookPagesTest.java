// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.allotment.Query;
import dev.allotment.User;
import dev.allotment.portal.PortalVisit.Answer;
import dev.allotment.webhook.UsageFormat;
import dev.allotment.webhook.WebhookEndpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebhookPagesTest {
    private static final String PATH = "/my/account/webhooks";

    private final List<String> received = new CopyOnWriteArrayList<>();
    private final List<String> tokens = new CopyOnWriteArrayList<>();
    private final AtomicInteger status = new AtomicInteger(200);
    private PortalTestServer server;
    private HttpServer receiver;
    private String url;
    private User owner;
    private PortalVisit carla;

    @BeforeEach
    void open() throws Exception {
        server = PortalTestServer.open();
        owner = server.signUp("carla@example.com", "Carla");
        server.signUp("eve@example.com", "Eve");
        carla = PortalVisit.signedIn(server, "carla@example.com");
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            received.add(exchange.getRequestHeaders().getFirst("webhook-id"));
            tokens.addAll(exchange.getRequestHeaders().getOrDefault("authorization", List.of()));
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        receiver.start();
        url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook";
    }

    @AfterEach
    void close() {
        receiver.stop(0);
        server.close();
    }

    /** Sends what is due. */
    private void send() {
        server.saas.webhooks().sendDue(Runnable::run);
    }

    /** Creates an endpoint on the page, and returns the page that follows. */
    private Answer create(String... values) {
        Answer made = carla.get(PATH).submit(PATH, values);
        assertThat(made.status()).as(made.body()).isEqualTo(303);
        return made.follow();
    }

    private WebhookEndpoint endpoint() {
        return server.saas.webhooks().list(Query.all()).get(0);
    }

    private String path() {
        return PATH + "/" + endpoint().id();
    }

    @Test
    void aCustomerCreatesAnEndpointAndSeesWhatVerifiesItsMessages() {
        Answer created = create("url", url, "description", "Billing", "type", "tenant.created");

        String secret = created.page().select("#secret").text();
        assertThat(secret).isEqualTo(server.saas.webhooks().secret(endpoint().id()));
        assertThat(created.header("cache-control")).isEqualTo("no-store");
        assertThat(endpoint())
                .returns(url, WebhookEndpoint::url)
                .returns(List.of("tenant.created"), WebhookEndpoint::eventTypes)
                .returns(owner.customerId(), WebhookEndpoint::customerId);
        assertThat(carla.get(path()).body()).as("the page, later").doesNotContain(secret);
        assertThat(carla.get(path()).submit(path() + "/secret").follow().body())
                .as("the page for a visitor who asks")
                .contains(secret);

        String replaced = carla.get(path())
                .submit(path() + "/rotate")
                .follow()
                .page()
                .select("#secret")
                .text();
        assertThat(replaced).startsWith("whsec_").isNotEqualTo(secret);
    }

    @Test
    void theListOfEndpointsHasPages() {
        User other = server.signUp("dora@example.com", "Dora");
        for (int i = 10; i < 37; i++) {
            server.saas
                    .webhooks()
                    .create(WebhookEndpoint.builder("https://hooks.example.com/" + i)
                            .customerId(i < 24 ? owner.customerId() : other.customerId())
                            .build());
        }
        PortalVisit admin = PortalVisit.signedIn(server, "admin");

        Answer first = admin.get("/admin/webhooks?sort=-url");
        assertThat(first.page().select("tbody th").eachText()).hasSize(25).startsWith("https://hooks.example.com/36");
        Answer second = admin.get(first.page().select(".pager a[rel=next]").attr("href"));
        assertThat(second.page().select("tbody th").eachText())
                .containsExactly("https://hooks.example.com/11", "https://hooks.example.com/10");
        assertThat(admin.get("/admin/webhooks?page=none").status()).isEqualTo(422);
    }

    @Test
    void aTestMessageAndItsAttemptsAreShown() {
        create("url", url);
        status.set(410);
        carla.get(path()).submit(path() + "/test").follow();
        send();
        assertThat(received).hasSize(1);

        Answer failing = carla.get(path());
        assertThat(failing.text()).contains("webhook.test");
        Answer message = carla.get(failing.page().select("a[href*=/messages/]").attr("href"));
        assertThat(message.text()).contains(received.get(0), "410");
    }

    @Test
    void aFailedMessageIsSentAgain() {
        create("url", url);
        carla.get(path()).submit(path() + "/test");
        status.set(410);
        send();
        Answer failed = carla.get(path() + "?state=failed");
        assertThat(failed.text()).contains("Failed");
        String message = failed.page().select("a[href*=/messages/]").attr("href");

        status.set(200);
        String id = received.remove(0);
        carla.get(path()).submit(path() + "/enable");
        assertThat(carla.get(message).submit(message + "/resend").follow().text())
                .contains("on its way again");
        send();
        assertThat(received).contains(id);
        assertThat(carla.get(message).text()).contains("Delivered");
    }

    @Test
    void anEndpointIsChangedDisabledEnabledAndDeleted() {
        create("url", url);
        carla.get(path()).submit(path(), "description", "Orders", "order", "true");
        assertThat(endpoint().description()).isEqualTo("Orders");
        assertThat(endpoint().inOrder()).isTrue();

        Answer disabled = carla.get(path()).submit(path() + "/disable").follow();
        assertThat(disabled.text()).contains("Disabled in the portal.");
        assertThat(disabled.forms()).noneMatch(each -> each.attr("action").endsWith("/test"));
        carla.get(path()).submit(path() + "/enable");
        assertThat(endpoint().enabled()).isTrue();

        Answer question = carla.get(path() + "/delete");
        assertThat(question.text()).contains(url);
        assertThat(question.submit(path() + "/delete").follow().text()).contains("No endpoints yet.");
    }

    @Test
    void wrongInputIsExplainedAndKept() {
        Answer without = carla.get(PATH).submit(PATH, "description", "Billing");
        assertThat(without.status()).isEqualTo(422);
        assertThat(without.text()).contains("Enter the URL that receives the events.");
        assertThat(without.page().select("#description").val()).isEqualTo("Billing");

        Answer wrong = carla.get(PATH).submit(PATH, "url", "ftp://example.com/hook");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.page().select("#url").val()).isEqualTo("ftp://example.com/hook");

        create("url", url);
        assertThat(carla.get(path())
                        .submit(path() + "/recover", "since", "soon")
                        .text())
                .contains("Enter a day.");
        assertThat(carla.get(path())
                        .submit(path() + "/recover", "since", "2026-02-28")
                        .location())
                .endsWith("?done=recovering");
    }

    @Test
    void anEndpointOfAnotherCustomerDoesNotExist() {
        create("url", url);
        carla.get(path()).submit(path() + "/test");
        PortalVisit eve = PortalVisit.signedIn(server, "eve@example.com");
        String token = eve.get("/my/account").page().select("[name=form]").val();

        assertThat(eve.get(PATH).text()).contains("No endpoints yet.");
        assertThat(eve.get(path()).status()).isEqualTo(404);
        for (String action : List.of("", "/secret", "/rotate", "/test", "/disable", "/enable", "/recover", "/delete")) {
            assertThat(eve.post(path() + action, Map.of("form", token, "url", url), "Origin", eve.origin())
                            .status())
                    .as(action)
                    .isEqualTo(404);
        }
        assertThat(eve.get("/admin/webhooks").status()).isEqualTo(403);
    }

    @Test
    void administratorsSeeAllEndpointsAndCreateThoseForOperators() {
        create("url", url, "description", "Billing");
        PortalVisit admin = PortalVisit.signedIn(server, "admin");

        Answer page = admin.get("/admin/webhooks");
        assertThat(page.text()).contains("Billing", "Customer " + endpoint().customerId());
        Answer created = page.submit("/admin/webhooks", "url", url, "signing", "ed25519", "type", "backup.created")
                .follow();
        assertThat(created.page().select("#secret").text()).startsWith("whpk_");
        assertThat(admin.get("/admin/webhooks").text()).contains("All customers");
    }

    @Test
    void administratorsCreateFeedsOfUsageWithATokenThatIsNotShown() {
        PortalVisit admin = PortalVisit.signedIn(server, "admin");
        Answer wrong = admin.get("/admin/webhooks")
                .submit("/admin/webhooks", "url", url, "format", "lago", "metric", "people", "token", "first-token");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.page().select("#metric").val()).isEqualTo("people");
        assertThat(wrong.body()).doesNotContain("first-token");

        Answer created = admin.get("/admin/webhooks")
                .submit("/admin/webhooks", "url", url, "format", "lago", "metric", "seats", "token", "first-token")
                .follow();
        String one = "/admin/webhooks/" + endpoint().id();
        assertThat(created.body()).doesNotContain("first-token");
        assertThat(endpoint())
                .returns(UsageFormat.LAGO, WebhookEndpoint::usageFormat)
                .returns("seats", WebhookEndpoint::usageMetric)
                .returns(null, WebhookEndpoint::usageCode);
        admin.get(one).submit(one + "/test");
        send();
        assertThat(tokens).containsExactly("Bearer first-token");

        admin.get(one).submit(one, "code", "people", "subject", "lago");
        assertThat(endpoint())
                .returns("people", WebhookEndpoint::usageCode)
                .returns("lago", WebhookEndpoint::usageSubject)
                .returns("seats", WebhookEndpoint::usageMetric);
        assertThat(admin.get(one).submit(one + "/token", "token", "two words").status())
                .isEqualTo(422);
        assertThat(admin.get(one)
                        .submit(one + "/token", "token", "second-token")
                        .follow()
                        .text())
                .contains("The endpoint has a new token.");
        admin.get(one).submit(one + "/test");
        send();
        assertThat(tokens).containsExactly("Bearer first-token", "Bearer second-token");
        assertThat(carla.get(PATH).page().select("#format")).isEmpty();
    }
}
