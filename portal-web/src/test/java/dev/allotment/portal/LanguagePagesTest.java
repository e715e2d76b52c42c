// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.TeamRole;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.identity.IdentityProvider;
import dev.allotment.portal.PortalVisit.Answer;
import dev.allotment.team.NewInvitation;
import dev.allotment.test.HostileProvider;
import dev.allotment.webhook.WebhookEndpoint;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In which language the pages are, and that nothing on them is in another one. */
class LanguagePagesTest {
    /** What people have entered, and names that are the same in each language. */
    private static final Set<String> DATA =
            new TreeSet<>(Comparator.comparing(String::length).reversed().thenComparing(Comparator.naturalOrder()));

    static {
        DATA.addAll(List.of(
                "ann@example.com",
                "bob@example.com",
                "cat@example.com",
                "Sprout & Co",
                "portal.localhost",
                ".localhost",
                "localhost",
                "client-",
                "Ann",
                "Bob",
                "Basic",
                "Larger",
                "Agreement",
                "Terms",
                "Deploy",
                "first",
                "Hook",
                "https://hooks.example.com/in",
                "https://login.example.com",
                "Company",
                "Everyone",
                "http",
                "CNAME",
                "webhook.test",
                "XX",
                "UTC"));
    }

    @Test
    void eachTextOfTheCustomersPagesIsInTheLanguageOfTheAccount(@TempDir Path folder) throws Exception {
        PseudoTexts.write(folder, "ar");
        try (PortalTestServer server = PortalTestServer.openWithTexts(folder);
                HostileProvider provider = new HostileProvider("all", server.clock::instant)) {
            server.saas
                    .identityProviders()
                    .create(
                            IdentityProvider.builder("Everyone", provider.issuer(), HostileProvider.CLIENT)
                                    .build(),
                            HostileProvider.SECRET);
            PortalVisit visit = customer(server);
            Map<String, List<String>> found = new TreeMap<>();
            link(visit, provider);
            Set<String> seen = crawl(visit, "/my", found, true);
            PortalVisit later = PortalVisit.signedIn(server, "ann@example.com");
            link(later, provider);
            server.clock.advance(Duration.ofMinutes(20));
            String identities = "/my/account/identities";
            Answer page = later.get(identities);
            Answer proof = page.submit(page.forms().stream()
                    .map(form -> form.attr("action"))
                    .filter(each -> each.endsWith("/remove"))
                    .findFirst()
                    .orElseThrow());
            assertThat(proof.page().select("a[href$=/proof]")).hasSize(1);
            check("the proof", proof, found);
            assertThat(found).isEmpty();
            assertThat(seen)
                    .as("the walk reached each kind of page")
                    .contains(
                            "/my",
                            "/my/start",
                            "/my/team",
                            "/my/team/invite",
                            "/my/support",
                            "/my/account",
                            "/my/account/factor",
                            "/my/account/passkeys",
                            "/my/account/identities",
                            "/my/sign-in",
                            "/my/account/keys",
                            "/my/account/sessions",
                            "/my/account/webhooks",
                            "/my/account/erasure")
                    .anyMatch(each -> each.matches("/my/\\d+/plan.*"))
                    .anyMatch(each -> each.matches("/my/\\d+/domains"))
                    .anyMatch(each -> each.matches("/my/\\d+/backups/[^/]+/restore"))
                    .anyMatch(each -> each.matches("/my/\\d+/backups/[^/]+/in-place"))
                    .anyMatch(each -> each.matches("/my/\\d+/(duplicate|rename|delete|swap)"))
                    .anyMatch(each -> each.matches("/my/sign-in/\\d+"))
                    .anyMatch(each -> each.matches("/my/account/webhooks/\\d+.*"))
                    .anyMatch(each -> each.matches("/my/account/keys/\\d+/revoke"))
                    .anyMatch(each -> each.matches("/my/team/\\d+/(owner|remove)"));
        }
    }

