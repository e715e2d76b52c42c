// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.AddonStatus;
import dev.allotment.CreateTenant;
import dev.allotment.CustomerId;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.PaymentTerms;
import dev.allotment.Plan;
import dev.allotment.Price;
import dev.allotment.SuspendTenant;
import dev.allotment.SwitchPlan;
import dev.allotment.Tenant;
import dev.allotment.access.NewMember;
import dev.allotment.billing.PaymentReport;
import dev.allotment.billing.PaymentState;
import dev.allotment.portal.PortalVisit.Answer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests of the pages of one database for its owner. The operations wait until the test resumes them. */
class OwnDatabasePagesTest {
    private static PortalTestServer server;
    private static Plan plan;
    private static Plan large;

    @BeforeAll
    static void open() throws Exception {
        server = PortalTestServer.openPaused();
        plan = server.plan("Starter");
        server.saas.templates().build(plan.id(), List.of("sale"));
        plan = server.saas.plans().get(plan.id());
        large = server.saas
                .plans()
                .create(Plan.builder("Large <b>plan</b>")
                        .dbNameTemplate("large-%i.localhost")
                        .published(true)
                        .maxUsers(50)
                        .build());
        server.saas.plans().create(Plan.builder("Internal plan").build());
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static Tenant database(String name) {
        return server.saas
                .tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(server.signUp(name + "@example.com", "Owner of " + name))
                        .name(name)
                        .build())
                .tenant();
    }

    private static PortalVisit owner(Tenant tenant) {
        return PortalVisit.signedIn(server, tenant.name() + "@example.com");
    }

    @Test
    void showsADatabaseToItsOwnerOnly() {
        Tenant tenant = database("mine.localhost");
        String path = "/my/" + tenant.id();
        PortalVisit owner = owner(tenant);

        Answer list = owner.get("/my");
        assertThat(list.page().select("article h2 a").attr("href")).isEqualTo(path);
        Answer page = owner.get(path);
        assertThat(page.text()).contains("mine.localhost", "Running", "Starter", "No end date", "Create database");
        assertThat(page.page().select("#own-database a.button").eachAttr("href"))
                .containsExactlyInAnyOrder(
                        "/my",
                        path + "/plan",
                        path + "/domains",
                        path + "/backups",
                        path + "/duplicate",
                        path + "/rename",
                        path + "/delete");
        assertThat(page.page().select("#own-database").attr("data-refresh")).isEmpty();
        PortalVisit stranger = owner(database("theirs.localhost"));
        for (String part : List.of("", "/plan", "/plan?plan=" + large.id(), "/domains", "/duplicate")) {
            assertThat(stranger.get(path + part).status()).as(part).isEqualTo(404);
        }
        String token = stranger.get("/my").page().select("input[name=form]").val();
        for (String part : List.of("/plan", "/domains", "/duplicate", "/export")) {
            Map<String, String> fields =
                    Map.of("form", token, "plan", large.id().toString(), "host", "shop.example.com");
            assertThat(stranger.post(path + part, fields, "Origin", stranger.origin())
                            .status())
                    .as(part)
                    .isEqualTo(404);
        }
        assertThat(server.saas.tenants().get(tenant.id())).isEqualTo(tenant);
    }

    @Test
    void showsWhatThePlanIncludesAndCosts() {
        Tenant before = database("entitled.localhost");
        PortalVisit owner = owner(before);
        assertThat(owner.get("/my/" + before.id()).text()).doesNotContain("Included in the plan", "Billing");
        Plan sold = server.saas
                .plans()
                .create(Plan.builder("Sold")
                        .published(true)
                        .dbNameTemplate("sold-%i.localhost")
                        .entitlement("api", true)
                        .entitlement("projects", 3000)
                        .price(Price.parse("1234.50 EUR/month"))
                        .billingUrl("https://pay.example.com/?tenant={tenant}&customer={customer}")
                        .build());

        assertThat(owner.get("/my/start").page().select(".fact").eachText()).contains("€1,234.50 per month");
        assertThat(owner.get("/my/" + before.id() + "/plan?plan=" + sold.id() + "&show=1")
                        .text())
                .contains("api none yes", "projects none 3,000");
        server.saas
                .accounts()
                .update(
                        Objects.requireNonNull(before.ownerId()),
                        each -> each.toBuilder().lang("de_DE").build());
        assertThat(owner.get("/my/start").page().select(".fact").eachText())
                .anyMatch(fact -> fact.replace('\u00a0', ' ').equals("1.234,50 € pro Monat"));
        server.saas
                .accounts()
                .update(
                        Objects.requireNonNull(before.ownerId()),
                        each -> each.toBuilder().lang("en_US").build());
        Tenant tenant = server.saas
                .tenants()
                .switchPlan(
                        SwitchPlan.builder(before.id(), sold.id()).force(true).build());
        Answer page = owner.get("/my/" + before.id());
        assertThat(page.text()).contains("Included in the plan api: yes, projects: 3,000");
        assertThat(page.page().select("a:contains(Billing)").attr("href"))
                .isEqualTo("https://pay.example.com/?tenant=" + tenant.uuid() + "&customer=" + tenant.customerId());
        server.saas
                .plans()
                .update(sold.id(), each -> each.toBuilder().published(false).build());
    }

