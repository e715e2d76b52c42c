// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.BackupSchedule;
import dev.allotment.CreateTenant;
import dev.allotment.DuplicateTenant;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.backup.Backup;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.fleet.Server;
import dev.allotment.portal.PortalVisit.Answer;
import dev.allotment.spi.backup.StoredFile;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests of the pages about backups. The operations wait until the test resumes them. */
class BackupPagesTest {
    private static final String MARK = "shop.mark";
    private static PortalTestServer server;
    private static PortalVisit admin;
    private static Plan plan;

    @BeforeAll
    static void open() throws Exception {
        server = PortalTestServer.openPaused();
        admin = PortalVisit.signedIn(server, "admin");
        plan = server.plan("Starter");
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static Tenant database(String name) {
        User owner = server.signUp(name + "@example.com", "Owner of " + name);
        Tenant made = server.saas
                .tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name(name).build())
                .tenant();
        mark(made, "first");
        return made;
    }

    private static void mark(Tenant tenant, String value) {
        server.saas.database(tenant.name()).parameters().set(MARK, value);
    }

    private static String mark(String name) {
        return server.saas.database(name).parameters().value(MARK).orElse("");
    }

    private static PortalVisit owner(Tenant tenant) {
        return PortalVisit.signedIn(server, tenant.name() + "@example.com");
    }

    private static String own(Tenant tenant) {
        return "/my/" + tenant.id();
    }

    private static String administered(Tenant tenant) {
        return "/admin/databases/" + tenant.id();
    }

    @Test
    void anOwnerBacksUpInTheBackgroundOnce() {
        Tenant tenant = database("mine.localhost");
        String path = own(tenant) + "/backups";
        PortalVisit owner = owner(tenant);
        Answer empty = owner.get(path);
        assertThat(empty.text()).contains("Backups of mine.localhost", "No backups yet.");

        Answer started = empty.submit(path);
        assertThat(empty.submit(path).location()).as("a double click").isEqualTo(started.location());
        assertThat(started.location()).isEqualTo(path + "?done=backing-up");
        assertThat(started.follow().text()).contains("The backup has started.");
        Answer busy = owner.get(path);
        assertThat(busy.page().select("tbody tr").eachText()).containsExactly("1 Mar 2026, 12:00 UTC You Running 0%");
        assertThat(busy.page().select("tbody time").attr("datetime")).isEqualTo("2026-03-01T12:00:00Z");
        assertThat(busy.page().select("#own-backups").attr("data-refresh")).isNotEmpty();
        assertThat(busy.page().select("meta[http-equiv=refresh]")).isNotEmpty();
        assertThat(busy.text()).contains("Back up database: running, 0%");
        assertThat(busy.forms().stream().map(form -> form.attr("action"))).doesNotContain(path);
        server.resume();

        Answer list = owner.get(path);
        assertThat(list.page().select("tbody tr"))
                .singleElement()
                .satisfies(
                        row -> assertThat(row.text()).contains("1 Mar 2026, 12:00 UTC", " bytes ", "You", "Restore…"));
        assertThat(list.text())
                .contains("The backups of this database take ", " bytes, those of all your databases ")
                .doesNotContain("Those on this plan");
        assertThat(list.page().select("a[href$=/delete]")).isEmpty();
        assertThat(owner.get(own(tenant)).text()).contains("Back up database Done");
        assertThat(list.page().select("[data-refresh], meta[http-equiv=refresh]"))
                .isEmpty();
    }

