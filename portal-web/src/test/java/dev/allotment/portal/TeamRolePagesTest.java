// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.Filter;
import dev.allotment.NewUser;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.TeamRole;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.portal.PortalVisit.Answer;
import dev.allotment.team.TenantLimit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The pages of databases and accounts, as members of a team in each role see them. */
class TeamRolePagesTest {
    /** What each signed-in account may do. */
    private static final Set<String> OF_ACCOUNTS = Set.of(
            "/web/logout",
            "/my/account",
            "/my/account/email",
            "/my/account/password",
            "/my/account/sessions",
            "/my/account/sessions/others",
            "/my/account/keys",
            "/my/account/factor/start",
            "/my/account/passkeys/start",
            "/my/team/leave");

    private PortalTestServer server;
    private User ann;
    private Plan large;
    private Tenant shop;
    private Tenant gone;

    @BeforeEach
    void open() throws Exception {
        server = PortalTestServer.openWithMail();
        server.saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        ann = server.signUp("ann@example.com", "Ann");
        Plan plan = server.plan("Demo");
        large = server.plan("Large");
        shop = tenant(plan, "shop");
        gone = tenant(plan, "gone");
        server.saas.actingAs(ann.id()).selfService().delete(gone.id());
        server.saas.backups().create(shop.id(), null);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Tenant tenant(Plan plan, String label) {
        return server.saas
                .tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(ann)
                        .customer(ann.customerId())
                        .name(label + ".localhost")
                        .build())
                .tenant();
    }

    private User member(TeamRole role) {
        return server.saas
                .accounts()
                .create(NewUser.builder("bob@example.com", "Bob")
                        .password(PortalTestServer.PASSWORD)
                        .customerId(ann.customerId())
                        .teamRole(role)
                        .build());
    }

    /** Follows all links of all pages, as a member would. */
    private Map<String, Answer> walk(PortalVisit visit) {
        Map<String, Answer> pages = new TreeMap<>();
        Deque<String> open = new ArrayDeque<>(List.of("/my"));
        Set<String> known = new LinkedHashSet<>(open);
        while (!open.isEmpty()) {
            String path = open.poll();
            Answer page = visit.get(path);
            pages.put(path, page);
            for (Element link : page.page().select("a[href^=/my]")) {
                String target = link.attr("href").replaceFirst("[?#].*", "");
                if (known.add(target)) {
                    open.add(target);
                }
            }
        }
        return pages;
    }

    @ParameterizedTest
    @EnumSource(TeamRole.class)
    void noPageHasALinkThatIsRefused(TeamRole role) {
        member(role);

        walk(PortalVisit.signedIn(server, "bob@example.com"))
                .forEach((path, page) -> assertThat(page.status()).as(path).isEqualTo(200));
    }

    @ParameterizedTest
    @EnumSource(
            value = TeamRole.class,
            names = {"READER", "BILLING"})
    void noPageHasAButtonThatIsRefused(TeamRole role) {
        member(role);

        walk(PortalVisit.signedIn(server, "bob@example.com"))
                .forEach((path, page) -> assertThat(page.forms())
                        .as(path)
                        .extracting(form -> form.attr("action"))
                        .allMatch(action -> OF_ACCOUNTS.contains(action)
                                || (role == TeamRole.BILLING && action.matches("/my/[0-9]+/plan"))));
    }

    @Test
    void aReaderSeesDatabasesAndHelp() {
        member(TeamRole.READER);
        PortalVisit reader = PortalVisit.signedIn(server, "bob@example.com");

        Answer list = reader.get("/my");
        assertThat(list.text())
                .contains("shop.localhost", "Show", "An owner or an administrator of the team can restore it.")
                .doesNotContain("New database", "Rename");
        assertThat(list.page().select("a[href$=/delete]")).isEmpty();
        Answer one = reader.get("/my/" + shop.id());
        assertThat(one.text()).contains("Your role permits no other changes.").doesNotContain("Your data", "Backups");
        assertThat(reader.get("/my/" + shop.id() + "/domains").text()).contains("Your role does not permit");
        assertThat(reader.get("/my/account").text())
                .contains("The owners of the team can download everything")
                .doesNotContain("Webhooks", "Download my data");
    }

