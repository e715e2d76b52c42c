// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.NewUser;
import dev.allotment.Plan;
import dev.allotment.Role;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.portal.PortalVisit.Answer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The administration as operators in each role see it. */
class OperatorRolePagesTest {
    /** What each operator may do. */
    private static final Set<String> OF_ALL = Set.of("/web/logout", "/admin/check");

    private PortalTestServer server;
    private User ann;
    private Plan plan;
    private Tenant open;
    private Tenant suspended;

    @BeforeEach
    void open() throws Exception {
        server = PortalTestServer.openWithMail();
        ann = server.signUp("ann@example.com", "Ann");
        plan = server.plan("Demo");
        open = tenant("shop");
        suspended = tenant("closed");
        server.saas.tenants().suspend(suspended.id());
        server.saas.backups().create(open.id(), null);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Tenant tenant(String label) {
        return server.saas
                .tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(ann)
                        .customer(ann.customerId())
                        .name(label + ".localhost")
                        .build())
                .tenant();
    }

    private User operator(Role role) {
        return server.saas
                .accounts()
                .create(NewUser.builder("olga@provider.example", "Olga")
                        .password(PortalTestServer.PASSWORD)
                        .role(role)
                        .build());
    }

    private PortalVisit visit(Role role) {
        operator(role);
        return PortalVisit.signedIn(server, "olga@provider.example");
    }

    /** Follows all links of the administration, as an operator would. */
    private static Map<String, Answer> walk(PortalVisit visit) {
        Map<String, Answer> pages = new TreeMap<>();
        Deque<String> open = new ArrayDeque<>(List.of("/admin"));
        Set<String> known = new LinkedHashSet<>(open);
        while (!open.isEmpty()) {
            String path = open.poll();
            Answer page = visit.get(path);
            pages.put(path, page);
            for (Element link : page.page().select("a[href^=/admin]")) {
                String target = link.attr("href").replaceFirst("[?#].*", "");
                if (known.add(target)) {
                    open.add(target);
                }
            }
        }
        return pages;
    }

    /** The forms that can be sent, with {@code *} for each number. */
    private static Set<String> forms(Map<String, Answer> pages) {
        Set<String> forms = new TreeSet<>();
        for (Answer page : pages.values()) {
            for (Element form : page.page().select("form[method=post]")) {
                if (form.select("fieldset.shown").isEmpty()) {
                    forms.add(form.attr("action").replaceAll("[0-9]+", "*"));
                }
            }
        }
        return forms;
    }

    @ParameterizedTest
    @EnumSource(
            value = Role.class,
            names = {"SUPPORT", "BILLING", "READER"})
    void thePagesOfferWhatTheRolePermits(Role role) {
        Map<String, Answer> pages = walk(visit(role));

        pages.forEach((path, page) -> assertThat(page.status()).as(path).isEqualTo(200));
        assertThat(pages)
                .containsKeys(
                        "/admin/databases/" + open.id(),
                        "/admin/users/" + ann.id(),
                        "/admin/plans/" + plan.id(),
                        "/admin/servers/1",
                        "/admin/audit",
                        "/admin/settings");
        Set<String> more = switch (role) {
            case SUPPORT ->
                Set.of(
                        "/admin/databases/*/suspend",
                        "/admin/databases/*/resume",
                        "/admin/users/*/link",
                        "/admin/support");
            case BILLING -> Set.of("/admin/plans/*");
            default -> Set.of();
        };
        Set<String> expected = new TreeSet<>(OF_ALL);
        expected.addAll(more);
        assertThat(forms(pages)).isEqualTo(expected);
    }

    @Test
    void supportSuspendsAndResumes() {
        PortalVisit support = visit(Role.SUPPORT);
        String path = "/admin/databases/" + open.id() + "/suspend";

        assertThat(support.get(path).submit(path, "reason", "Abuse").status()).isEqualTo(303);
        String resume = "/admin/databases/" + suspended.id();
        assertThat(support.get(resume).submit(resume + "/resume").status()).isEqualTo(303);

        assertThat(server.saas.tenants().get(open.id()).state()).isEqualTo(TenantState.SUSPENDED);
        assertThat(server.saas.tenants().get(suspended.id()).state()).isEqualTo(TenantState.OPEN);
    }

    @ParameterizedTest
    @EnumSource(
            value = Role.class,
            names = {"SUPPORT", "BILLING", "READER"})
    void noFormOfTheAdministrationIsForced(Role role) {
        PortalVisit visit = visit(role);
        String token =
                visit.get("/admin").page().select("input[name=form]").first().attr("value");
        for (String each : List.of(
                "/admin/databases/" + open.id() + "/delete",
                "/admin/databases/" + open.id() + "/configure",
                "/admin/databases/" + open.id() + "/rename",
                "/admin/databases/" + open.id() + "/sync",
                "/admin/users/new",
                "/admin/users/" + ann.id(),
                "/admin/users/" + ann.id() + "/password",
                "/admin/users/" + ann.id() + "/export",
                "/admin/users/" + ann.id() + "/erase",
                "/admin/plans/new",
                "/admin/plans/" + plan.id() + "/delete",
                "/admin/servers/1",
                "/admin/servers/1/close",
                "/admin/settings",
                "/admin/webhooks",
                "/admin/campaigns/start")) {
            Answer answer = visit.post(
                    each, Map.of("form", token, "role", "ADMINISTRATOR", "password", "x"), "Origin", visit.origin());
            assertThat(answer.status()).as(each).isEqualTo(403);
            assertThat(answer.text()).as(each).contains("Your role is");
        }
        assertThat(server.saas.accounts().get(ann.id()).role()).isEqualTo(Role.PORTAL);
        assertThat(server.saas.tenants().get(open.id()).state()).isEqualTo(TenantState.OPEN);
    }

    @Test
    void anAdministratorGivesAndTakesARole() {
        User olga = operator(Role.READER);
        PortalVisit admin = PortalVisit.signedIn(server, "admin");
        String path = "/admin/users/" + olga.id();
        Answer page = admin.get(path);
        assertThat(page.page().select("select[name=role] option[selected]").attr("value"))
                .isEqualTo("READER");

        assertThat(page.submit(path, "role", "BILLING").status()).isEqualTo(303);

        assertThat(server.saas.accounts().get(olga.id()).role()).isEqualTo(Role.BILLING);
        assertThat(admin.get("/admin/users?kind=staff").text()).contains("Billing");
        assertThat(admin.get(path).submit(path, "role", "").status()).isEqualTo(303);
        assertThat(server.saas.accounts().get(olga.id()).role()).isEqualTo(Role.PORTAL);
    }
}