    @Test
    void eachTextForVisitorsIsInTheLanguageOfTheBrowser(@TempDir Path folder) throws Exception {
        PseudoTexts.write(folder, "ar");
        try (PortalTestServer server = PortalTestServer.openWithTexts(folder)) {
            server.saas.parameters().set(Parameter.LANGUAGE, "ar");
            server.saas.parameters().set(Parameter.INVITATION_SCOPE, "b2c");
            server.saas
                    .identityProviders()
                    .create(
                            IdentityProvider.builder("Everyone", "http://10.0.0.1:8080", "client")
                                    .build(),
                            null);
            Map<String, List<String>> found = new TreeMap<>();
            crawl(new PortalVisit(server), "/web/login", found, true);
            crawl(new PortalVisit(server), "/web/invitation/answer", found, false);
            crawl(new PortalVisit(server), "/web/signup/choose", found, false);
            crawl(new PortalVisit(server), "/web/reset_password/choose", found, false);
            crawl(new PortalVisit(server), "/web/login/passkey", found, false);
            crawl(new PortalVisit(server), "/web/login/openid/all?state=x&code=x", found, false);
            crawl(new PortalVisit(server), "/oauth2/auth?client_id=x", found, false);
            crawl(new PortalVisit(server), "/my/nothing/here", found, false);
            assertThat(found).isEmpty();
        }
    }

    @Test
    void aLanguageThatIsWrittenFromTheRightSaysSo(@TempDir Path folder) throws Exception {
        PseudoTexts.write(folder, "ar");
        try (PortalTestServer server = PortalTestServer.openWithTexts(folder)) {
            Answer answer = new PortalVisit(server).get("/web/login", "Accept-Language", "ar-EG");
            assertThat(answer.page().selectFirst("html").attr("dir")).isEqualTo("rtl");
            assertThat(answer.page().selectFirst("html").attr("lang")).isEqualTo("ar");
        }
    }

    /** Links the account to the provider for everyone. */
    private static void link(PortalVisit visit, HostileProvider provider) {
        String identities = "/my/account/identities";
        Answer asked = visit.get(identities).submit(identities + "/link/1");
        var answer = provider.authorize(
                URI.create(asked.page().selectFirst("a[rel=noreferrer]").attr("href")));
        assertThat(visit.get("/web/login/openid/all?state=" + answer.state() + "&code=" + answer.code() + "&iss="
                                + answer.issuer())
                        .location())
                .isEqualTo(identities + "?done=linked");
    }

    private static PortalVisit customer(PortalTestServer server) throws Exception {
        server.plan("Basic");
        server.plan("Larger");
        User ann = server.saas
                .accounts()
                .signUp(SignUp.builder("ann@example.com", "Ann", PortalTestServer.PASSWORD)
                        .lang("ar")
                        .build());
        User bob = server.signUp("bob@example.com", "Bob");
        Saas own = server.saas.actingAs(ann.id());
        TenantId tenant = server.saas
                .tenants()
                .create(CreateTenant.onPlan(
                                server.saas.plans().list(Query.all()).get(0))
                        .name("first.localhost")
                        .owner(ann)
                        .build())
                .tenant()
                .id();
        server.saas.backups().create(tenant, null);
        own.teams().invite(NewInvitation.of("cat@example.com", TeamRole.MEMBER));
        var bobs = own.teams().invite(NewInvitation.of("bob@example.com", TeamRole.READER));
        server.saas.actingAs(bob.id()).teams().accept(bobs.secret(), false);
        own.webhooks()
                .create(WebhookEndpoint.builder("https://hooks.example.com/in")
                        .description("Hook")
                        .customerId(ann.customerId())
                        .build());
        own.identityProviders()
                .create(
                        IdentityProvider.builder("Company", "https://login.example.com", "client")
                                .customerId(ann.customerId())
                                .build(),
                        null);
        PortalVisit visit = PortalVisit.signedIn(server, "ann@example.com");
        assertThat(visit.get("/my/account/keys")
                        .submit("/my/account/keys", "name", "Deploy", "proof", PortalTestServer.PASSWORD)
                        .status())
                .isEqualTo(303);
        return visit;
    }

