// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.Plan;
import dev.allotment.Tenant;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.Server;
import dev.allotment.portal.PortalVisit.Answer;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Campaigns over two databases with the action {@code clean}. */
class CampaignPagesTest {
    private static final String PATH = "/admin/campaigns";
    private static final String NEW = PATH + "/new";
    private static final String START = PATH + "/start";

    private PortalTestServer server;
    private PortalVisit admin;
    private Tenant first;

    @BeforeEach
    void open() throws Exception {
        server = PortalTestServer.openPaused();
        admin = PortalVisit.signedIn(server, "admin");
        Plan plan = server.plan("Basic");
        first = tenant(plan, "first.localhost");
        tenant(plan, "second.localhost");
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Tenant tenant(Plan plan, String name) {
        return server.saas
                .tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(server.signUp("owner@" + name, "Owner"))
                        .name(name)
                        .build())
                .tenant();
    }

    private OperationId started(Campaign.Builder campaign) {
        return server.saas.campaigns().start(campaign.build()).id();
    }

    private static Campaign.Builder clean() {
        return Campaign.of(CampaignChange.action("clean"));
    }

    private long campaigns() {
        return server.saas.operations().count(Filter.equal(Operation.KIND, OperationKind.CAMPAIGN));
    }

    @Test
    void showsHowManyDatabasesWouldBeChangedAndStartsOneCampaign() {
        Answer kinds =
                admin.get(admin.get(PATH).page().selectFirst("main a.button").attr("href"));
        Answer form =
                admin.get(kinds.page().select("main h2 a:contains(action)").attr("href"));
        Answer preview = form.submit(NEW, "action", "clean", "waves", "10%, 50", "tags", "", "window", "true");
        assertThat(preview.status()).isEqualTo(200);
        assertThat(preview.text())
                .contains("2 databases would be changed. Nothing has been changed yet.")
                .contains("What Run action clean", "Which databases all", "Waves 10%, 50%, the rest")
                .contains("Failures allowed 0", "When in their maintenance window");
        assertThat(campaigns()).isZero();

        Answer started = preview.submit(START);
        assertThat(started.location()).matches(PATH + "/[0-9]+\\?done=started");
        assertThat(preview.submit(START).location()).as("a double click").isEqualTo(started.location());
        assertThat(campaigns()).isEqualTo(1);
        Answer page = started.follow();
        assertThat(page.text()).contains("The campaign has started.", "Run action clean", "Running");
        assertThat(page.page().select("meta[http-equiv=refresh]")).isNotEmpty();

        server.resume();
        Answer done = admin.get(started.location());
        assertThat(done.text()).contains("2 of 2 done", "Done 2", "Failed 0", "By admin");
        assertThat(done.page().select("meta[http-equiv=refresh]")).isEmpty();
        assertThat(done.page().select("[role=progressbar]").attr("aria-valuenow"))
                .isEqualTo("100");
        assertThat(admin.get(PATH)
                        .page()
                        .select("[aria-label=Campaigns] tbody tr")
                        .text())
                .contains("Run action clean", "Done", "2 of 2 done", "admin");
        assertThat(admin.get(PATH + "?state=FAILED").text()).contains("No campaigns match.");
    }