    @Test
    void saysWhyADatabaseIsSuspendedAndOffersWhatHelps() {
        Tenant tenant = database("closed.localhost");
        SuspendTenant unpaid = SuspendTenant.builder(tenant.id())
                .reason("an unpaid invoice")
                .notifyOwner(false)
                .build();
        server.saas.tenants().suspend(unpaid);
        String path = "/my/" + tenant.id();
        PortalVisit owner = owner(tenant);
        assertThat(owner.get(path).page().select("[role=alert]").text())
                .contains("Suspended by your provider.")
                .doesNotContain("unpaid");
        server.saas.tenants().resume(tenant.id());
        server.saas.tenants().suspend(unpaid.toBuilder().notifyOwner(true).build());

        Answer page = owner.get(path);
        assertThat(page.page().select("[role=alert]").text())
                .contains("Suspended by your provider: an unpaid invoice.", "Get help");
        assertThat(page.page().select("#own-database a.button").eachAttr("href"))
                .containsExactlyInAnyOrder(
                        "/my", path + "/plan", path + "/domains", path + "/backups", path + "/delete");
        assertThat(owner.get(path + "/duplicate").text()).contains("Only a running database");
        assertThat(owner.get("/my/" + tenant.id() + "/domains").text())
                .contains("Your provider adds and removes domains.");
        server.saas.tenants().delete(tenant.id());
        assertThat(owner.get(path).status()).isEqualTo(404);
    }

    @Test
    void showsThatAPaymentIsMissingAndWhereToPay() {
        Tenant tenant = database("late.localhost");
        Plan terms = server.saas
                .plans()
                .update(
                        plan.id(),
                        each -> each.toBuilder()
                                .paymentTerms(PaymentTerms.parse("suspend 14"))
                                .build());
        CustomerId customer = Objects.requireNonNull(tenant.customerId());
        PortalVisit owner = owner(tenant);
        PortalVisit stranger = owner(database("paid.localhost"));
        for (String path : List.of("/my", "/my/" + tenant.id())) {
            assertThat(owner.get(path).text()).as(path).doesNotContain("payment");
        }
        PaymentReport.Builder late = PaymentReport.ofCustomer(customer, PaymentState.PAST_DUE);
        server.saas
                .payments()
                .report(late.payUrl("https://pay.example.com/?a=1&b=2").build());
        for (String path : List.of("/my", "/my/" + tenant.id())) {
            Answer page = owner.get(path);
            assertThat(page.page().select(".notice").text())
                    .as(path)
                    .contains("A payment has been missing since", "this database is suspended on", "Pay now");
            assertThat(page.page().select(".notice a").attr("href")).isEqualTo("https://pay.example.com/?a=1&b=2");
            assertThat(stranger.get("/my").text()).doesNotContain("payment");
        }
        server.saas
                .payments()
                .report(PaymentReport.ofCustomer(customer, PaymentState.UNPAID).build());
        server.saas.maintenance().run();
        Answer page = owner.get("/my/" + tenant.id());
        assertThat(page.text()).contains("Suspended: unpaid", "It is reopened as soon as the payment has arrived.");
        assertThat(page.page().select(".notice a").attr("href"))
                .as("the address of the report before")
                .isEqualTo("https://pay.example.com/?a=1&b=2");
        server.saas
                .payments()
                .report(PaymentReport.ofCustomer(customer, PaymentState.PAID).build());
        server.saas
                .plans()
                .update(terms.id(), each -> each.toBuilder().paymentTerms(null).build());
        server.saas.maintenance().run();
        assertThat(owner.get("/my").text()).doesNotContain("payment");
    }