    /** Follows all links of customers' pages. Then sends each form as it is, if that ends nothing. */
    private static Set<String> crawl(PortalVisit visit, String start, Map<String, List<String>> found, boolean forms) {
        Queue<String> open = new ArrayDeque<>(List.of(start));
        Set<String> seen = new LinkedHashSet<>();
        Map<String, Answer> pages = new LinkedHashMap<>();
        Set<String> kinds = new LinkedHashSet<>();
        while (!open.isEmpty()) {
            String path = open.remove();
            if (!seen.add(path) || path.contains("/export/") || path.contains("/static/")) {
                continue;
            }
            Answer answer = visit.get(path);
            if (answer.status() == 303) {
                open.add(answer.location());
                continue;
            }
            check(path, answer, found);
            pages.put(path, answer);
            answer.page().select("a[href]").forEach(link -> {
                String next = link.attr("href").replaceFirst("#.*", "");
                if (next.matches("/(my|web/(login|signup|reset_password)).*")) {
                    open.add(next);
                }
            });
        }
        if (forms) {
            pages.forEach((path, answer) -> answer.forms().forEach(form -> {
                String action = form.attr("action");
                String kind = action.replaceAll("\\d+", "1");
                if (!action.matches(".*/(logout|leave|close|others|sessions|open|download|switch)")
                        && kinds.add(kind)) {
                    Answer sent = answer.submit(action);
                    check(path + " sent to " + action, sent.status() == 303 ? sent.follow() : sent, found);
                }
            }));
        }
        return seen;
    }

