// SPDX-License-Identifier: Apache-2.0
package dev.allotment.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpServer;
import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.Filter;
import dev.allotment.NewUser;
import dev.allotment.Parameter;
import dev.allotment.PaymentTerms;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.SuspendTenant;
import dev.allotment.TeamRole;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.access.SignIns.Browser;
import dev.allotment.billing.PaymentReport;
import dev.allotment.billing.PaymentState;
import dev.allotment.identity.IdentityProvider;
import dev.allotment.identity.ProviderSignIns;
import dev.allotment.support.NewSupportAccess;
import dev.allotment.support.SupportAccess;
import dev.allotment.support.SupportAccesses;
import dev.allotment.support.SupportAnswer;
import dev.allotment.team.Teams;
import dev.allotment.team.TenantLimit;
import dev.allotment.test.AuthenticatorApp;
import dev.allotment.test.HostileProvider;
import dev.allotment.test.PasskeyDevice;
import dev.allotment.testing.MemoryBackend;
import dev.allotment.testing.SettableClock;
import dev.allotment.webhook.WebhookEndpoint;
import dev.allotment.webhook.WebhookTargets;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class TenantMailsTest {
    private static final String FROM = "noreply@example.com";
    private static final String HASH = "$pbkdf2-sha512$5$c2FsdA$8cEJ9l"
            + "1X18ogtXJtRwXykCCyusjTfazgUg1xMorWn7zBzVoigkhVzQ0iIGnN13npv18AnNHzV1WUpsqcKWuytA";

    private final AtomicLong ticks = new AtomicLong();
    private final SettableClock clock = SettableClock.at("2026-01-31T12:00:00Z");
    private final AtomicReference<Saas> opened = new AtomicReference<>();
    private GreenMail server;
    private Saas saas;
    private Mailer mailer;

    @BeforeEach
    void open() throws IOException {
        int port = freePort();
        server = new GreenMail(new ServerSetup(port, "127.0.0.1", "smtp"));
        server.start();
        mailer = new Mailer(MailSettings.of("smtp://127.0.0.1:" + port, FROM), new Properties(), ticks::get);
        opened.set(Saas.builder()
                .backend(MemoryBackend.create())
                .baseUrl("https://portal.example.com")
                .passwordIterations(1)
                .clock(clock)
                .secretKey("a secret key for tests")
                .webhookTargets(
                        WebhookTargets.publicAddresses().network("127.0.0.0/8").plainHttp())
                .identityTargets(
                        WebhookTargets.publicAddresses().network("127.0.0.0/8").plainHttp())
                .listener(new TenantMails(mailer, MailTexts.standard(), opened::get))
                .open());
        saas = opened.get();
        saas.parameters().set(Parameter.RETENTION_DAYS, "0");
    }

    /** A server that is stopped and started again keeps its port. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @AfterEach
    void close() {
        saas.close();
        server.stop();
    }

    private User owner(String login, String name, String lang) {
        User user = saas.accounts()
                .signUp(SignUp.builder(login, name, "first password").build());
        return saas.accounts()
                .update(
                        user.id(),
                        known ->
                                known.toBuilder().lang(lang).tz("Europe/Berlin").build());
    }

    private Tenant create(User owner, boolean notify) {
        Plan plan = saas.plans()
                .create(Plan.builder("Trial")
                        .dbNameTemplate("shop-%i.example.com")
                        .trialHours(7 * 24)
                        .build());
        return saas.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(owner)
                        .trial(true)
                        .notifyOwner(notify)
                        .build())
                .tenant();
    }

    @Test
    void anInvitationSaysWhoInvitesToWhat() throws Exception {
        AccountMails mails = new AccountMails(mailer, MailTexts.standard(), saas, clock);
        URI link = URI.create("https://portal.example.com/web/reset_password?token=abc");

        mails.invitation("ina@example.org", "Ina", "en_US", "Anna", "Sprout & Co", link);
        mails.invitation("jan@example.org", "Jan", "de_DE", "www.example.net", "Sprout & Co", link);

        MimeMessage[] sent = server.getReceivedMessages();
        assertThat(sent[0].getSubject()).isEqualTo("Anna invited you to Sprout & Co");
        assertThat(GreenMailUtil.getBody(sent[0]).replace("=\r\n", "")).contains("within 7 days");
        assertThat(sent[1].getSubject())
                .as("a name that looks like a link")
                .isEqualTo("Sprout & Co hat Sie zu Sprout & Co eingeladen");
    }

    @Test
    void anInvitationToATeamSaysWhoInvitesToWhich() throws Exception {
        AccountMails mails = new AccountMails(mailer, MailTexts.standard(), saas, clock);
        URI link = URI.create("https://portal.example.com/web/invitation?token=abc");
        AccountMails.TeamInvitation invitation = new AccountMails.TeamInvitation(
                "Anna", "Sprout & Co", TeamRole.READER, clock.instant().plus(Duration.ofDays(7)), link);
        AccountMails.TeamInvitation advertisement = new AccountMails.TeamInvitation(
                "www.example.net", "Win at evil.example", TeamRole.OWNER, clock.instant(), link);

        mails.teamInvitation("ina@example.org", "", "en_US", invitation);
        mails.teamInvitation("jan@example.org", "Jan", "de_DE", advertisement);

        MimeMessage[] sent = server.getReceivedMessages();
        assertThat(sent[0].getSubject()).isEqualTo("Anna invited you to a team");
        assertThat(text(sent[0]))
                .contains("Hello ina@example.org,", "the team of Sprout & Co", "with the role: reader", "7 Feb 2026")
                .contains("\nhttps://portal.example.com/web/invitation?token=abc\n");
        assertThat(text(sent[1]))
                .contains("Inhaber", "das Team von portal.example.com")
                .doesNotContain("evil");
    }

    private static String text(MimeMessage message) throws Exception {
        return ((MimeMultipart) message.getContent())
                .getBodyPart(0)
                .getContent()
                .toString()
                .replace("\r\n", "\n");
    }

    @Test
    void informsMembersOfATeamOfWhatOthersChangeAndOwnersOfOwners() throws Exception {
        User ann = owner("ann@example.org", "Ann", "en_US");
        User bob = saas.accounts()
                .create(NewUser.builder("bob@example.org", "Bob")
                        .customerId(ann.customerId())
                        .teamRole(TeamRole.ADMINISTRATOR)
                        .build());
        Teams team = saas.actingAs(ann.id()).teams();
        assertThat(subjects()).isEmpty();

        team.change(bob.id(), TeamRole.READER, TenantLimit.ALL);
        assertThat(recipients()).containsExactly("bob@example.org: Your role in a team has changed");
        team.handOver(bob.id());
        assertThat(recipients())
                .containsExactlyInAnyOrder(
                        "bob@example.org: Your role in a team has changed",
                        "ann@example.org: Your team has another owner");
        saas.actingAs(bob.id()).teams().remove(ann.id());
        assertThat(recipients()).containsExactly("ann@example.org: You were removed from a team");
    }

    @Test
    void informsThoseWhoMayAnswerOfSupportAccess() throws Exception {
        User ann = owner("ann@example.org", "Ann", "de_DE");
        Tenant shop = create(ann, false);
        for (TeamRole role : List.of(TeamRole.ADMINISTRATOR, TeamRole.READER)) {
            saas.accounts()
                    .create(NewUser.builder(role.name().toLowerCase(Locale.ROOT) + "@example.org", "Bob")
                            .customerId(ann.customerId())
                            .teamRole(role)
                            .build());
        }
        User olga = saas.accounts()
                .create(NewUser.builder("olga@provider.example", "Olga")
                        .role(Role.SUPPORT)
                        .build());
        assertThat(subjects()).isEmpty();
        SupportAccesses operator = saas.actingAs(olga.id()).supportAccesses();
        SupportAccesses owner = saas.actingAs(ann.id()).supportAccesses();

        SupportAccess access = operator.request(NewSupportAccess.look(shop.id(), "Ticket 4711"));
        assertThat(recipients())
                .containsExactlyInAnyOrder(
                        "ann@example.org: Der Support bittet um Zugang zu " + shop.name(),
                        "administrator@example.org: Support requests access to " + shop.name());
        owner.grant(access.id(), 3);
        assertThat(recipients())
                .as("not to the one who has granted it")
                .containsExactly("administrator@example.org: Support may access " + shop.name());
        assertThat(saas.supportAccesses()
                        .redeem(shop.name(), operator.open(access.id()).token()))
                .isPresent();
        assertThat(recipients())
                .containsExactlyInAnyOrder(
                        "ann@example.org: Der Support hat " + shop.name() + " betreten",
                        "administrator@example.org: Support has entered " + shop.name());
        owner.revoke(access.id());
        owner.set(SupportAnswer.REFUSE, 24);
        operator.request(NewSupportAccess.look(shop.id(), "Ticket 4712"));
        assertThat(recipients())
                .as("of the standing answer")
                .containsExactlyInAnyOrder(
                        "ann@example.org: Der Support hat keinen Zugang zu " + shop.name(),
                        "administrator@example.org: Support has no access to " + shop.name());
    }

    @Test
    void whoLeavesATeamGetsNoEmailAboutIt() throws Exception {
        User ann = owner("ann@example.org", "Ann", "en_US");
        User bob = saas.accounts()
                .create(NewUser.builder("bob@example.org", "Bob")
                        .customerId(ann.customerId())
                        .build());

        saas.actingAs(bob.id()).teams().leave();

        assertThat(subjects()).isEmpty();
    }

    /** Addresses and subjects of the emails since the last call. */
    private List<String> recipients() throws Exception {
        saas.maintenance().run();
        List<String> found = new ArrayList<>();
        for (MimeMessage message : server.getReceivedMessages()) {
            found.add(message.getAllRecipients()[0] + ": " + message.getSubject());
        }
        server.purgeEmailFromAllMailboxes();
        return found;
    }

    private AuthenticatorApp app(User user) {
        return new AuthenticatorApp(saas.secondFactors().start(user.id()).uri().toString(), clock::instant);
    }

    /** The subjects of the emails since the last call. */
    private List<String> subjects() throws Exception {
        saas.maintenance().run();
        List<String> subjects = new ArrayList<>();
        for (MimeMessage message : server.getReceivedMessages()) {
            subjects.add(message.getSubject());
        }
        server.purgeEmailFromAllMailboxes();
        return subjects;
    }

    @Test
    void informsAUserOfANewPasswordButNotOfAnImportedOne() throws Exception {
        User user = owner("changed@example.org", "Changed", "de_DE");
        User silent = owner("silent", "Without an address", "en_US");
        assertThat(subjects()).isEmpty();

        saas.accounts().changePassword(user.id(), "first password", "another password");
        saas.accounts().setPassword(silent.id(), "another password");
        assertThat(subjects()).containsExactly("Ihr Passwort wurde geändert");

        String secret = saas.access()
                .requestPasswordReset("changed@example.org")
                .orElseThrow()
                .secret();
        saas.access().resetPassword(secret, "a third password");
        assertThat(subjects()).containsExactly("Ihr Passwort wurde geändert");

        saas.accounts().importPassword(user.id(), HASH);
        assertThat(subjects()).isEmpty();
    }

    @Test
    void informsAUserOfANewDeviceAndOfTheSecondFactor() throws Exception {
        User user = owner("factor@example.org", "Factor", "de_DE");
        Browser first = new Browser("192.0.2.7", "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", "one", null);
        Browser second = new Browser("192.0.2.8", "<a href=x>Firefox/1", "two", null);
        assertThat(saas.signIns().start(user.login(), "first password", first)).isPresent();
        assertThat(subjects()).as("the first sign-in").isEmpty();
        clock.advance(Duration.ofHours(1));
        assertThat(saas.signIns().start(user.login(), "first password", second)).isPresent();
        assertThat(subjects()).containsExactly("Neue Anmeldung an Ihrem Konto");

        List<String> codes = saas.secondFactors().confirm(user.id(), app(user).code());
        assertThat(subjects()).containsExactly("Ein zweiter Faktor wurde eingerichtet");
        List<String> fresh = saas.secondFactors().renewRecoveryCodes(user.id(), codes.get(0));
        assertThat(subjects()).containsExactly("Ein Wiederherstellungscode wurde benutzt");
        saas.secondFactors().turnOff(user.id(), "first password", fresh.get(0));
        assertThat(subjects())
                .containsExactlyInAnyOrder(
                        "Ein Wiederherstellungscode wurde benutzt", "Ihr zweiter Faktor wurde ausgeschaltet");

        clock.advance(Duration.ofMinutes(1));
        saas.secondFactors().confirm(user.id(), app(user).code());
        saas.secondFactors().reset(user.id());
        assertThat(subjects())
                .containsExactlyInAnyOrder(
                        "Ein zweiter Faktor wurde eingerichtet", "Ihr zweiter Faktor wurde zurückgesetzt");
    }

    @Test
    void informsAUserOfIdentityProviders() throws Exception {
        User user = owner("linked@example.org", "Linked", "en_US");
        try (HostileProvider provider = new HostileProvider("all", clock::instant)) {
            IdentityProvider known = saas.identityProviders()
                    .create(
                            IdentityProvider.builder("Example", provider.issuer(), HostileProvider.CLIENT)
                                    .build(),
                            HostileProvider.SECRET);
            Browser browser = new Browser("192.0.2.7", "Firefox/140.0", "own", null);
            String session = saas.signIns()
                    .start(user.login(), "first password", browser)
                    .orElseThrow()
                    .secret();
            ProviderSignIns own = saas.actingInSession(user.id(), session, null).providerSignIns();
            subjects();

            saas.providerSignIns().finish(provider.authorize(own.startLink(session, known.id(), "")), browser, session);
            assertThat(subjects()).containsExactly("Your account was linked to an identity provider");

            own.unlink(user.id(), own.list(user.id()).get(0).id());
            assertThat(subjects()).containsExactly("Your account is no longer linked to an identity provider");
        }
    }

    @Test
    void informsAUserOfPasskeys() throws Exception {
        User user = owner("passkey@example.org", "Passkey", "en_US");
        PasskeyDevice device = PasskeyDevice.at("https://portal.example.com");
        long passkey = saas.passkeys()
                .add(user.id(), "Laptop", device.make(saas.passkeys().start(user.id())))
                .id();
        assertThat(subjects()).containsExactly("A passkey was added");

        saas.passkeys().remove(user.id(), passkey);
        assertThat(subjects()).containsExactly("A passkey was removed");
    }

    @Test
    void informsTheAccountsOfACustomerOfAWebhookThatIsDisabled() throws Exception {
        User user = owner("reader@example.org", "Reader", "de_DE");
        User stranger = owner("stranger@example.org", "Stranger", "en_US");
        HttpServer gone = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gone.createContext("/", exchange -> {
            exchange.sendResponseHeaders(410, -1);
            exchange.close();
        });
        gone.start();
        try {
            WebhookEndpoint endpoint = saas.actingAs(user.id())
                    .webhooks()
                    .create(WebhookEndpoint.builder(
                                    "http://127.0.0.1:" + gone.getAddress().getPort() + "/")
                            .build())
                    .endpoint();
            saas.webhooks().disable(endpoint.id(), "by hand");
            assertThat(subjects()).as("by hand").isEmpty();
            saas.webhooks().enable(endpoint.id());
            saas.webhooks().sendTest(endpoint.id());
            assertThat(subjects()).containsExactly("Der Webhook " + endpoint.id() + " wurde abgeschaltet");
        } finally {
            gone.stop(0);
        }
        assertThat(stranger.customerId()).isNotEqualTo(user.customerId());
    }

    @Test
    void informsTheUserAndTheAdministratorsOfARequestForErasure() throws Exception {
        User user = owner("leaving@example.org", "Leaving", "de_DE");
        for (String login : List.of("first@example.org", "second@example.org", "silent")) {
            saas.accounts()
                    .create(NewUser.builder(login, "Administrator")
                            .role(Role.ADMINISTRATOR)
                            .build());
        }
        Saas own = saas.actingAs(user.id());
        own.erasures().request(user.id());
        saas.maintenance().run();
        Map<String, String> texts = new HashMap<>();
        Set<String> ids = new HashSet<>();
        for (MimeMessage message : server.getReceivedMessages()) {
            texts.put(
                    message.getAllRecipients()[0].toString(),
                    message.getSubject() + "\n" + GreenMailUtil.getBody(message).replace("=\r\n", ""));
            ids.add(message.getMessageID());
        }
        assertThat(ids).hasSize(3);
        assertThat(texts).containsOnlyKeys("leaving@example.org", "first@example.org", "second@example.org");
        assertThat(texts.get("leaving@example.org")).startsWith("Ihr Antrag auf");
        assertThat(texts.get("second@example.org"))
                .startsWith("A customer requests an erasure")
                .contains("https://portal.example.com/admin/users/" + user.id(), "28 Feb 2026, ")
                .doesNotContain("leaving");
        server.purgeEmailFromAllMailboxes();

        own.erasures().withdraw(user.id());
        own.erasures().request(user.id());
        own.erasures().withdraw(user.id());
        clock.advance(Duration.ofSeconds(1));
        own.erasures().request(user.id());
        assertThat(subjects())
                .as("of the last request, since the one before was withdrawn")
                .hasSize(3);
        own.erasures().withdraw(user.id());
        assertThatThrownBy(() -> own.erasures().request(user.id()))
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED));
        clock.advance(Duration.ofDays(1));
        own.erasures().request(user.id());
        own.erasures().withdraw(user.id());
        assertThat(subjects()).as("it was withdrawn meanwhile").isEmpty();
    }

    @Test
    void informsTheOwnerOfTheWholeLifeOfADatabase() throws Exception {
        Tenant tenant = create(owner("owner@example.org", "Owner", "en_US"), true);
        assertThat(subjects()).containsExactly(tenant.name() + " is ready");

        clock.advance(Duration.ofDays(5));
        assertThat(subjects())
                .singleElement()
                .asString()
                .startsWith(tenant.name() + " expires on 7 Feb 2026, ")
                .endsWith("(Europe/Berlin)");

        clock.advance(Duration.ofDays(2));
        assertThat(subjects()).containsExactly(tenant.name() + " has expired");

        saas.tenants().extend(tenant.id(), clock.instant().plus(Duration.ofDays(30)), "paid");
        assertThat(subjects())
                .hasSize(2)
                .anyMatch(subject -> subject.startsWith(tenant.name() + " is available until 9 Mar 2026, "))
                .anyMatch(subject -> subject.equals(tenant.name() + " is available again"));

        saas.tenants().extend(tenant.id(), null, "bought");
        assertThat(subjects()).containsExactly(tenant.name() + " no longer expires");

        saas.tenants().suspend(tenant.id());
        assertThat(subjects()).containsExactly(tenant.name() + " is suspended");

        saas.tenants().resume(tenant.id());
        assertThat(subjects()).containsExactly(tenant.name() + " is available again");

        SuspendTenant unpaid =
                SuspendTenant.builder(tenant.id()).reason("an unpaid invoice").build();
        saas.tenants().suspend(unpaid.toBuilder().notifyOwner(false).build());
        assertThat(subjects()).as("the owner is not notified").isEmpty();
        saas.tenants().resume(tenant.id());
        subjects();
        saas.tenants().suspend(unpaid);
        saas.maintenance().run();
        assertThat(GreenMailUtil.getBody(server.getReceivedMessages()[0]).replace("=\r\n", ""))
                .contains("for this reason: an unpaid invoice");
        assertThat(subjects()).containsExactly(tenant.name() + " is suspended");
        saas.tenants().resume(tenant.id());
        subjects();

        saas.tenants().delete(tenant.id());
        assertThat(subjects()).containsExactly(tenant.name() + " was deleted");
        assertThat(subjects()).isEmpty();
    }

    /** What each email said since the last call, by its reader and subject. */
    private Map<String, String> texts() throws Exception {
        saas.maintenance().run();
        Map<String, String> texts = new TreeMap<>();
        for (MimeMessage message : server.getReceivedMessages()) {
            texts.put(
                    message.getAllRecipients()[0] + ": " + message.getSubject(),
                    ((MimeMultipart) message.getContent())
                            .getBodyPart(0)
                            .getContent()
                            .toString());
        }
        server.purgeEmailFromAllMailboxes();
        return texts;
    }

    @Test
    void asksACustomerForAPaymentOnTheDaysOfItsPlan() throws Exception {
        User owner = owner("owner@example.org", "Owner", "en_US");
        Plan plan = saas.plans()
                .create(Plan.builder("Gold")
                        .dbNameTemplate("gold-%i.example.com")
                        .paymentTerms(PaymentTerms.parse("notify 0 3, suspend 14"))
                        .build());
        for (int i = 0; i < 3; i++) {
            saas.tenants()
                    .create(CreateTenant.onPlan(plan)
                            .owner(owner)
                            .notifyOwner(false)
                            .build());
        }
        owner("stranger@example.org", "Stranger", "en_US");
        PaymentReport.Builder late = PaymentReport.ofCustomer(owner.customerId(), PaymentState.PAST_DUE);
        saas.payments().report(late.payUrl("https://pay.example.com/1").build());
        assertThat(texts())
                .containsOnlyKeys("owner@example.org: A payment is missing")
                .allSatisfy((subject, text) -> assertThat(text)
                        .contains("https://pay.example.com/1", "from 14 Feb 2026, 13:00 (Europe/Berlin)"));
        clock.advance(Duration.ofDays(2));
        assertThat(texts()).isEmpty();
        clock.advance(Duration.ofDays(1));
        assertThat(texts()).hasSize(1);
        clock.advance(Duration.ofDays(11));
        assertThat(texts())
                .containsOnlyKeys(
                        "owner@example.org: gold-001.example.com is suspended: a payment is missing",
                        "owner@example.org: gold-002.example.com is suspended: a payment is missing",
                        "owner@example.org: gold-003.example.com is suspended: a payment is missing")
                .allSatisfy((subject, text) -> assertThat(text).contains("https://pay.example.com/1"));
        saas.payments()
                .report(PaymentReport.ofCustomer(owner.customerId(), PaymentState.PAID)
                        .build());
        assertThat(texts())
                .hasSize(3)
                .allSatisfy((subject, text) -> assertThat(subject).endsWith("is available again"));
    }

    @Test
    void asksTheOwnerOfADatabaseForItsPayment() throws Exception {
        User owner = owner("owner@example.org", "Owner", "de_DE");
        Tenant tenant = create(owner, false);
        saas.plans()
                .update(
                        Objects.requireNonNull(tenant.planId()),
                        each -> each.toBuilder()
                                .paymentTerms(PaymentTerms.parse("notify 0, suspend 3"))
                                .build());
        saas.payments()
                .report(PaymentReport.ofTenant(tenant.id(), PaymentState.PAST_DUE)
                        .build());
        assertThat(texts())
                .containsOnlyKeys("owner@example.org: Für " + tenant.name() + " fehlt eine Zahlung")
                .allSatisfy((subject, text) ->
                        assertThat(text).as("without a link").contains("https://portal.example.com"));
    }

    @Test
    void informsTheOwnerOfADeletionThatCanBeUndoneAndOfAFinalOne() throws Exception {
        saas.parameters().set("saas_portal.retention_days", "10");
        Tenant tenant = create(owner("owner@example.org", "Owner", "en_US"), false);

        saas.tenants().delete(tenant.id());
        saas.maintenance().run();
        assertThat(((MimeMultipart) server.getReceivedMessages()[0].getContent())
                        .getBodyPart(0)
                        .getContent()
                        .toString())
                .contains("you can restore it yourself before then, under \"My databases\"")
                .contains("https://portal.example.com/my");
        assertThat(subjects())
                .singleElement()
                .asString()
                .startsWith(tenant.name() + " was deleted and can be restored until 10 Feb 2026, ");

        saas.tenants().restore(tenant.id());
        saas.tenants().delete(tenant.id());
        saas.tenants().restore(tenant.id());
        assertThat(subjects()).as("the database is not deleted any more").isEmpty();

        saas.tenants().purge(tenant.id());
        assertThat(subjects()).containsExactly(tenant.name() + " was deleted");
    }

    @Test
    void sendsNothingIfTheCreatorDoesNotWantIt() throws Exception {
        create(owner("owner@example.org", "Owner", "en_US"), false);

        assertThat(subjects()).isEmpty();
    }

    @Test
    void writesInTheReadersLanguageAndLinksToTheDatabase() throws Exception {
        Tenant tenant = create(owner("owner@example.org", "Jörg <Größe>", "de_DE"), true);
        saas.maintenance().run();

        MimeMessage message = server.getReceivedMessages()[0];
        MimeMultipart parts = (MimeMultipart) message.getContent();
        assertThat(message.getSubject()).isEqualTo(tenant.name() + " ist bereit");
        assertThat(parts.getBodyPart(0).getContent().toString())
                .contains("Hallo Jörg <Größe>,", "https://" + tenant.name(), "https://portal.example.com");
        assertThat(parts.getBodyPart(1).getContent().toString())
                .contains("Jörg &#60;Größe&#62;", "<a href=\"https://" + tenant.name() + "\">");
    }

    @Test
    void keepsTheMessageIdIfAnEventIsDeliveredTwice() throws Exception {
        Tenant tenant = create(owner("owner@example.org", "Owner", "en_US"), true);
        saas.maintenance().run();
        String first = server.getReceivedMessages()[0].getMessageID();

        new TenantMails(mailer, MailTexts.standard(), opened::get)
                .on(saas.events()
                        .list(Query.where(Filter.equal(Event.TENANT_ID, tenant.id())))
                        .get(0));

        assertThat(server.getReceivedMessages()[1].getMessageID()).isEqualTo(first);
    }

    @Test
    void sendsLaterWhatCannotBeSentNow() throws Exception {
        Tenant tenant = create(owner("owner@example.org", "Owner", "en_US"), true);
        server.stop();
        saas.maintenance().run();
        server.start();

        assertThat(subjects()).as("the event is postponed").isEmpty();
        waitForRetry();
        assertThat(subjects()).containsExactly(tenant.name() + " is ready");
    }

    @Test
    void dropsALateNoticeOfAnEndDateThatHasChanged() throws Exception {
        Tenant tenant = create(owner("owner@example.org", "Owner", "en_US"), false);
        clock.advance(Duration.ofDays(5));
        server.stop();
        saas.maintenance().run();
        server.start();
        saas.tenants().extend(tenant.id(), clock.instant().plus(Duration.ofDays(30)), "paid");
        waitForRetry();

        assertThat(subjects()).singleElement().asString().startsWith(tenant.name() + " is available until");
    }

    @Test
    void dropsALateNoticeOfASuspensionThatHasEnded() throws Exception {
        Tenant tenant = create(owner("owner@example.org", "Owner", "en_US"), false);
        clock.advance(Duration.ofDays(5));
        server.stop();
        saas.maintenance().run();
        clock.advance(Duration.ofDays(2));
        saas.maintenance().run();
        server.start();
        waitForRetry();
        assertThat(subjects()).as("the notice of expiry is late, too").containsExactly(tenant.name() + " has expired");

        saas.tenants().extend(tenant.id(), clock.instant().plus(Duration.ofDays(30)), "paid");
        saas.maintenance().run();
        server.purgeEmailFromAllMailboxes();
        server.stop();
        saas.tenants().suspend(tenant.id());
        saas.maintenance().run();
        saas.tenants().resume(tenant.id());
        server.start();
        waitForRetry();

        assertThat(subjects()).containsExactly(tenant.name() + " is available again");
    }

    @Test
    void announcesNoEndDateThatHasPassedAlready() throws Exception {
        Tenant tenant = create(owner("owner@example.org", "Owner", "en_US"), false);

        saas.tenants().extend(tenant.id(), clock.instant(), "ends today");

        assertThat(subjects()).containsExactly(tenant.name() + " has expired");
    }

    /** Moves the clocks to the next retry of the outbox and the mailer. */
    private void waitForRetry() {
        clock.advance(Duration.ofMinutes(1));
        ticks.addAndGet(Duration.ofMinutes(1).toNanos());
    }

    @Test
    void anOwnerWithoutAnAddressDoesNotBlockOthers() throws Exception {
        create(owner("just-a-name", "Owner", "en_US"), true);
        Tenant other = saas.tenants()
                .create(CreateTenant.onPlan(saas.plans().list(Query.all()).get(0))
                        .owner(owner("owner@example.org", "Owner", "en_US"))
                        .build())
                .tenant();

        assertThat(subjects()).containsExactly(other.name() + " is ready");
        clock.advance(Duration.ofMinutes(2));
        assertThat(saas.maintenance().listeners())
                .isNotEmpty()
                .allSatisfy(listener -> assertThat(saas.maintenance().deliver(listener))
                        .as("nothing is delivered again")
                        .isZero());
    }

    @Test
    void sendsTheLinksForPasswordsAndSignUps() throws Exception {
        AccountMails mails = new AccountMails(mailer, MailTexts.standard(), saas, clock);
        URI link = URI.create("https://portal.example.com/reset?token=abc");

        mails.passwordReset("a@example.org", "Win at evil.com", "en_US", link);
        mails.confirmSignUp("b@example.org", "Jörg", "de_DE", link);

        Map<String, String> texts = new HashMap<>();
        for (MimeMessage message : server.getReceivedMessages()) {
            texts.put(
                    message.getSubject(),
                    ((MimeMultipart) message.getContent())
                            .getBodyPart(0)
                            .getContent()
                            .toString());
        }
        assertThat(texts.get("Reset your password")).contains("Hello a@example.org,", link.toString());
        assertThat(texts.get("Bestätigen Sie Ihre E-Mail-Adresse")).contains("Hallo Jörg,", link.toString());
    }
}
