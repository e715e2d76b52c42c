// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Query;
import dev.allotment.portal.PortalVisit.Answer;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests of the pages during the creation of a database. */
class ProgressTest {
    private static final int MOST_FOR_ONE_ADDRESS = 8;

    private PortalTestServer server;
    private PortalVisit visit;
    private String progress;

    @BeforeEach
    void start() throws Exception {
        server = PortalTestServer.openPaused();
        server.plan("Starter");
        server.signUp("carla@example.com", "Carla");
        visit = PortalVisit.signedIn(server, "carla@example.com");
        String location =
                visit.get("/my/start").submit("/my/start", "label", "garden").location();
        progress = location.substring(0, location.indexOf('?'));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private List<HttpResponse<Stream<String>>> listeners(int count) {
        List<HttpResponse<Stream<String>>> listeners = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            listeners.add(visit.listen(progress + "/events"));
        }
        return listeners;
    }

    @Test
    void showsTheProgressAndReloadsWithoutJavascript() {
        Answer page = visit.get(progress);

        assertThat(page.text()).contains("Creating garden.localhost", "Reserve the name (done)");
        assertThat(page.page().select("noscript meta[http-equiv=refresh]").attr("content"))
                .isEqualTo("2");
        assertThat(page.page().select("[data-events]").attr("data-events")).isEqualTo(progress + "/events");
        assertThat(page.page().select("[role=progressbar]").attr("aria-valuenow"))
                .isEqualTo("20");
        assertThat(visit.get("/my").page().select("article").text()).contains("Being created");
        assertThat(PortalVisit.signedIn(server, "admin")
                        .get("/admin/operations")
                        .page()
                        .select("td[data-label=Progress]")
                        .text())
                .isEqualTo("Waiting to start");

        server.resume();
        assertThat(visit.get(progress).text()).contains("garden.localhost is ready", "Open database");
    }

    @Test
    void streamsTheProgressToALimitedNumberOfPages() {
        List<HttpResponse<Stream<String>>> listeners = listeners(MOST_FOR_ONE_ADDRESS);
        assertThat(listeners).allSatisfy(each -> assertThat(each.statusCode()).isEqualTo(200));
        Answer refused = visit.get(progress + "/events");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("retry-after")).isEqualTo("2");

        server.resume();

        assertThat(listeners)
                .allSatisfy(each -> assertThat(each.body().filter(line -> line.startsWith("data: ")))
                        .startsWith("data: {\"done\":1,\"percent\":20,\"phase\":\"running\"}")
                        .endsWith("data: {\"done\":4,\"percent\":100,\"phase\":\"done\"}"));
        assertThat(visit.get(progress + "/events").status())
                .as("a stream is free again")
                .isEqualTo(200);
    }

    @Test
    void closesTheStreamsOfAServerThatStops() {
        List<HttpResponse<Stream<String>>> listeners = listeners(2);

        server.endStreams();

        assertThat(listeners)
                .allSatisfy(each -> assertThat(each.body().filter(line -> line.startsWith("data: ")))
                        .containsExactly("data: {\"done\":1,\"percent\":20,\"phase\":\"running\"}"));
        assertThat(visit.get(progress + "/events").status()).isEqualTo(503);
    }

    @Test
    void reportsAFailedCreationAndLeavesNothingBehind() {
        server.saas
                .operations()
                .cancel(server.saas.operations().list(Query.all()).get(0).id());
        server.resume();

        Answer page = visit.get(progress);
        assertThat(page.text()).contains("Something went wrong", "Try again");
        assertThat(page.page().select("[data-events], [data-enter]")).isEmpty();
        assertThat(visit.get("/my").text()).contains("No databases yet");
    }
}
