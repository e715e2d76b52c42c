// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.export;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.NewUser;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.TeamRole;
import dev.allotment.Tenant;
import dev.allotment.Usage;
import dev.allotment.User;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.Member;
import dev.allotment.access.NewApiKey;
import dev.allotment.backup.Backup;
import dev.allotment.billing.PaymentReport;
import dev.allotment.billing.PaymentState;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.TestAddon;
import dev.allotment.identity.MailDomain;
import dev.allotment.spi.backup.StoredFile;
import dev.allotment.team.NewInvitation;
import dev.allotment.team.TenantLimit;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ExportsTest {
    private final Fixture fixture = new Fixture(TestAddon.of("sale"));
    private final Saas saas = fixture.saas;
    private final User owner = fixture.signUp("owner@example.com");
    private final Plan plan = fixture.plan(Plan.builder("Gold"));
    private final Tenant shop = tenant(owner, "shop");

    private Tenant tenant(User of, String name) {
        return saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(of).name(name).build())
                .tenant();
    }

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private static Map<String, String> files(byte[] archive) {
        Map<String, String> files = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    private Map<String, String> exported(Saas view) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        view.exports().write(shop.id(), out);
        return files(out.toByteArray());
    }

    private List<Event> exports() {
        return saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.TENANT_EXPORTED)));
    }

    @Test
    void hasEverythingThatTheCustomerMayRead() {
        saas.configuration()
                .apply(
                        shop.id(),
                        ConfigurationChange.builder()
                                .install("sale")
                                .parameter("company.name", "=\"Shop\", Ltd.")
                                .hiddenParameter("mail.password", "hidden-4711")
                                .build());

        Map<String, String> files = exported(saas.actingAs(owner.id()));

        assertThat(files.keySet())
                .containsExactly(
                        "README.txt",
                        "members.csv",
                        "groups.csv",
                        "memberships.csv",
                        "addons.csv",
                        "parameters.csv",
                        "database/scripts.txt",
                        "manifest.json",
                        "files.csv");
        assertThat(files.get("members.csv")).startsWith("id,login,name,email,").contains("owner@example.com");
        assertThat(files.get("parameters.csv")).contains("company.name,\"=\"\"Shop\"\", Ltd.\"\n");
        assertThat(files.get("addons.csv")).contains("\nsale,");
        assertThat(files.get("manifest.json"))
                .contains("\"name\":\"shop\"", "\"plan\":\"Gold\"", "\"uuid\":\"" + shop.uuid() + "\"");
        assertThat(String.join("\n", files.values())).doesNotContain("hidden-4711", "pbkdf2");
        assertThat(files.get("files.csv").lines()).hasSize(files.size());
        assertThat(exports()).singleElement().satisfies(event -> {
            assertThat(event.actor()).isEqualTo(owner.login());
            assertThat(event.tenantId()).isEqualTo(shop.id());
        });
    }

    @Test
    void isForAdministratorsAndTheOwnerOnly() {
        User colleague = saas.actingAs(owner.id())
                .accounts()
                .signUp(SignUp.builder("colleague@example.com", "Colleague", Fixture.PASSWORD)
                        .build());
        for (User other : List.of(fixture.signUp("stranger@example.com"), colleague)) {
            assertRefusal(() -> exported(saas.actingAs(other.id()))).isEqualTo(ErrorCodes.RECORD_MISSING);
        }
        User boss = fixture.administrator("boss@example.com");
        assertThat(exported(saas.actingAs(boss.id()))).isNotEmpty();
        assertThat(exports()).hasSize(1);
    }

    @Test
    void isRefusedLikeABackupByStateAndWhileTheTenantIsBusy() {
        saas.tenants().suspend(shop.id());
        assertThat(exported(saas)).isNotEmpty();
        saas.tenants().resume(shop.id());
        AtomicBoolean tried = new AtomicBoolean();
        fixture.backend.once("before close", () -> {
            assertRefusal(() -> exported(saas)).isEqualTo(ErrorCodes.TENANT_BUSY);
            tried.set(true);
        });
        saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        saas.tenants().delete(shop.id());
        assertThat(tried).isTrue();
        assertRefusal(() -> exported(saas)).isEqualTo(ErrorCodes.TENANT_STATE);
    }

    /** Exports a tenant, and does something when the archive starts. */
    private static void export(Saas view, Tenant tenant, Runnable meanwhile) {
        AtomicBoolean started = new AtomicBoolean();
        view.exports().write(tenant.id(), new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int offset, int length) {
                if (started.compareAndSet(false, true)) {
                    meanwhile.run();
                }
            }
        });
        assertThat(started).isTrue();
    }

    private static void assertBusy(Saas view, Tenant tenant) {
        assertRefusal(() -> view.exports().write(tenant.id(), new ByteArrayOutputStream()))
                .isEqualTo(ErrorCodes.EXPORT_BUSY);
    }

    @Test
    void isMadeTwiceAtOnceByANode() {
        Tenant second = tenant(owner, "second");
        Tenant third = tenant(owner, "third");

        export(saas, shop, () -> export(saas, second, () -> assertBusy(saas, third)));

        export(saas, second, () -> export(saas, third, () -> {}));
        assertThat(exports()).as("refused ones are not recorded").hasSize(4);
    }

    @Test
    void isMadeOnceAtOnceForATenantAndForAnAccount() {
        Saas own = saas.actingAs(owner.id());
        Tenant second = tenant(owner, "second");
        User other = fixture.signUp("other@example.com");
        Tenant market = tenant(other, "market");

        export(own, shop, () -> {
            assertBusy(own, shop);
            assertBusy(own, second);
            assertBusy(saas, shop);
            export(saas.actingAs(other.id()), market, () -> {});
        });

        export(own, second, () -> {});
    }

    @Test
    void endsIfItsReaderFailsOrIsTooSlow() {
        List<OutputStream> readers = new ArrayList<>();
        readers.add(new OutputStream() {
            @Override
            public void write(int next) throws IOException {
                throw new IOException("The reader is gone");
            }
        });
        ByteArrayOutputStream slow = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int offset, int length) {
                super.write(bytes, offset, length);
                fixture.seconds(61);
            }
        };
        readers.add(slow);
        saas.configuration()
                .apply(
                        shop.id(),
                        ConfigurationChange.builder()
                                .parameter("company.logo", incompressible())
                                .build());
        for (OutputStream reader : readers) {
            assertThatThrownBy(() -> saas.exports().write(shop.id(), reader)).isInstanceOf(UncheckedIOException.class);
        }
        assertThat(slow.size()).as("given up early").isBetween(1, 4096);
        assertThat(exported(saas)).isNotEmpty();
    }

    private static String incompressible() {
        byte[] bytes = new byte[8000];
        new Random(1).nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Test
    void isEncryptedWithAPassphrase() throws IOException {
        Saas own = saas.actingAs(owner.id());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream encrypted = own.exports().encrypted(out, "correct horse battery staple")) {
            own.exports().write(shop.id(), encrypted);
        }
        assertThat(out.toString(StandardCharsets.ISO_8859_1))
                .startsWith("Salted__")
                .doesNotContain("README.txt");
        assertThat(out.size() % 16).isZero();
        assertRefusal(() -> own.exports().encrypted(out, "horse")).isEqualTo(ErrorCodes.EXPORT_PASSPHRASE_INVALID);
    }

    private Map<String, String> exportedBackup(Saas view, Backup backup) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        view.exports().writeBackup(shop.id(), backup.id(), out);
        return files(out.toByteArray());
    }

    private void set(String value) {
        ConfigurationChange.Builder change = ConfigurationChange.builder()
                .parameter("company.name", value)
                .hiddenParameter("mail.password", "hidden-4711");
        saas.configuration().apply(shop.id(), change.build());
    }

    @Test
    void ofABackupHasTheStateOfItsTime() {
        set("before, \"1\"");
        Backup backup = saas.backups().create(shop.id(), null);
        set("after");
        Map<String, String> present = exported(saas);
        saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        saas.tenants().delete(shop.id());

        Map<String, String> files = exportedBackup(saas.actingAs(owner.id()), backup);

        assertThat(files.keySet()).containsExactlyInAnyOrderElementsOf(present.keySet());
        assertThat(files.get("parameters.csv")).contains("company.name,\"before, \"\"1\"\"\"\n");
        assertThat(files)
                .containsEntry("members.csv", present.get("members.csv"))
                .containsEntry("addons.csv", present.get("addons.csv"));
        assertThat(files.get("manifest.json"))
                .contains("\"backup\":\"" + backup.id() + "\"", "\"plan\":\"Gold\"", "\"members\":");
        assertThat(files.get("files.csv").lines()).hasSize(files.size());
        assertThat(String.join("\n", files.values())).doesNotContain("hidden-4711", "pbkdf2");
        assertThat(exports()).hasSize(2).last().satisfies(event -> {
            assertThat(event.actor()).isEqualTo(owner.login());
            assertThat(event.details())
                    .containsEntry("backup", backup.id().toString())
                    .containsEntry("name", "shop");
        });
    }

    @Test
    void ofABackupIsForTheSamePersonsAndTakesAPlace() {
        Backup backup = saas.backups().create(shop.id(), null);
        Backup other = saas.backups().create(tenant(owner, "market").id(), null);
        Saas stranger = saas.actingAs(fixture.signUp("stranger@example.com").id());
        assertRefusal(() -> exportedBackup(stranger, backup)).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> exportedBackup(saas, other)).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(exports()).isEmpty();
        export(
                saas,
                shop,
                () -> assertRefusal(() -> exportedBackup(saas, backup)).isEqualTo(ErrorCodes.EXPORT_BUSY));
        assertThat(exportedBackup(saas, backup)).isNotEmpty();
    }

    @Test
    void ofABackupIsCutOffIfTheBackupIsDamaged() {
        Backup backup = saas.backups().create(shop.id(), null);
        String content = fixture.backups.list("").stream()
                .map(StoredFile::name)
                .filter(name -> name.endsWith(".content"))
                .findFirst()
                .orElseThrow();
        byte[] stored = fixture.backups.get(content);
        fixture.backups.replace(content, Arrays.copyOf(stored, stored.length - 1));
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        assertRefusal(() -> saas.exports().writeBackup(shop.id(), backup.id(), out))
                .isEqualTo(ErrorCodes.BACKUP_DAMAGED);

        assertThat(out.toString(StandardCharsets.ISO_8859_1)).doesNotContain("PK\u0005\u0006");
    }

    private Map<String, String> exportedCustomer(Saas view) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        view.exports().writeCustomer(owner.customerId(), out);
        return files(out.toByteArray());
    }

    private List<Event> customerExports() {
        return saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.CUSTOMER_EXPORTED)));
    }

    @Test
    void ofACustomerHasItsRecordsAndAllItsTenants() {
        User boss = fixture.administrator("boss@example.com");
        Tenant market = tenant(owner, "market");
        Tenant gone = saas.tenants()
                .duplicate(DuplicateTenant.builder(market.id()).name("gone").build())
                .tenant();
        Tenant other = tenant(fixture.signUp("other@example.com"), "other");
        saas.backups().create(market.id(), null);
        saas.tenants().sync(market.id());
        saas.tenants().purge(gone.id());
        saas.actingAs(boss.id(), "203.0.113.9").tenants().suspend(market.id());
        saas.customers()
                .update(
                        owner.customerId(),
                        each -> each.toBuilder()
                                .attribute("stripe.customer", "cus_4711")
                                .build());
        Saas own = saas.actingAs(owner.id(), "192.0.2.7");
        String secret = own.apiKeys()
                .create(new NewApiKey(
                        "nightly job",
                        ApiKeyScope.READ_ONLY,
                        fixture.clock.instant().plus(Duration.ofDays(30))))
                .secret();

        saas.database("shop")
                .actingAs(Member.ADMINISTRATOR)
                .apiKeys()
                .create(new NewApiKey("Till", ApiKeyScope.EVERYTHING, null));

        Map<String, String> files = exportedCustomer(own);

        assertThat(files.keySet())
                .startsWith(
                        "README.txt",
                        "customers.csv",
                        "users.csv",
                        "api_keys.csv",
                        "team_members.csv",
                        "team_invitations.csv",
                        "mail_domains.csv",
                        "support_accesses.csv",
                        "support_uses.csv",
                        "support_settings.csv",
                        "tenants.csv",
                        "custom_domains.csv",
                        "usage.csv",
                        "payments.csv",
                        "operations.csv",
                        "events.csv")
                .contains("tenants/shop/README.txt", "tenants/shop/members.csv", "tenants/market/database/scripts.txt")
                .noneMatch(name -> name.contains("gone") || name.contains("other"))
                .endsWith("manifest.json", "files.csv");
        assertThat(files.get("users.csv")).contains("owner@example.com").doesNotContain("other@example.com");
        assertThat(files.get("api_keys.csv")).contains("nightly job");
        assertThat(files.get("tenants.csv"))
                .contains(",shop,OPEN,", ",market,SUSPENDED,", ",gone,DELETED,", ",tenants/shop\n", ",Gold,");
        long backedUp = saas.usage()
                .list(Query.where(Filter.equal(Usage.TENANT_ID, market.id())))
                .get(0)
                .backupSizeBytes();
        assertThat(backedUp).isPositive();
        assertThat(files.get("usage.csv"))
                .contains(",backup_bytes,peak_backup_bytes,", "," + backedUp + "," + backedUp + ",");
        assertThat(files.get("events.csv"))
                .contains("TENANT_SUSPENDED", ",provider,", "CUSTOMER_EXPORTED", "192.0.2.7", "TENANT_DUPLICATED")
                .contains(" in shop,")
                .doesNotContain("sourceServer", "\"\"server\"\"");
        assertThat(files.get("tenants/shop/members.csv")).contains("owner@example.com");
        assertThat(files.get("files.csv")).contains("\ntenants/market/files.csv,", "\nmanifest.json,");
        assertThat(files.get("files.csv").lines()).hasSize(files.size());
        assertThat(files.get("tenants/shop/files.csv")).contains("\nmembers.csv,");
        assertThat(String.join("\n", files.values()))
                .doesNotContain(
                        secret,
                        "pbkdf2",
                        "boss@example.com",
                        "203.0.113.9",
                        "cus_4711",
                        other.uuid().toString());
        assertThat(exportedCustomer(saas.actingAs(boss.id())).get("customers.csv"))
                .contains("cus_4711");
        assertThat(customerExports()).hasSize(2).first().satisfies(event -> {
            assertThat(event.actor()).isEqualTo(owner.login());
            assertThat(event.details()).containsEntry("tenants", "2");
        });
        assertThat(exports()).as("each tenant has its own entry").hasSize(4);

        saas.tenants().rename(shop.id(), "store");
        assertThat(exportedCustomer(own).get("events.csv"))
                .as("a member under the former name of its tenant")
                .contains(" in shop,");
    }

    @Test
    void ofACustomerHasItsPaymentStatesOnly() {
        User stranger = fixture.signUp("stranger@example.com");
        Tenant other = tenant(stranger, "other");
        Instant since = fixture.clock.instant();
        for (PaymentReport.Builder each : List.of(
                PaymentReport.ofCustomer(owner.customerId(), PaymentState.UNPAID)
                        .reference("A-1")
                        .payUrl("https://pay.example.com/1"),
                PaymentReport.ofTenant(shop.id(), PaymentState.PAID).reference("A-2"),
                PaymentReport.ofCustomer(stranger.customerId(), PaymentState.PAST_DUE)
                        .reference("B-1")
                        .payUrl("https://pay.example.com/2"),
                PaymentReport.ofTenant(other.id(), PaymentState.PAID).reference("B-2"))) {
            saas.payments().report(each.build());
        }

        String payments = exportedCustomer(saas.actingAs(owner.id())).get("payments.csv");

        assertThat(payments.lines())
                .containsExactly(
                        "tenant,state,since,reference,pay_url,reported_at",
                        ",UNPAID," + since + ",A-1,https://pay.example.com/1," + since,
                        shop.id() + ",PAID," + since + ",A-2,," + since);
    }

    @Test
    void ofACustomerIsForItselfAndAdministrators() {
        User stranger = fixture.signUp("stranger@example.com");
        assertRefusal(() -> exportedCustomer(saas.actingAs(stranger.id()))).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(exportedCustomer(
                        saas.actingAs(fixture.administrator("boss@example.com").id())))
                .isNotEmpty();
        assertThat(customerExports()).hasSize(1);
    }

    @Test
    void ofACustomerLeavesOutTenantsThatAnOwnerOfItCannotSee() {
        Tenant market = tenant(fixture.signUp("other@example.com"), "market");
        saas.tenants()
                .update(
                        market.id(),
                        each -> each.toBuilder().customerId(owner.customerId()).build());

        User limited = saas.accounts()
                .create(NewUser.builder("limited@example.com", "Limited")
                        .customerId(owner.customerId())
                        .teamRole(TeamRole.OWNER)
                        .build());
        saas.actingFor(owner.customerId()).teams().change(limited.id(), TeamRole.OWNER, TenantLimit.OWNED);
        saas.actingAs(owner.id()).teams().invite(NewInvitation.of("new@example.com", TeamRole.READER));
        MailDomain domain = saas.actingAs(owner.id()).mailDomains().add("example.com");

        Map<String, String> own = exportedCustomer(saas.actingAs(limited.id()));

        assertThat(own.keySet()).noneMatch(name -> name.startsWith("tenants/"));
        assertThat(own.get("tenants.csv")).doesNotContain("market");
        assertThat(own.get("team_members.csv"))
                .contains(owner.id() + ",OWNER,all,", limited.id() + ",OWNER,,")
                .doesNotContain(owner.login());
        assertThat(own.get("team_invitations.csv")).contains("new@example.com,READER,all,PENDING,");
        assertThat(own.get("mail_domains.csv")).contains("example.com,,,").doesNotContain(domain.token());
        assertThat(exportedCustomer(saas)).containsKey("tenants/market/members.csv");
    }

    @Test
    void ofACustomerDoesNotStartIfATenantCannotBeRead() {
        tenant(owner, "market");
        fixture.backend.watch(step -> {
            if (step.equals("before find")) {
                throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "unreachable", null);
            }
        });
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertRefusal(() -> saas.exports().writeCustomer(owner.customerId(), out))
                .isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
        assertThat(out.size()).isZero();
        assertThat(customerExports()).isEmpty();
        fixture.backend.unwatch();
    }

    @Test
    void ofACustomerIsCutOffIfATenantFailsLater() {
        Tenant market = tenant(owner, "market");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        fixture.backend.watch(step -> {
            if (step.equals("before export") && !exports().isEmpty()) {
                assertThat(exports()).allMatch(event -> !market.id().equals(event.tenantId()));
                fixture.backend.unwatch();
                saas.tenants().purge(market.id());
            }
        });

        assertRefusal(() -> saas.exports().writeCustomer(owner.customerId(), out))
                .isEqualTo(ErrorCodes.TENANT_STATE);

        assertThat(out.toString(StandardCharsets.ISO_8859_1))
                .as("no end of a ZIP archive")
                .doesNotContain("PK\u0005\u0006");
    }

    @Test
    void ofACustomerTakesThePlacesOfItsTenants() {
        Saas own = saas.actingAs(owner.id());
        export(saas, shop, () -> assertRefusal(() -> exportedCustomer(own)).isEqualTo(ErrorCodes.EXPORT_BUSY));
        assertThat(exportedCustomer(own)).isNotEmpty();
    }
}