    @Test
    void changesThePlanAsShown() {
        Tenant tenant = database("grows.localhost");
        String path = "/my/" + tenant.id();
        PortalVisit owner = owner(tenant);

        Answer plans = owner.get(path + "/plan");
        assertThat(plans.page().select(".choice .name").eachText()).containsExactly("Large <b>plan</b>");
        assertThat(owner.get(path + "/plan?plan=99").status()).isEqualTo(422);
        assertThat(plans.page().select(".choice input").hasAttr("checked"))
                .as("the only choice")
                .isTrue();
        assertThat(plans.text()).contains("Changing to Large <b>plan</b>").doesNotContain("Version");
        Answer none = owner.get(path + "/plan?show=1");
        assertThat(none.status()).isEqualTo(422);
        assertThat(none.page().select("#plan-problem").text()).isEqualTo("Choose a plan.");
        Answer shown = owner.get(path + "/plan?plan=" + large.id());
        assertThat(shown.text())
                .contains("Plan Starter Large <b>plan</b>", "removed with all their data: sale", "Nothing has been");
        Answer unconfirmed = shown.submit(path + "/plan");
        assertThat(unconfirmed.status()).isEqualTo(409);
        assertThat(unconfirmed.page().select("[role=alert] a").attr("href")).isEqualTo("#accept");

        Answer started = unconfirmed.submit(path + "/plan", "accept", "true");
        Answer running = started.follow();
        assertThat(running.text()).contains("The change of the plan has started.", "Switch plan Running 0%");
        assertThat(running.page().select("#own-database").attr("data-refresh")).isEqualTo("3");
        assertThat(unconfirmed.submit(path + "/plan", "accept", "true").status())
                .as("a double click")
                .isEqualTo(409);
        server.resume();
    }

    @Test
    void movesADatabaseWhenTheOperationRuns() {
        Tenant tenant = database("moves.localhost");
        String path = "/my/" + tenant.id();
        PortalVisit owner = owner(tenant);

        owner.get(path + "/plan?plan=" + large.id()).submit(path + "/plan", "accept", "true");
        assertThat(PortalVisit.signedIn(server, "admin")
                        .get("/admin/databases/" + tenant.id())
                        .text())
                .contains("Switch plan: Waiting to start. Other changes have to wait until it has finished.");
        server.resume();

        assertThat(owner.get(path).text()).contains("Large <b>plan</b>", "Switch plan Done", "You");
        server.saas
                .plans()
                .update(large.id(), each -> each.toBuilder().graceDays(4).build());
        assertThat(owner.get(path + "/plan").page().select(".choice").eachText())
                .anyMatch(each -> each.contains("A newer version of your plan"));
        assertThat(server.saas.tenants().get(tenant.id()).maxUsers()).isEqualTo(50);
        assertThat(server.saas.database("moves.localhost").addons().count(Filter.equal(AddonStatus.INSTALLED, true)))
                .isZero();
        server.saas
                .plans()
                .update(large.id(), each -> each.toBuilder().published(false).build());
        try {
            assertThat(owner.get(path + "/plan?plan=" + plan.id()).text())
                    .contains("Your plan is no longer offered: you cannot change back yourself.");
        } finally {
            server.saas
                    .plans()
                    .update(large.id(), each -> each.toBuilder().published(true).build());
        }
    }

    @Test
    void refusesAPlanThatIsTooSmall() {
        Plan small = server.saas
                .plans()
                .create(Plan.builder("Small").published(true).maxUsers(1).build());
        try {
            Tenant tenant = database("big.localhost");
            String path = "/my/" + tenant.id() + "/plan";
            PortalVisit owner = owner(tenant);
            Answer shown = owner.get(path + "?plan=" + small.id());
            server.saas
                    .database("big.localhost")
                    .members()
                    .create(NewMember.builder("second@example.com", "Second")
                            .password("some words")
                            .build());

            Answer stale = shown.submit(path, "accept", "true");
            assertThat(stale.status()).isEqualTo(409);
            assertThat(stale.text()).contains("is different now", "the new limit is 1, the present value is 2.");
            assertThat(stale.forms().stream().map(form -> form.attr("action"))).doesNotContain(path);
            assertThat(server.saas.tenants().get(tenant.id())).isEqualTo(tenant);
        } finally {
            server.saas.plans().delete(small.id());
        }
    }

