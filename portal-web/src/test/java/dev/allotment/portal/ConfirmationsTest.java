// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.AddonStatus;
import dev.allotment.CreateTenant;
import dev.allotment.Filter;
import dev.allotment.OperationId;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.portal.PortalVisit.Answer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What destroys data, or closes a database, says so and asks first. */
class ConfirmationsTest {
    private static PortalTestServer server;
    private static PortalVisit admin;

    @BeforeAll
    static void open() throws Exception {
        server = PortalTestServer.open();
        admin = PortalVisit.signedIn(server, "admin");
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static Tenant database(String name) {
        return server.saas
                .tenants()
                .create(CreateTenant.onPlan(server.plan("Plan of " + name))
                        .owner(server.signUp(name + "@example.com", "Owner of " + name))
                        .name(name)
                        .build())
                .tenant();
    }

    private static String today() {
        return LocalDate.ofInstant(server.clock.instant(), ZoneOffset.UTC).toString();
    }

    @Test
    void deletingAPlanTakesAQuestion() {
        Plan plan = server.plan("Question");
        String path = "/admin/plans/" + plan.id();

        Answer page = admin.get(path);
        assertThat(page.forms()).noneMatch(form -> form.attr("action").endsWith("/delete"));
        Answer question = admin.get(page.page().selectFirst("a.danger").attr("href"));
        assertThat(question.text()).contains("Delete plan Question", "It cannot be undone.");
        assertThat(question.page().select("a.quiet").eachAttr("href")).containsExactly(path);
        assertThat(server.saas.plans().find(plan.id())).isPresent();
        assertThat(question.submit(path + "/delete").status()).isEqualTo(303);
        assertThat(server.saas.plans().find(plan.id())).isEmpty();
        assertThat(admin.get(path + "/delete").status()).isEqualTo(404);
    }

    @Test
    void erasingACustomerTakesItsLogin() {
        Tenant tenant = database("erased.localhost");
        String page = "/admin/users/" + tenant.ownerId();
        String login = "erased.localhost@example.com";

        Answer asked =
                admin.get(admin.get(page).page().select("a[href$=/erase]").attr("href"));
        assertThat(asked.text())
                .contains("databases (1) are deleted for good", "accounts (1) are removed", "cannot be undone");
        Answer wrong = asked.submit(page + "/erase", "login", "another@example.com");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.text()).contains("This is not the login of the account.");
        assertThat(server.saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.OPEN);

        Answer started = wrong.submit(page + "/erase", "login", login);
        assertThat(started.location()).startsWith("/admin/operations/");
        OperationId erasure =
                new OperationId(Long.parseLong(started.location().substring("/admin/operations/".length())));
        server.saas.operations().await(erasure, Duration.ofSeconds(30));
        assertThat(admin.get(started.location()).text())
                .contains("Erase customer", "Done")
                .doesNotContain(login);
        assertThat(admin.get("/admin/audit").text()).contains("Customer erased").doesNotContain(login);
        assertThat(server.saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.DELETED);
        assertThat(admin.get(page).status()).isEqualTo(404);
        assertThat(admin.get("/admin/users/2").page().select("a[href$=/erase]"))
                .as("the administrator itself")
                .isEmpty();
        Answer refused = admin.get("/admin/users/2/erase").submit("/admin/users/2/erase", "login", "admin");
        assertThat(refused.text()).contains("is an administrator. Make it a regular user first.");
    }

    @Test
    void requestingAnErasureTakesThePasswordAndAnAdministrator() {
        Tenant tenant = database("leaving.localhost");
        String login = "leaving.localhost@example.com";
        PortalVisit owner = PortalVisit.signedIn(server, login);
        String request = "/my/account/erasure";
        assertThat(admin.get("/admin").page().select(".attention a[href*=state=erasure]"))
                .isEmpty();

        Answer page = owner.get(owner.get("/my/account")
                .page()
                .select("a[href=" + request + "]")
                .attr("href"));
        server.clock.advance(Duration.ofMinutes(15));
        Answer wrong = page.submit(request).submit(request, "confirm-proof", "not the password");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.text()).contains("This is not your current password.");
        assertThat(owner.get("/my/account").text()).contains("Request erasure…");
        Answer requested = wrong.submit(request, "confirm-proof", PortalTestServer.PASSWORD)
                .follow();
        assertThat(requested.text()).contains("Your request is recorded.", "On 1 Mar 2026, you requested");