    @Test
    void refusesWhatCannotBeAndKeepsTheRest() {
        Answer form = admin.get(NEW + "?change=action");
        assertThat(form.submit(NEW, "change", "schema").status()).isEqualTo(422);
        Answer refused = form.submit(NEW, "change", "action", "action", "other", "canaries", "7");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.page().select("[role=alert] a").attr("href")).isEqualTo("#action");
        assertThat(refused.page().select("#canaries").val()).isEqualTo("7");
        assertThat(form.submit(NEW, "change", "action", "action", "").text()).contains("Choose an action.");
        assertThat(form.submit(NEW, "change", "move", "target", "").text())
                .contains("Choose the server that the databases are moved to.");
        assertThat(form.submit(NEW, "change", "move", "target", "1").text()).contains("Move to server default");
        assertThat(form.submit(NEW, "change", "action", "action", "clean", "waves", "x")
                        .text())
                .contains("Waves must be percentages from 1 to 99");
        assertThat(form.submit(NEW, "change", "action", "action", "clean", "waves", "50, 10")
                        .text())
                .contains("waves that grow");
        assertThat(campaigns()).isZero();
    }

    @Test
    void offersOnlyWhatIsPossible() {
        Answer kinds = admin.get(NEW);
        assertThat(kinds.page().select("main h2 a").eachText())
                .containsExactly("Update add-ons", "Run an action", "Switch to a plan");
        assertThat(kinds.text()).contains("Not possible on this server: Migrate the tenant schema, Move to another");
        server.saas.servers().create(Server.builder("<evil-tag>").weight(0).build());
        assertThat(admin.get(NEW).page().select("main h2 a").eachText()).contains("Move to another server");
    }

    @Test
    void asksOnlyForWhatTheKindNeeds() {
        Answer addons = admin.get(NEW + "?change=addons");
        assertThat(addons.page().select("[name=addons]").eachAttr("value")).contains("sale");
        assertThat(addons.page().select("[name=action], [name=target]")).isEmpty();
        Answer action = admin.get(NEW + "?change=action");
        assertThat(action.page().select("#action option").eachAttr("value")).containsExactly("", "clean");
        assertThat(action.page().select("[name=addons], [name=target]")).isEmpty();
        assertThat(admin.get(NEW + "?change=move").page().select("#target option"))
                .isNotEmpty();
        assertThat(admin.get(NEW + "?change=nothing").page().select("main h2 a"))
                .isNotEmpty();
    }

    @Test
    void aCampaignThatWouldChangeNothingIsNotStarted() {
        Answer form = admin.get(NEW + "?change=addons");
        Answer preview = form.submit(NEW, "addons", "sale", "tags", "unused");

        assertThat(preview.text()).contains("No database would be changed now.", "Update add-ons: sale");
        assertThat(preview.page().select("form[action$=/start]")).isEmpty();
    }

    @Test
    void showsFailedDatabasesWithTheirOperationsAndRetriesThem() {
        server.broken.add(first.name());
        OperationId id = started(clean().maxFailures(1).canaries(0));
        server.resume();

        Answer page = admin.get(PATH + "/" + id);
        assertThat(page.text()).contains("1 of 2 done, 1 failed");
        var row = page.page().select("[aria-label='Failed databases'] tbody tr");
        assertThat(row).hasSize(1);
        assertThat(row.select("a").eachAttr("href"))
                .contains("/admin/databases/" + first.id())
                .anyMatch(href -> href.matches("/admin/operations/[0-9]+"));
        Answer attempt = admin.get(row.select("a[href*=operations]").attr("href"));
        assertThat(attempt.page().select("a[href=" + PATH + "/" + id + "]")).isNotEmpty();
        Answer operations = admin.get("/admin/operations?campaign=" + id);
        assertThat(operations.page().select("[aria-label=Finished] tbody tr").eachText())
                .hasSize(2)
                .allMatch(each -> each.startsWith("Run database action"));

        server.broken.clear();
        Answer retried = page.submit(PATH + "/" + id + "/retry").follow();
        assertThat(retried.text()).contains("tries the failed databases again");
        server.resume();
        assertThat(admin.get(PATH + "/" + id).text()).contains("2 of 2 done").doesNotContain("Failed databases");
    }

    @Test
    void pausesResumesAndCancels() {
        String path = PATH + "/" + started(clean());
        Answer paused = admin.get(path).submit(path + "/pause").follow();
        assertThat(paused.text()).contains("Paused").doesNotContain("Pause ");
        Answer resumed = paused.submit(path + "/resume").follow();
        assertThat(resumed.text()).contains("The campaign continues.", "Running");
        assertThat(resumed.submit(path + "/cancel").follow().text()).contains("Stopping");
        server.resume();

        assertThat(admin.get(path).text()).contains("Failed", "0 of");
        assertThat(server.saas.operations().count(Filter.equal(Operation.KIND, OperationKind.RUN_TENANT_ACTION)))
                .isZero();
    }

    private Answer run(Answer form, String... fields) {
        String location = form.submit(NEW, fields).submit(START).location();
        server.resume();
        return admin.get(location);
    }

    @Test
    void switchesDatabasesToAPlanAndBack() {
        Plan basic = server.saas.plans().get(Objects.requireNonNull(first.planId()));
        Plan gold = server.plan("Gold");
        Answer form = admin.get(NEW + "?change=plan");
        assertThat(form.page().select("#target option").eachText())
                .contains("Choose a plan", basic.name(), gold.name());
        assertThat(form.submit(NEW, "target", "").text())
                .contains("Choose the plan that the databases are switched to.");
        String id = gold.id().toString();
        assertThat(form.submit(NEW, "target", id, "force", "true", "plan", "").text())
                .contains("2 databases would be changed", "Switch to plan Gold, by force");
        Answer done = run(form, "target", id, "plan", basic.id().toString());
        assertThat(done.text()).contains("Switch to plan Gold, version 1", "2 of 2 done", "on plan Basic");
        assertThat(server.saas.tenants().get(first.id()).planId()).isEqualTo(gold.id());

        Answer back = admin.get(NEW + "?change=switch_back");
        assertThat(back.submit(NEW, "target", "").text()).contains("Choose the campaign that is taken back.");
        String campaign = back.page().select("#target option").last().val();
        assertThat(back.page().select("#target option").last().text()).contains("Switch to plan Gold, version 1");
        assertThat(run(back, "target", campaign).text())
                .contains("Switch back what campaign " + campaign + " switched", "2 of 2 done");
        assertThat(server.saas.tenants().get(first.id()).planId()).isEqualTo(basic.id());
    }

    @Test
    void showsWhichVersionsTheDatabasesHave() {
        admin.get("/admin/databases/" + first.id())
                .submit("/admin/databases/" + first.id() + "/configure", "install", "sale");

        assertThat(admin.get(PATH)
                        .page()
                        .select("[aria-label=Versions] tbody tr")
                        .eachText())
                .anyMatch(row -> row.matches("sale [0-9.]+ Latest 1"));
    }

    @Test
    void isForAdministratorsOnly() {
        OperationId id = started(clean());
        PortalVisit owner = PortalVisit.signedIn(server, "owner@first.localhost");
        assertThat(owner.get(PATH).status()).isEqualTo(403);
        assertThat(owner.get(PATH + "/" + id).status()).isEqualTo(403);
        assertThat(admin.get(PATH + "/99").status()).isEqualTo(404);
    }
}