    @Test
    void aReaderForcesNothing() {
        member(TeamRole.READER);
        PortalVisit reader = PortalVisit.signedIn(server, "bob@example.com");
        String token =
                reader.get("/my").page().select("input[name=form]").first().attr("value");
        String path = "/my/" + shop.id();
        String backup = server.saas.backups().list(shop.id()).get(0).id().toString();
        for (String each : List.of(
                path + "/open",
                path + "/rename",
                path + "/delete",
                path + "/plan",
                path + "/duplicate",
                path + "/export",
                path + "/prepare-export",
                path + "/domains",
                path + "/backups",
                path + "/backups/" + backup + "/restore",
                path + "/backups/" + backup + "/in-place",
                path + "/backups/" + backup + "/download",
                path + "/swap",
                "/my/" + gone.id() + "/restore",
                "/my/start",
                "/my/account/export",
                "/my/account/webhooks")) {
            Answer answer = reader.post(
                    each,
                    Map.of(
                            "form", token,
                            "name", "shop.localhost",
                            "label", "other",
                            "plan", large.id().toString(),
                            "host", "shop.example.com",
                            "other", gone.id().toString(),
                            "url", "https://example.com/hook"),
                    "Origin",
                    reader.origin());
            assertThat(answer.status()).as(each).isIn(403, 422);
            assertThat(answer.text()).as(each).containsAnyOf("You are in the team of Ann as a reader.", "not allowed");
        }
        assertThat(server.saas.tenants().get(shop.id()).name()).isEqualTo("shop.localhost");
        assertThat(server.saas.tenants().get(gone.id()).state()).isEqualTo(TenantState.RETAINED);
        assertThat(server.saas.tenants().count(Filter.equal(Tenant.CUSTOMER_ID, ann.customerId())))
                .isEqualTo(2);
        assertThat(server.saas.webhooks().list(Query.all())).isEmpty();
        assertThat(server.saas.backups().list(shop.id())).hasSize(1);
        assertThat(server.saas.accounts().get(ann.id()).erasureRequestedAt()).isNull();
    }

    @Test
    void billingSeesPaymentsAndChangesPlans() {
        member(TeamRole.BILLING);
        PortalVisit billing = PortalVisit.signedIn(server, "bob@example.com");

        assertThat(billing.get("/my/" + shop.id()).text())
                .contains("Change plan")
                .doesNotContain("Duplicate");
        assertThat(billing.get("/my/" + shop.id() + "/plan").text()).contains("Large");
    }

    @Test
    void aMemberWorksWithTheDatabasesOfItsColleagues() {
        member(TeamRole.MEMBER);
        PortalVisit visit = PortalVisit.signedIn(server, "bob@example.com");
        Answer one = visit.get("/my/" + shop.id());
        assertThat(one.text()).contains("Rename", "Backups", "Duplicate").doesNotContain("Delete…");
        assertThat(one.page().select("form[action$=/open]")).isEmpty();

        String rename = "/my/" + shop.id() + "/rename";
        assertThat(visit.get(rename).submit(rename, "label", "market").status()).isEqualTo(303);

        assertThat(server.saas.tenants().get(shop.id()).name()).isEqualTo("market.localhost");
        PortalVisit owner = PortalVisit.signedIn(server, "ann@example.com");
        assertThat(owner.get("/my/" + shop.id()).page().select("form[action$=/open]"))
                .hasSize(1);
    }

    @Test
    void aLimitedMemberSeesItsDatabasesOnly() {
        User bob = member(TeamRole.ADMINISTRATOR);
        server.saas
                .actingAs(ann.id())
                .teams()
                .change(bob.id(), TeamRole.ADMINISTRATOR, TenantLimit.of(List.of(gone.id())));
        PortalVisit visit = PortalVisit.signedIn(server, "bob@example.com");

        assertThat(visit.get("/my").text()).contains("gone.localhost").doesNotContain("shop.localhost");
        assertThat(visit.get("/my/" + shop.id()).status()).isEqualTo(404);
        walk(visit).forEach((path, page) -> assertThat(page.status()).as(path).isEqualTo(200));
    }

    @Test
    void aChangedRoleAppliesToThePagesThatAreOpen() {
        User bob = member(TeamRole.ADMINISTRATOR);
        PortalVisit visit = PortalVisit.signedIn(server, "bob@example.com");
        String path = "/my/" + shop.id() + "/delete";
        Answer open = visit.get(path);
        server.saas.actingAs(ann.id()).teams().change(bob.id(), TeamRole.READER, TenantLimit.ALL);

        assertThat(open.submit(path, "name", "shop.localhost").status()).isEqualTo(403);

        assertThat(server.saas.tenants().get(shop.id()).state()).isEqualTo(TenantState.OPEN);
    }
}
