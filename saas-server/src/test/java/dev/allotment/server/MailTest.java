// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import dev.allotment.brand.Brand;
import dev.allotment.brand.BrandLink;
import dev.allotment.brand.BrandText;
import dev.allotment.brand.Colour;
import dev.allotment.server.command.CommandLineArguments;
import dev.allotment.server.setting.StartFailure;
import dev.allotment.test.Browser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MailTest {
    @TempDir
    private Path folder;

    @Test
    void theOwnerOfANewDatabaseGetsABrandedEmailAndPages() throws Exception {
        Path logo = Files.writeString(folder.resolve("logo.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>");
        GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", "smtp"));
        mail.start();
        CommandLineArguments arguments = CommandLineArguments.parse(
                "test",
                "demo",
                "--demo-customers",
                "false",
                "--data=memory",
                "--port=0",
                "--password-rounds=1",
                "--title=Sprout & Co",
                "--colour=#123456",
                "--logo=" + logo,
                "--support=help@example.com",
                "--imprint=https://example.com/imprint",
                "--footer-links=Terms=https://example.com/terms",
                "--smtp-url=smtp://127.0.0.1:" + mail.getSmtp().getPort(),
                "--smtp-from=Example <noreply@example.com>");
        try (RunningServer server = SaasServer.start(Map.of(), arguments)) {
            OdooClient.Session admin = new OdooClient(server.port()).session(OdooClient.MAIN, "admin", "admin");
            admin.execute(
                    "res.users",
                    "signup",
                    Map.of("login", "owner@example.org", "name", "Owner", "password", "first password"));
            Object owner =
                    new OdooClient(server.port()).authenticate(OdooClient.MAIN, "owner@example.org", "first password");

            admin.executeKw("saas_portal.plan", "create_new_database", List.of(1), Map.of("user_id", owner));

            assertThat(mail.waitForIncomingEmail(Duration.ofSeconds(20).toMillis(), 1))
                    .isTrue();
            assertThat(mail.getReceivedMessages()[0].getSubject()).isEqualTo("client-001.localhost is ready");
            assertThat(GreenMailUtil.getWholeMessage(mail.getReceivedMessages()[0])
                            .replace("\r\n", "\n"))
                    .contains("\n-- \nSprout & Co\nhelp@example.com\nImprint: https://", "Sprout &#38; Co<br>");
            Browser browser = new Browser(server.port());
            for (String host : List.of(OdooClient.MAIN, "client-001.localhost")) {
                assertThat(browser.get("http://" + host + ":" + server.port() + "/web/login")
                                .body())
                        .as(host)
                        .contains("Sprout &amp; Co", "static/brand/")
                        .contains("<a href=\"mailto:help@example.com\">Help</a>")
                        .contains("<a href=\"https://example.com/imprint\">Imprint</a>");
            }
            server.saas()
                    .brands()
                    .apply(Brand.builder()
                            .name("Acme <Cloud>")
                            .accent(Colour.of("#7a1f5c"))
                            .text(BrandText.PAGE_FOOTER, "Acme Ltd.")
                            .text(BrandText.MAIL_FOOTER, "Acme Ltd.\nLondon")
                            .link(BrandLink.Kind.PRIVACY, "Privacy", "https://example.com/privacy")
                            .build());
            for (String host : List.of(OdooClient.MAIN, "client-001.localhost")) {
                assertThat(browser.get("http://" + host + ":" + server.port() + "/web/login")
                                .body())
                        .as(host)
                        .contains("Acme &lt;Cloud", "Acme Ltd.", "https://example.com/privacy")
                        .doesNotContain("Sprout", "help@example.com");
            }
            admin.executeKw("saas_portal.plan", "create_new_database", List.of(1), Map.of("user_id", owner));
            assertThat(mail.waitForIncomingEmail(Duration.ofSeconds(20).toMillis(), 2))
                    .isTrue();
            assertThat(GreenMailUtil.getWholeMessage(mail.getReceivedMessages()[1])
                            .replace("\r\n", "\n"))
                    .contains("\n-- \nAcme <Cloud>\nAcme Ltd.\nLondon\nPrivacy: https://example.com/privacy")
                    .contains("Acme &#60;Cloud&#62;", "3px solid #7a1f5c")
                    .doesNotContain("Sprout");
        } finally {
            mail.stop();
        }
    }

    @Test
    void refusesWrongBranding() {
        CommandLineArguments arguments = CommandLineArguments.parse(
                "test",
                "demo",
                "--demo-customers",
                "false",
                "--data=memory",
                "--port=0",
                "--title=" + "x".repeat(61),
                "--colour=red",
                "--logo=no-such-file",
                "--support=nowhere",
                "--terms=javascript:alert(1)",
                "--footer-links=Evil=javascript:alert(1)");

        assertThatThrownBy(() -> SaasServer.start(Map.of(), arguments))
                .hasMessageContainingAll("title", "colour", "logo", "support", "terms", "footer-links");
    }

    @Test
    void linksInEmailsAboutAccountsWork() throws Exception {
        GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", "smtp"));
        mail.start();
        CommandLineArguments arguments = CommandLineArguments.parse(
                "test",
                "demo",
                "--demo-customers",
                "false",
                "--data=memory",
                "--port=0",
                "--metrics-port=0",
                "--password-rounds=1",
                "--smtp-url=smtp://127.0.0.1:" + mail.getSmtp().getPort(),
                "--smtp-from=Example <noreply@example.com>",
                // Another program may have the port when the mail server has stopped.
                "--smtp-timeout=2");
        try (RunningServer server = SaasServer.start(Map.of(), arguments)) {
            OdooClient.Session admin = new OdooClient(server.port()).session(OdooClient.MAIN, "admin", "admin");
            admin.execute("ir.config_parameter", "set_param", "saas_portal.signup_confirmation", "true");
            String portal = "http://" + OdooClient.MAIN + ":" + server.port();
            Browser browser = new Browser(server.port());

            send(browser, portal, "/web/signup", Map.of("name", "Nora New", "login", "nora@example.org"));
            String confirm = link(mail, 1, "Confirm your email address", portal + "/web/signup\\?token=");
            assertThat(admin.execute("res.users", "search_count", List.of(List.of("login", "=", "nora@example.org"))))
                    .isEqualTo(0);
            Browser.Answer in = choose(browser, confirm, portal + "/web/signup/choose", "my own words");
            assertThat(in.location()).isEqualTo("/my?done=welcome");
            assertThat(browser.get(portal + "/my").body()).contains("Nora New");

            Browser forgetful = new Browser(server.port());
            send(forgetful, portal, "/web/reset_password", Map.of("login", "nora@example.org"));
            String reset = link(mail, 2, "", portal + "/web/reset_password\\?token=");
            assertThat(choose(forgetful, reset, portal + "/web/reset_password/choose", "other words")
                            .location())
                    .isEqualTo("/my?done=password");
            assertThat(browser.get(portal + "/my").status())
                    .as("a session from before")
                    .isEqualTo(303);

            Map<String, String> address = new LinkedHashMap<>(Browser.form(forgetful.get(portal + "/my/account")));
            address.putAll(Map.of("email", "moved@example.org", "proof", "other words"));
            assertThat(forgetful.post(portal + "/my/account/email", address).location())
                    .isEqualTo("/my/account?done=email");
            assertThat(mail.waitForIncomingEmail(Duration.ofSeconds(20).toMillis(), 4))
                    .isTrue();
            assertThat(List.of(mail.getReceivedMessages()[2].getSubject(), mail.getReceivedMessages()[3].getSubject()))
                    .containsExactlyInAnyOrder("Your password was changed", "Your email address was changed");
            // The mail server has the message before the portal has the answer.
            awaitMetric(server, "allotment_account_mails_total{result=\"sent\"} 3.0");
            mail.stop();
            send(forgetful, portal, "/web/reset_password", Map.of("login", "nora@example.org"));
            awaitMetric(server, "allotment_account_mails_total{result=\"failed\"} 1.0");
        } finally {
            mail.stop();
        }
    }

    private static Browser.Answer send(Browser browser, String portal, String path, Map<String, String> fields)
            throws Exception {
        Map<String, String> form = new LinkedHashMap<>(Browser.form(browser.get(portal + path)));
        form.putAll(fields);
        return browser.post(portal + path, form);
    }

    private static Browser.Answer choose(Browser browser, String link, String page, String password) throws Exception {
        Map<String, String> form = new LinkedHashMap<>(Browser.form(browser.visit(link)));
        form.put("password", password);
        return browser.post(page, form);
    }

    private static String link(GreenMail mail, int number, String subject, String start) throws Exception {
        assertThat(mail.waitForIncomingEmail(Duration.ofSeconds(20).toMillis(), number))
                .isTrue();
        var message = mail.getReceivedMessages()[number - 1];
        assertThat(message.getSubject()).contains(subject);
        String text = GreenMailUtil.getBody(message).replaceAll("=\r?\n", "").replace("=3D", "=");
        Matcher link = Pattern.compile(start + "[A-Za-z0-9_.-]+").matcher(text);
        assertThat(link.find()).as(text).isTrue();
        return link.group();
    }

    @Test
    void wrongMailSettingsAreReportedWithTheOthers() {
        CommandLineArguments arguments = CommandLineArguments.parse(
                "test",
                "demo",
                "--demo-customers",
                "false",
                "--data=memory",
                "--port=x",
                "--smtp-url=mail.example.com",
                "--mail-texts=" + folder.resolve("none"));

        assertThat(catchThrowableOfType(StartFailure.class, () -> SaasServer.start(Map.of(), arguments))
                        .text())
                .contains("port: found \"x\"", "smtp-url: found \"mail.example.com\"", "smtp-from", "mail-texts");
    }

    private static void awaitMetric(RunningServer server, String line) throws IOException {
        Browser prometheus = new Browser(server.metricsPort());
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!prometheus
                .get("http://127.0.0.1:" + server.metricsPort() + "/metrics")
                .body()
                .contains(line)) {
            assertThat(System.nanoTime()).as(line).isLessThan(end);
        }
    }
}