    @Test
    void downloadsTheDataOfADatabase() throws IOException {
        Tenant tenant = database("exported.localhost");
        String path = "/my/" + tenant.id();
        PortalVisit owner = owner(tenant);

        Answer archive = owner.get(path).submit(path + "/export");

        assertThat(archive.status()).isEqualTo(200);
        assertThat(archive.header("Content-Type")).isEqualTo("application/zip");
        assertThat(archive.header("Content-Disposition"))
                .isEqualTo("attachment; filename=\"exported.localhost-2026-03-01.zip\"");
        assertThat(files(archive)).endsWith("manifest.json", "files.csv");
        Answer encrypted = owner.get(path)
                .submit(
                        path + "/export",
                        "passphrase",
                        "correct horse battery staple",
                        "passphrase-again",
                        "correct horse battery staple");
        assertThat(encrypted.header("Content-Disposition"))
                .isEqualTo("attachment; filename=\"exported.localhost-2026-03-01.zip.enc\"");
        assertThat(new String(encrypted.bytes(), StandardCharsets.ISO_8859_1)).startsWith("Salted__");
        for (String wrong : List.of("short", "   ")) {
            assertPassphraseRefused(
                    owner.get(path).submit(path + "/export", "passphrase", wrong, "passphrase-again", wrong));
        }
    }