    private static void check(String path, Answer answer, Map<String, List<String>> found) {
        if (answer.header("content-type").startsWith("text/html")) {
            List<String> unmarked = PseudoTexts.unmarked(answer.page(), DATA);
            if (!unmarked.isEmpty()) {
                found.put(path, unmarked);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "de|de",
                "de-AT, en;q=0.5|de",
                "it, fr;q=0.8, de;q=0.9|de",
                "fr-CA;q=0.7, es;q=0.2|fr",
                "ES|es",
                "it|en",
                "de;q=0, fr;q=0.1|fr",
                "*|en",
                "de;q=2, fr|fr",
                "en;q=x, ;;;,,,|en",
                "xx, xx, xx, xx, xx, xx, xx, xx, xx, xx, xx, xx, xx, xx, xx, xx, xx, xx, xx, xx, de|en"
            })
    void theBrowserChoosesAmongTheLanguages(String header, String expected) throws Exception {
        try (PortalTestServer server = PortalTestServer.open()) {
            Answer answer = new PortalVisit(server).get("/web/login", "Accept-Language", header);
            assertThat(answer.page().selectFirst("html").attr("lang")).isEqualTo(expected);
            assertThat(answer.header("content-language")).isEqualTo(expected);
            assertThat(answer.header("vary")).contains("Accept-Language");
        }
    }

    @Test
    void aLongHeaderIsReadInPart() throws Exception {
        try (PortalTestServer server = PortalTestServer.open()) {
            Answer answer =
                    new PortalVisit(server).get("/web/login", "Accept-Language", "de," + "a-".repeat(3000) + ",fr");
            assertThat(answer.page().selectFirst("html").attr("lang")).isEqualTo("de");
        }
    }

    @Test
    void withoutAnyWishTheLanguageOfTheInstallationIsUsed() throws Exception {
        try (PortalTestServer server = PortalTestServer.open()) {
            server.saas.parameters().set(Parameter.LANGUAGE, "fr");
            assertThat(new PortalVisit(server).get("/web/login").text()).contains("Mot de passe");
            assertThatThrownBy(() -> server.saas.parameters().set(Parameter.LANGUAGE, "<b>"))
                    .isInstanceOf(SaasException.class);
        }
    }

    @Test
    void theAccountComesBeforeTheBrowserAndIsChangedOnItsPage() throws Exception {
        try (PortalTestServer server = PortalTestServer.open()) {
            User ann = server.signUp("ann@example.com", "Ann");
            PortalVisit visit = PortalVisit.signedIn(server, "ann@example.com");
            assertThat(visit.get("/my/account", "Accept-Language", "fr").text()).contains("About you");

            Answer saved = visit.get("/my/account")
                    .submit("/my/account", "language", "de")
                    .follow();

            assertThat(saved.text()).contains("Änderungen gespeichert.", "Über Sie");
            assertThat(server.saas.accounts().get(ann.id()).lang()).isEqualTo("de_DE");
            assertThat(visit.get("/my/nothing").text()).contains("Seite nicht gefunden");
        }
    }

    @Test
    void whoSignsUpGetsTheLanguageOfThePage() throws Exception {
        try (PortalTestServer server = PortalTestServer.open()) {
            server.saas.parameters().set(Parameter.LANGUAGE, "es");
            PortalVisit visit = new PortalVisit(server);
            visit.get("/web/signup")
                    .submit(
                            "/web/signup",
                            "name",
                            "Eva",
                            "login",
                            "eva@example.com",
                            "password",
                            PortalTestServer.PASSWORD);
            assertThat(server.saas.accounts().findByLogin("eva@example.com"))
                    .map(User::lang)
                    .contains("es_ES");
        }
    }

    @Test
    void pagesOfOperatorsStayEnglish() throws Exception {
        try (PortalTestServer server = PortalTestServer.open()) {
            PortalVisit admin = PortalVisit.signedIn(server, "admin");
            server.saas
                    .accounts()
                    .update(
                            server.saas
                                    .accounts()
                                    .findByLogin("admin")
                                    .orElseThrow()
                                    .id(),
                            user -> user.toBuilder().lang("de_DE").build());
            assertThat(admin.get("/admin").page().selectFirst("html").attr("lang"))
                    .isEqualTo("en");
            assertThat(admin.get("/my/account").page().selectFirst("html").attr("lang"))
                    .isEqualTo("de");
        }
    }

    @Test
    void aMessageThatIsOnlyThereInEnglishIsMarked() throws Exception {
        try (PortalTestServer server = PortalTestServer.open()) {
            server.saas
                    .accounts()
                    .signUp(SignUp.builder("ann@example.com", "Ann", PortalTestServer.PASSWORD)
                            .lang("de_DE")
                            .build());
            PortalVisit visit = PortalVisit.signedIn(server, "ann@example.com");
            Answer refused = visit.get("/my/account")
                    .submit("/my/account/password", "current", PortalTestServer.PASSWORD, "password", "password");
            assertThat(refused.page().select(".problem [lang=en]").text()).contains("most common");
        }
    }

    @Test
    void textsOfAFolderReplaceOursAndMistakesAreRefusedAtTheStart(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("portal.de.properties"), "login.forgot-password = <b>Vergessen?</b>\n");
        try (PortalTestServer server = PortalTestServer.openWithTexts(folder)) {
            Answer answer = new PortalVisit(server).get("/web/login", "Accept-Language", "de");
            assertThat(answer.text()).contains("<b>Vergessen?</b>", "Passwort");
        }
        Properties wrong = new Properties();
        wrong.put("login.forgot", "Vergessen?");
        wrong.put("login.sign-open", "Anmelden für {1}");
        PseudoTexts.write(folder, "de", wrong);
        Files.writeString(folder.resolve("portal.it.properties"), "common.save = Salva\n");
        Files.writeString(folder.resolve("portl.de.properties"), "common.save = Sichern\n");
        assertThatThrownBy(() -> PortalTestServer.openWithTexts(folder))
                .isInstanceOf(SaasException.class)
                .hasMessageContaining("portal.de.properties: there is no text with the key login.forgot")
                .hasMessageContaining("login.sign-open has the placeholders")
                .hasMessageContaining("portal.it.properties: the text account.about is missing")
                .hasMessageContaining("portl.de.properties: expected <area>");
    }
}