    @Test
    void aBackupThatFailedIsInTheListUntilThereIsANewerOne() throws Exception {
        try (PortalTestServer own = PortalTestServer.openPaused()) {
            Tenant tenant = own.saas
                    .tenants()
                    .create(CreateTenant.onPlan(own.plan("Starter"))
                            .owner(own.signUp("owner@example.com", "Owner"))
                            .name("failed.localhost")
                            .build())
                    .tenant();
            PortalVisit owner = PortalVisit.signedIn(own, "owner@example.com");
            String path = own(tenant) + "/backups";
            owner.get(path).submit(path);
            own.storeIsFull.set(true);
            own.resume();
            own.storeIsFull.set(false);
            assertThat(owner.get(path).page().select("tbody tr").eachText())
                    .containsExactly("1 Mar 2026, 12:00 UTC You Failed");
            assertThat(PortalVisit.signedIn(own, "admin")
                            .get(administered(tenant) + "/backups")
                            .page()
                            .select("tbody tr")
                            .text())
                    .contains("owner@example.com Failed", "store");

            owner.get(path).submit(path);
            own.resume();
            assertThat(owner.get(path).page().select("tbody tr").eachText())
                    .singleElement()
                    .asString()
                    .contains("Restore…");
        }
    }

    @Test
    void anOwnerRestoresUnderAnotherName() {
        Tenant tenant = database("keeper.localhost");
        Backup backup = server.saas.backups().create(tenant.id(), null);
        mark(tenant, "second");
        PortalVisit owner = owner(tenant);
        String path = own(tenant) + "/backups/" + backup.id() + "/restore";
        Answer list = owner.get(own(tenant) + "/backups");
        assertThat(list.text()).contains("Your provider");
        assertThat(list.page().select("tbody a").attr("href")).isEqualTo(path);
        assertThat(owner.get(own(tenant) + "/backups/latest/restore").status()).isEqualTo(404);
        Answer form = owner.get(path);
        assertThat(form.page().select(".suffix").text()).isEqualTo(".localhost");
        assertThat(form.page().select("#server, #active")).isEmpty();

        Answer wrong = form.submit(path, "label", "Not a name");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.page().select("#label").attr("aria-invalid")).isEqualTo("true");
        Answer started = wrong.submit(path, "label", "keeper-old", "server", "2", "active", "true");
        assertThat(wrong.submit(path, "label", "keeper-old").location()).isEqualTo(started.location());
        assertThat(started.follow().text()).contains("Creating keeper-old.localhost");
        server.resume();
        assertThat(started.follow().text()).contains("keeper-old.localhost is ready");
        assertThat(server.neutralised).contains("keeper-old.localhost");
        assertThat(mark("keeper-old.localhost")).isEqualTo("first");
        assertThat(mark("keeper.localhost")).isEqualTo("second");
        assertThat(server.saas.tenants().findByName("keeper-old.localhost").orElseThrow())
                .extracting(Tenant::serverId, Tenant::ownerId)
                .containsExactly(tenant.serverId(), tenant.ownerId());
    }

    @Test
    void anOwnerRestoresInPlaceOnceAfterTypingTheName() {
        Tenant tenant = database("undo.localhost");
        Backup backup = server.saas.backups().create(tenant.id(), null);
        mark(tenant, "second");
        PortalVisit owner = owner(tenant);
        String path = own(tenant) + "/backups/" + backup.id();
        String inPlace = path + "/in-place";
        assertThat(owner.get(path + "/restore").page().select("a[href=" + inPlace + "]"))
                .hasSize(1);
        Answer form = owner.get(inPlace);
        assertThat(form.text()).contains("undo.localhost goes back to the backup of 1 Mar 2026, 12:00 UTC");

        Answer wrong = form.submit(inPlace, "name", "undo");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.page().select("#name").attr("aria-invalid")).isEqualTo("true");
        Answer started = form.submit(inPlace, "name", "undo.localhost");
        assertThat(form.submit(inPlace, "name", "undo.localhost").location())
                .as("a double click")
                .isEqualTo(started.location());
        assertThat(started.follow().text()).contains("The restore has started.", "Restore in place Running");
        assertThat(owner.get(inPlace).submit(inPlace, "name", "undo.localhost").text())
                .contains("Another operation is working on tenant");
        server.resume();

        assertThat(mark("undo.localhost")).isEqualTo("first");
        assertThat(owner.get(own(tenant)).text()).contains("Restore in place Done");
        assertThat(server.saas.backups().list(tenant.id()))
                .extracting(Backup::madeBy)
                .containsExactlyInAnyOrder("safety", "administrator");
    }

    @Test
    void anAdministratorRestoresASuspendedDatabaseInPlace() {
        Tenant tenant = database("held.localhost");
        Backup backup = server.saas.backups().create(tenant.id(), null);
        mark(tenant, "second");
        server.saas.tenants().suspend(tenant.id());
        String inPlace = administered(tenant) + "/backups/" + backup.id() + "/in-place";
        Answer started = admin.get(inPlace).submit(inPlace, "name", "held.localhost");
        assertThat(started.follow().text()).contains("The restore has started.", "Restore in place: held.localhost");
        server.resume();
        assertThat(mark("held.localhost")).isEqualTo("first");
        assertThat(server.saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.SUSPENDED);
        assertThat(owner(tenant)
                        .get(own(tenant) + "/backups/" + backup.id() + "/in-place")
                        .text())
                .contains("Only a running database");
    }

    @Test
    void anAdministratorStartsADrillOfAnyBackup() {
        Tenant tenant = database("tried.localhost");
        Backup backup = server.saas.backups().create(tenant.id(), null);
        server.saas.backups().create(tenant.id(), null);
        String path = administered(tenant) + "/backups/" + backup.id();
        Answer page = admin.get(path + "/restore");
        Answer started = page.submit(path + "/drill");
        assertThat(page.submit(path + "/drill").location()).as("a double click").isEqualTo(started.location());
        assertThat(started.follow().text()).contains("The drill has started.", "Drill backup");
        server.resume();
        assertThat(started.follow().text()).contains("Done", "Members 3");
        assertThat(admin.get("/admin").page().select("[aria-labelledby=drill]").text())
                .contains(
                        "The backup can be restored",
                        "tried.localhost",
                        backup.id().toString());
    }

    @Test
    void anAdministratorBacksUpFromARestoredServer() {
        Tenant tenant = database("past.localhost");
        String path = administered(tenant) + "/backups";
        assertThat(admin.get(path).page().select("#source")).isEmpty();
        Server past = server.saas
                .servers()
                .create(Server.builder("past <evil-tag>")
                        .backend(PortalTestServer.PAST)
                        .state(Server.State.SOURCE)
                        .build());
        try {
            Answer page = admin.get(path);
            assertThat(page.page().select("#source option").text()).isEqualTo("past <evil-tag>");
            assertThat(owner(tenant).get(own(tenant) + "/backups").page().select("#source"))
                    .isEmpty();
            Answer started = page.submit(path + "/from-source");
            assertThat(page.submit(path + "/from-source").location())
                    .as("a double click")
                    .isEqualTo(started.location());
            assertThat(started.follow().text()).contains("The backup has started.");
            server.resume();
            assertThat(server.saas.backups().list(tenant.id()))
                    .extracting(Backup::madeBy)
                    .containsExactly("source");
        } finally {
            server.saas.servers().delete(past.id());
        }
    }

    @Test
    void areDownloadedByOwnersAndAdministrators() {
        Tenant tenant = database("taken-home.localhost");
        String backup = server.saas.backups().create(tenant.id(), null).id().toString();
        for (String path : List.of(own(tenant), administered(tenant))) {
            PortalVisit visitor = path.startsWith("/my") ? owner(tenant) : admin;
            Answer archive = visitor.get(path + "/backups").submit(path + "/backups/" + backup + "/download");
            assertThat(archive.header("Content-Disposition"))
                    .isEqualTo("attachment; filename=\"taken-home.localhost-backup-2026-03-01.zip\"");
            assertThat(new String(archive.bytes(), StandardCharsets.ISO_8859_1)).contains("members.csv", "files.csv");
        }
        Answer list = owner(tenant).get(own(tenant) + "/backups");
        server.storeFails.set(true);
        try {
            Answer refused = list.submit(own(tenant) + "/backups/" + backup + "/download");
            assertThat(refused.status()).isEqualTo(409);
            assertThat(refused.text()).contains("The backups cannot be reached right now.");
        } finally {
            server.storeFails.set(false);
        }
    }

    @Test
    void areShownToTheOwnerOnly() {
        Tenant tenant = database("private.localhost");
        Backup backup = server.saas.backups().create(tenant.id(), null);
        PortalVisit stranger = owner(database("stranger.localhost"));
        String path = own(tenant) + "/backups";
        String restore = path + "/" + backup.id() + "/restore";
        String inPlace = path + "/" + backup.id() + "/in-place";
        Map<String, String> fields = Map.of(
                "form",
                stranger.get("/my").page().select("input[name=form]").val(),
                "label",
                "stolen",
                "name",
                tenant.name());
        for (String each : new String[] {path, restore, inPlace}) {
            assertThat(stranger.get(each).status()).isEqualTo(404);
            assertThat(stranger.post(each, fields, "Origin", stranger.origin()).status())
                    .isEqualTo(404);
        }
        String download = path + "/" + backup.id() + "/download";
        assertThat(stranger.post(download, fields, "Origin", stranger.origin()).status())
                .isEqualTo(404);
        String administered = administered(tenant) + "/backups";
        String delete = administered + "/" + backup.id() + "/delete";
        PortalVisit owner = owner(tenant);
        for (String each : new String[] {administered, administered + "/" + backup.id() + "/restore", delete}) {
            assertThat(owner.get(each).status()).isEqualTo(403);
        }
        String token = owner.get(path).page().select("input[name=form]").val();
        String drill = administered + "/" + backup.id() + "/drill";
        for (String each : new String[] {delete, drill, administered + "/from-source"}) {
            assertThat(owner.post(each, Map.of("form", token, "source", "2"), "Origin", owner.origin())
                            .status())
                    .isEqualTo(403);
        }
        assertThat(owner.get(path + "/" + tenant.uuid() + "/restore").status()).isEqualTo(404);
        assertThat(server.saas.backups().list(tenant.id())).containsExactly(backup);
        assertThat(server.saas.tenants().findByName("stolen.localhost")).isEmpty();
    }

    @Test
    void anOwnerOfASuspendedDatabaseBacksUpButDoesNotRestore() {
        Tenant tenant = database("closed.localhost");
        Backup backup = server.saas.backups().create(tenant.id(), null);
        server.saas.tenants().suspend(tenant.id());
        String path = own(tenant) + "/backups";
        PortalVisit owner = owner(tenant);
        Answer list = owner.get(path);
        assertThat(list.text()).contains("You can restore backups while the database is running");
        assertThat(list.page().select("tbody a")).isEmpty();
        String restore = path + "/" + backup.id() + "/restore";
        assertThat(owner.get(restore).text()).contains("Only a backup of a running database");
        assertThat(owner.post(
                                restore,
                                Map.of(
                                        "form",
                                        list.page().select("input[name=form]").val(),
                                        "label",
                                        "reopened"),
                                "Origin",
                                owner.origin())
                        .status())
                .isEqualTo(422);
        assertThat(list.submit(path).status()).isEqualTo(303);
        server.resume();
        assertThat(server.saas.backups().list(tenant.id())).hasSize(2);
    }

    @Test
    void anOwnerIsToldHowManyBackupsADayHas() {
        Tenant tenant = database("eager.localhost");
        String path = own(tenant) + "/backups";
        PortalVisit owner = owner(tenant);
        for (int i = 0; i < 7; i++) {
            server.saas.actingAs(tenant.ownerId()).backups().create(tenant.id(), null);
        }
        Answer refused = owner.get(path).submit(path);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.page().select("[role=alert]").text()).contains("more than 7 backups", "in 24 hours");
    }

    @Test
    void anAdministratorRestoresOnAnotherServerAndDeletes() {
        Tenant tenant = database("shop.localhost");
        String path = administered(tenant) + "/backups";
        assertThat(admin.get(administered(tenant)).page().select("a[href=" + path + "]"))
                .hasSize(1);
        Answer started = admin.get(path).submit(path);
        assertThat(started.location()).isEqualTo(path + "?done=backing-up");
        assertThat(started.follow().text()).contains("The backup has started.", "admin Running 0%");
        server.resume();
        Backup backup = server.saas.backups().list(tenant.id()).get(0);
        assertThat(admin.get(path).text()).contains("Administrator");

        Server second = server.saas
                .servers()
                .create(Server.builder("<evil-tag>").weight(0).build());
        String restore = path + "/" + backup.id() + "/restore";
        Answer restoring = admin.get(restore)
                .submit(
                        restore,
                        "label",
                        "back.localhost",
                        "server",
                        second.id().toString(),
                        "active",
                        "true");
        assertThat(restoring.follow().text()).contains("The restore has started.");
        server.resume();
        Tenant restored = server.saas.tenants().findByName("back.localhost").orElseThrow();
        assertThat(restored.state()).isEqualTo(TenantState.OPEN);
        assertThat(restored.serverId()).isEqualTo(second.id());
        assertThat(server.neutralised).doesNotContain("back.localhost");
        Answer taken = admin.get(restore).submit(restore, "label", "back.localhost");
        assertThat(taken.status()).isEqualTo(422);
        assertThat(taken.page().select("[role=alert] a").attr("href")).isEqualTo("#label");

        String delete = path + "/" + backup.id() + "/delete";
        Answer asked = admin.get(delete);
        assertThat(asked.text()).contains("deleted for good");
        assertThat(asked.submit(delete).follow().text()).contains("The backup is deleted.", "No backups yet.");
        assertThat(asked.submit(delete).status()).as("a double click").isEqualTo(303);
        assertThat(admin.get(delete).status()).isEqualTo(404);
    }

    @Test
    void anAdministratorDeletesABackupThatWasDamagedMeanwhile() {
        Tenant tenant = database("damaged.localhost");
        Backup backup = server.saas.backups().create(tenant.id(), null);
        String delete = administered(tenant) + "/backups/" + backup.id() + "/delete";
        Answer asked = admin.get(delete);
        Predicate<StoredFile> ofBackup =
                file -> file.name().contains(backup.id().toString());
        String folder = tenant.uuid() + "/";
        server.backups.list(folder).stream()
                .filter(ofBackup)
                .forEach(file -> server.backups.replace(file.name(), new byte[] {'x'}));
        assertThat(server.saas.backups().find(tenant.id(), backup.id())).isEmpty();

        assertThat(asked.submit(delete).follow().text()).contains("The backup is deleted.");

        assertThat(server.backups.list(folder)).noneMatch(ofBackup);
    }

    @Test
    void anAdministratorRestoresWhatIsRetained() {
        Tenant tenant = database("retained.localhost");
        Backup backup = server.saas.backups().create(tenant.id(), null);
        server.saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        try {
            server.saas.tenants().delete(tenant.id());
        } finally {
            server.saas.parameters().set(Parameter.RETENTION_DAYS, "0");
        }
        String path = administered(tenant) + "/backups";
        Answer list = admin.get(path);
        assertThat(list.forms().stream().map(form -> form.attr("action"))).doesNotContain(path);
        String restore = path + "/" + backup.id() + "/restore";
        admin.get(restore).submit(restore, "label", "again.localhost").follow();
        server.resume();
        assertThat(mark("again.localhost")).isEqualTo("first");
    }

    @Test
    void aStoreThatFailsIsNamedOnAPageThatWorks() {
        Tenant tenant = database("dark.localhost");
        Backup backup = server.saas.backups().create(tenant.id(), null);
        PortalVisit owner = owner(tenant);
        String path = own(tenant) + "/backups";
        Answer before = owner.get(path);
        Answer form = owner.get(path + "/" + backup.id() + "/restore");
        server.storeFails.set(true);
        try {
            assertThat(owner.get(own(tenant)).status()).isEqualTo(200);
            Answer list = owner.get(path);
            assertThat(list.status()).isEqualTo(200);
            assertThat(list.page().select("[role=alert]").text())
                    .contains("The backups cannot be reached right now.", "Get help");
            assertThat(before.submit(path).status()).isEqualTo(409);
            assertThat(form.submit(path + "/" + backup.id() + "/restore", "label", "dark-old")
                            .status())
                    .isEqualTo(409);
            Answer administered = admin.get(administered(tenant) + "/backups");
            assertThat(administered.text())
                    .contains("The store of the backups is unavailable")
                    .doesNotContain("/srv");
            for (String action : new String[] {"restore", "delete"}) {
                assertThat(admin.get(administered(tenant) + "/backups/" + backup.id() + "/" + action)
                                .status())
                        .isEqualTo(409);
            }
        } finally {
            server.storeFails.set(false);
        }
        assertThat(owner.get(path).text()).contains("Restore…");
    }

    @Test
    void theOverviewShowsTheLastDrill() {
        Tenant tenant = database("drilled.localhost");
        Backup backup = server.saas.backups().create(tenant.id(), null);
        server.saas.backups().drill(tenant.id(), null);
        Element drill =
                admin.get("/admin").page().select("[aria-labelledby=drill]").first();
        assertThat(drill.text())
                .contains("The backup can be restored", backup.id().toString(), "Next drill As soon as possible")
                .doesNotContain("Failed drills");
        Answer list = admin.get(drill.select("a").first().attr("href"));
        assertThat(list.page().select("tbody tr"))
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row.text()).contains("Drill backup"));
        assertThat(admin.get(drill.select("a").last().attr("href")).text()).contains("drilled.localhost");
        server.backups.delete(server.backups.list(tenant.uuid() + "/key").get(0).name());
        assertThatThrownBy(() -> server.saas.backups().drill(tenant.id(), backup.id()))
                .isInstanceOf(SaasException.class);
        assertThat(admin.get("/admin").page().select("[aria-labelledby=drill]").text())
                .contains("Result Failed: backup.damaged", "drilled.localhost", "Failed drills 1 since 1 Mar 2026");
    }

    @Test
    void aPageShowsWhatNeedsAttention() {
        Tenant tenant = database("attention.localhost");
        server.saas.backups().create(tenant.id(), null);
        server.saas.backups().drill(tenant.id(), null);
        Plan scheduled = server.plan("Scheduled");
        server.saas
                .plans()
                .update(
                        scheduled.id(),
                        each -> each.toBuilder()
                                .backups(BackupSchedule.parse("every 24h"))
                                .build());
        server.saas
                .tenants()
                .create(CreateTenant.onPlan(scheduled)
                        .owner(server.signUp("late@example.com", "Late"))
                        .name("late.localhost")
                        .build());
        String path = admin.get("/admin").page().select("a[href$=/backups]").attr("href");
        Answer page = admin.get(path);
        assertThat(page.page().select("[aria-label=Overdue]").text()).contains("No scheduled backup has been due");
        assertThat(page.page().select("[aria-label=Restore drills] tr").eachText())
                .anySatisfy(row -> assertThat(row).contains("attention.localhost", "The backup can be restored"));
        assertThat(page.page().select("[aria-label=Largest backups] tr").eachText())
                .anySatisfy(row ->
                        assertThat(row).contains("attention.localhost", "Owner of attention.localhost", "bytes"));

        Instant before = server.clock.instant();
        server.clock.advance(Duration.ofHours(2));
        try {
            assertThat(admin.get(path).page().select("[aria-label=Overdue]").text())
                    .contains("late.localhost", "1 Mar 2026, 12:00 UTC")
                    .doesNotContain("attention.localhost");
        } finally {
            server.clock.set(before);
        }
        assertThat(owner(tenant).get(path).status()).isEqualTo(403);
    }

    @Test
    void theLargestBackupsAreThoseOfTheNewestDay() {
        Tenant tenant = database("emptied.localhost");
        Backup backup = server.saas.backups().create(tenant.id(), null);
        String rows = "[aria-label=Largest backups] tr";
        Instant before = server.clock.instant();
        server.clock.advance(Duration.ofDays(1));
        try {
            assertThat(admin.get("/admin/backups").page().select(rows).text()).contains("emptied.localhost");
            server.saas.backups().delete(tenant.id(), backup.id());
            server.saas.tenants().sync(tenant.id());
            assertThat(admin.get("/admin/backups").page().select(rows).text()).doesNotContain("emptied.localhost");
        } finally {
            server.clock.set(before);
        }
    }

    @Test
    void theOverviewCountsBackupsThatFailed() {
        Tenant tenant = database("unlucky.localhost");
        String path = own(tenant) + "/backups";
        PortalVisit owner = owner(tenant);
        String tile = ".attention a[href*=kind=BACK_UP_TENANT]";
        assertThat(admin.get("/admin").page().select(tile)).isEmpty();
        owner.get(path).submit(path);
        server.storeIsFull.set(true);
        try {
            server.resume();
        } finally {
            server.storeIsFull.set(false);
        }
        assertThat(owner.get(own(tenant)).text())
                .contains("Back up database Failed")
                .doesNotContain("internal error");
        Answer overview = admin.get("/admin");
        assertThat(overview.page().select(tile).text()).isEqualTo("1 failed backup since yesterday");
        String list = overview.page().select(tile).attr("href");
        assertThat(admin.get(list).page().select("tbody tr"))
                .singleElement()
                .satisfies(row -> assertThat(row.text()).contains("unlucky.localhost"));
    }

    @Test
    void anOwnerSwapsWithARestoredDatabase() {
        Tenant tenant = database("swapped.localhost");
        String path = own(tenant) + "/swap";
        PortalVisit owner = owner(tenant);
        server.saas
                .tenants()
                .create(CreateTenant.onPlan(server.plan("Unrelated"))
                        .owner(Objects.requireNonNull(tenant.ownerId()))
                        .name("unrelated.localhost")
                        .build());
        assertThat(owner.get(path).text()).contains("There is no database to swap with.");
        Backup backup = server.saas.backups().create(tenant.id(), null);
        Tenant beside = server.saas
                .actingAs(Objects.requireNonNull(tenant.ownerId()))
                .backups()
                .restore(RestoreBackup.builder(tenant.id(), backup.id())
                        .name("beside")
                        .build())
                .tenant();
        mark(tenant, "second");
        assertThat(owner.get(own(tenant) + "/backups").page().select("a[href=" + path + "]"))
                .hasSize(1);
        Answer form = owner.get(path);
        assertThat(form.page().select("#other option").eachText())
                .singleElement()
                .satisfies(each -> assertThat(each).startsWith("beside.localhost, made on "));

        Answer refused = form.submit(path, "other", beside.id().toString());
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text()).contains("neutralised");
        Answer started = refused.submit(path, "other", beside.id().toString(), "neutralised", "true");
        assertThat(started.follow().text()).contains("The swap has started.");
        server.resume();

        assertThat(mark("swapped.localhost")).isEqualTo("first");
        assertThat(mark("beside.localhost")).isEqualTo("second");
        assertThat(owner.get(own(beside)).text())
                .contains("swap again on the page of the database that it was restored or copied from");
        PortalVisit stranger = owner(database("swapless.localhost"));
        assertThat(stranger.get(path).status()).isEqualTo(404);
    }

    @Test
    void anAdministratorSwapsAndResumesTheOther() {
        Tenant tenant = database("swapping.localhost");
        Tenant copy = server.saas
                .tenants()
                .duplicate(DuplicateTenant.builder(tenant.id())
                        .name("copied.localhost")
                        .build())
                .tenant();
        server.saas
                .tenants()
                .duplicate(DuplicateTenant.builder(tenant.id())
                        .name("newer.localhost")
                        .build());
        String path = administered(tenant) + "/swap";

        Answer form = admin.get(path);
        assertThat(form.page().select("#other option").eachText())
                .satisfiesExactly(
                        newer -> assertThat(newer).startsWith("newer.localhost, "),
                        older -> assertThat(older).startsWith("copied.localhost, "));
        Answer started = form.submit(path, "other", copy.id().toString(), "neutralised", "true");

        assertThat(started.location()).startsWith("/admin/operations/");
        assertThat(started.follow().text()).contains("The swap has started.", "Swap databases");
        server.resume();
        assertThat(server.saas.tenants().get(copy.id()).suspendedFor()).containsExactly("swapped");
        assertThat(admin.get(administered(copy)).page().select("form[action$=/resume]"))
                .hasSize(1);
    }
}