    @Test
    void aPassphraseIsEnteredTwice() {
        Tenant tenant = database("mistyped.localhost");
        String path = "/my/" + tenant.id();
        Answer page = owner(tenant).get(path);
        assertThat(page.page().select("#passphrase, #passphrase-again").eachAttr("type"))
                .containsExactly("password", "password");

        Answer refused = page.submit(
                path + "/export",
                "passphrase",
                "correct horse battery staple",
                "passphrase-again",
                "correct horse battery stable");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.page().select("#passphrase-again").attr("aria-invalid"))
                .isEqualTo("true");
        assertThat(refused.text()).contains("The two passphrases differ.");
    }

    private static void assertPassphraseRefused(Answer answer) {
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.page().select("#passphrase").attr("aria-invalid")).isEqualTo("true");
        assertThat(answer.page().select("[role=alert]").text()).contains("at least 12 characters");
    }

    @Test
    void preparesOneDownloadForADoubleClickAndFiveADay() {
        Tenant tenant = database("clicked.localhost");
        String path = "/my/" + tenant.id();
        PortalVisit owner = owner(tenant);
        Answer page = owner.get(path);
        Answer other = owner.get(path);

        Answer started = page.submit(path + "/prepare-export");
        assertThat(page.submit(path + "/prepare-export").location())
                .as("a double click")
                .isEqualTo(started.location());
        Answer busy = other.submit(path + "/prepare-export");
        assertThat(busy.status()).isEqualTo(422);
        assertThat(busy.page().select("#own-database [role=alert]").text()).contains("Another operation is working");
        server.resume();
        for (int i = 1; i < 5; i++) {
            owner.get(path).submit(path + "/prepare-export");
            server.resume();
        }
        Answer sixth = owner.get(path).submit(path + "/prepare-export");
        assertThat(sixth.status()).isEqualTo(422);
        assertThat(sixth.page().select("#own-database [role=alert]").text()).contains("more than 5 exports");
    }

    @Test
    void preparesADownloadThatContinues() throws IOException {
        Tenant tenant = database("prepared.localhost");
        String path = "/my/" + tenant.id();
        PortalVisit owner = owner(tenant);
        Answer started = owner.get(path).submit(path + "/prepare-export");
        assertThat(started.follow().text()).contains("We are preparing your data.", "Export database Running");
        server.resume();
        Answer page = owner.get(path);
        assertThat(page.text()).contains("available until 8 Mar 2026, 12:00 UTC");
        String link = page.page().select("a[href*=/export/]").attr("href");

        Answer archive = owner.get(link);
        assertThat(archive.header("Content-Disposition"))
                .isEqualTo("attachment; filename=\"prepared.localhost-2026-03-01.zip\"");
        assertThat(files(archive)).endsWith("files.csv");
        byte[] all = archive.bytes();
        assertThat(archive.header("Content-Length")).isEqualTo(Integer.toString(all.length));
        Answer rest = owner.get(link, "Range", "bytes=10-", "If-Range", archive.header("ETag"));
        assertThat(rest.status()).isEqualTo(206);
        assertThat(rest.header("Content-Range")).isEqualTo("bytes 10-" + (all.length - 1) + "/" + all.length);
        assertThat(rest.bytes()).isEqualTo(Arrays.copyOfRange(all, 10, all.length));
        assertThat(owner.get(link, "Range", "bytes=3-4").bytes()).isEqualTo(Arrays.copyOfRange(all, 3, 5));
        assertThat(owner.get(link, "Range", "bytes=10-", "If-Range", "\"older\"")
                        .bytes())
                .isEqualTo(all);
        assertThat(owner.get(link, "Range", "bytes=" + all.length + "-").status())
                .isEqualTo(416);
        assertThat(owner(database("curious.localhost")).get(link).status()).isEqualTo(404);
        Filter<Event> exports = Filter.and(
                Filter.equal(Event.TYPE, EventType.TENANT_EXPORTED), Filter.equal(Event.TENANT_ID, tenant.id()));
        long before = server.saas.events().count(exports);
        Answer head = owner.head(link, "Range", "bytes=10-");
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Length")).isEqualTo(archive.header("Content-Length"));
        assertThat(head.header("ETag")).isEqualTo(archive.header("ETag"));
        assertThat(server.saas.events().count(exports)).isEqualTo(before);
        server.storeFails.set(true);
        try {
            assertThat(owner.get(link).status()).isEqualTo(503);
        } finally {
            server.storeFails.set(false);
        }
    }

    private static List<String> files(Answer archive) throws IOException {
        List<String> files = new ArrayList<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive.bytes()))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.add(entry.getName());
            }
        }
        return files;
    }

    @Test
    void downloadsEverythingAboutACustomer() throws IOException {
        Tenant tenant = database("everything.localhost");

        Answer own = owner(tenant).get("/my/account").submit("/my/account/export");

        assertThat(own.header("Content-Disposition")).isEqualTo("attachment; filename=\"my-data-2026-03-01.zip\"");
        assertThat(files(own))
                .contains("users.csv", "tenants/everything.localhost/members.csv")
                .endsWith("files.csv");

        String path = "/admin/users/" + tenant.ownerId();
        Answer forAdministrators =
                PortalVisit.signedIn(server, "admin").get(path).submit(path + "/export");

        assertThat(forAdministrators.header("Content-Disposition"))
                .isEqualTo("attachment; filename=\"customer-" + tenant.customerId() + "-2026-03-01.zip\"");
        assertThat(files(forAdministrators)).isEqualTo(files(own));
        assertPassphraseRefused(owner(tenant)
                .get("/my/account")
                .submit("/my/account/export", "passphrase", "too short", "passphrase-again", "too short"));
        assertPassphraseRefused(PortalVisit.signedIn(server, "admin")
                .get(path)
                .submit(path + "/export", "passphrase", "too short", "passphrase-again", "too short"));
    }

    @Test
    void cutsOffADownloadThatFailsInTheMiddle() {
        Tenant tenant = database("broken.localhost");
        String path = "/my/" + tenant.id();
        Answer page = owner(tenant).get(path);
        server.exportFails.set(true);
        try {
            assertThatThrownBy(() -> page.submit(path + "/export")).hasCauseInstanceOf(IOException.class);
        } finally {
            server.exportFails.set(false);
        }
    }

    @Test
    void duplicatesADatabaseOnce() {
        Tenant tenant = database("source.localhost");
        String path = "/my/" + tenant.id() + "/duplicate";
        PortalVisit owner = owner(tenant);
        Answer form = owner.get(path);
        assertThat(form.page().select(".suffix").text()).isEqualTo(".localhost");

        Answer started = form.submit(path, "label", "second-source");
        assertThat(form.submit(path, "label", "second-source").location())
                .as("a double click")
                .isEqualTo(started.location());
        assertThat(started.follow().text()).contains("Creating second-source.localhost");
        server.resume();
        assertThat(started.follow().text()).contains("second-source.localhost is ready");
        assertThat(server.saas.tenants().findByName("second-source.localhost")).isPresent();

        owner.get(path).submit(path, "label", "look", "preview", "true");
        server.resume();
        Tenant preview = server.saas.tenants().findByName("look.localhost").orElseThrow();
        assertThat(preview.previewOf()).isEqualTo(tenant.id());
        assertThat(owner.get("/my/" + preview.id()).text()).contains("Deleted for good on 8 Mar 2026, 12:00 UTC");

        Answer wrong = owner.get(path).submit(path, "label", "Not a name");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.page().select("#label").attr("aria-invalid")).isEqualTo("true");
        assertThat(owner.get(path).submit(path, "label", "source").status()).isEqualTo(422);
    }
}