        String list = admin.get("/admin")
                .page()
                .select(".attention a[href*=state=erasure]")
                .attr("href");
        assertThat(admin.get(list).page().select("tbody tr"))
                .singleElement()
                .satisfies(row -> assertThat(row.text()).contains(login, "Requested erasure on 1 Mar 2026"));
        String user = "/admin/users/" + tenant.ownerId();
        assertThat(admin.get(user).text())
                .contains("This user requested the erasure on 1 Mar 2026. Answer by 1 Apr 2026.", "Erase customer…");
        assertThat(server.saas.tenants().get(tenant.id()).state())
                .as("nothing is erased")
                .isEqualTo(TenantState.OPEN);

        Answer withdrawn = requested.submit(request + "/withdraw").follow();
        assertThat(withdrawn.text()).contains("Your request is withdrawn.", "Request erasure…");
        assertThat(admin.get(user).text()).doesNotContain("requested the erasure");
        owner.get(request).submit(request, "proof", PortalTestServer.PASSWORD);
        assertThat(admin.get(user).submit(user + "/erasure/withdraw").follow().text())
                .contains("The request is closed.");
        owner.get(request)
                .submit(request, "proof", PortalTestServer.PASSWORD)
                .follow()
                .submit(request + "/withdraw");
        Answer fourth = owner.get(request).submit(request, "proof", PortalTestServer.PASSWORD);
        assertThat(fourth.status()).isEqualTo(422);
        assertThat(fourth.text()).contains("more than 3 times in 24 hours");
        assertThat(admin.get("/my/account").text()).doesNotContain("Request erasure…");
        assertThat(admin.get(request)
                        .submit(request, "proof", PortalTestServer.PASSWORD)
                        .text())
                .contains("is an operator's, so its customer cannot be erased");
    }

    @Test
    void uninstallingSaysWhatIsDeletedAndAsks() {
        Tenant tenant = database("uninstall.localhost");
        String page = "/admin/databases/" + tenant.id();
        var addons = server.saas.database("uninstall.localhost").addons();
        admin.get(page).submit(page + "/configure", "install", "point_of_sale");

        Answer refused = admin.get(page).submit(page + "/configure", "uninstall", "stock");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.page().select("[role=alert]").text()).contains("\"point_of_sale\" needs it");

        Answer question = admin.get(page)
                .submit(
                        page + "/configure",
                        "uninstall",
                        "point_of_sale",
                        "param-key-1",
                        "a.key",
                        "param-value-1",
                        "<b>1</b>");
        assertThat(question.status()).isEqualTo(200);
        assertThat(question.text())
                .contains("This cannot be undone. Nothing has been changed yet.", "Point of Sale point_of_sale")
                .contains("no script that deletes anything");
        assertThat(addons.list(Query.where(Filter.equal(AddonStatus.INSTALLED, true))))
                .hasSize(3);
        assertThat(question.submit(page + "/configure", "confirmed", "another").text())
                .as("another set of add-ons was confirmed")
                .contains("Nothing has been changed yet.");
        assertThat(question.submit(page + "/configure").status()).isEqualTo(303);

        Answer tables = admin.get(page).submit(page + "/configure", "uninstall", "stock");
        assertThat(tables.text())
                .contains("stock_move: number of rows not known", "contains other statements, which may delete more");
        assertThat(tables.page().select("a.quiet").eachAttr("href")).contains(page);
        assertThat(tables.submit(page + "/configure").status()).isEqualTo(303);
        assertThat(addons.list(Query.where(Filter.equal(AddonStatus.INSTALLED, true))))
                .extracting(AddonStatus::name)
                .containsExactly("sale");
        assertThat(admin.get(page).text()).contains("a.key", "<b>1</b>");
    }

    @Test
    void anEndDateInThePastIsAcceptedOnlyIfTheAdministratorSaysSo() {
        Tenant tenant = database("typo.localhost");
        Instant end = tenant.expiresAt();
        String page = "/admin/databases/" + tenant.id();

        Answer asked = admin.get(page).submit(page + "/extend", "until", "2020-01-01", "reason", "A slip");
        assertThat(asked.status()).isEqualTo(422);
        assertThat(asked.text()).contains("This date is in the past", "Expire the database now");
        assertThat(server.saas.tenants().get(tenant.id()).expiresAt()).isEqualTo(end);

        assertThat(asked.submit(page + "/extend", "expire-now", "true").status())
                .isEqualTo(303);
        assertThat(server.saas.tenants().get(tenant.id()).expiresAt()).isEqualTo(Instant.parse("2020-01-02T00:00:00Z"));
        assertThat(admin.get(page)
                        .submit(page + "/extend", "until", today(), "reason", "Today is not past")
                        .status())
                .isEqualTo(303);
    }
}
