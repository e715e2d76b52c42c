// SPDX-License-Identifier: Apache-2.0
package dev.allotment.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.icegreen.greenmail.util.DummySSLSocketFactory;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.Settings;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MailerTest {
    private static final String FROM = "Grüne Gärten <noreply@example.com>";
    private static final Instant AT = Instant.parse("2026-01-31T12:00:00Z");

    private static Mail to(String address) {
        return new Mail("id-1", address, "Größe & mehr", "Schöne Grüße\n", "<p>Schöne Grüße</p>", AT);
    }

    private static GreenMail server(String protocol) {
        GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", protocol));
        server.start();
        return server;
    }

    private static SaasException failure(Mailer mailer, Mail mail) {
        return catchThrowableOfType(SaasException.class, () -> mailer.send(mail));
    }

    @Test
    void deliversSubjectTextAndHtml() throws Exception {
        GreenMail server = server("smtp");
        try {
            MailSettings settings =
                    MailSettings.of("smtp://127.0.0.1:" + server.getSmtp().getPort(), FROM);

            new Mailer(settings).send(to("müller@example.org".replace("ü", "ue")));

            MimeMessage message = server.getReceivedMessages()[0];
            assertThat(message.getSubject()).isEqualTo("Größe & mehr");
            assertThat(message.getHeader("Message-ID")).containsExactly("<id-1@example.com>");
            assertThat(message.getHeader("Auto-Submitted")).containsExactly("auto-generated");
            assertThat(message.getSentDate().toInstant()).isEqualTo(AT);
            assertThat(message.getFrom()[0])
                    .hasToString(MailSettings.address(FROM).toString());
            assertThat(message.getAllRecipients()).extracting(Object::toString).containsExactly("mueller@example.org");
            MimeMultipart parts = (MimeMultipart) message.getContent();
            assertThat(parts.getContentType()).startsWith("multipart/alternative");
            assertThat(parts.getBodyPart(0).getContent().toString()).contains("Schöne Grüße");
            assertThat(parts.getBodyPart(1).getContentType()).startsWith("text/html");
        } finally {
            server.stop();
        }
    }

    @Test
    void keepsTheMessageIdOfAnEmailThatIsSentAgain() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(Map.of())) {
            Mailer mailer = new Mailer(MailSettings.of(server.url(), FROM));

            mailer.send(to("a@example.org"));
            mailer.send(to("a@example.org"));

            assertThat(server.heard())
                    .filteredOn(line -> line.startsWith("Message-ID:"))
                    .containsExactly("Message-ID: <id-1@example.com>", "Message-ID: <id-1@example.com>");
        }
    }

    @Test
    void keepsTheContentOutOfTheHeaders() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(Map.of())) {
            Mail mail = new Mail(
                    "id-1", "a@example.org", "Hello\r\nBcc: b@example.org\n\nspam", "Bcc: c@example.org", "x", AT);

            new Mailer(MailSettings.of(server.url(), FROM)).send(mail);

            assertThat(server.heard())
                    .filteredOn(line -> line.startsWith("RCPT"))
                    .hasSize(1);
            int body = server.heard().indexOf("");
            assertThat(server.heard().subList(0, body))
                    .noneMatch(line -> line.startsWith("Bcc"))
                    .anyMatch(line -> line.equals("Subject: Hello Bcc: b@example.org spam"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a@example.org\r\nRCPT TO:<b@example.org>",
                "a@example.org, b@example.org",
                "Someone <a@example.org>",
                "group: a@example.org;",
                "admin",
                "@example.org",
                "a b@example.org",
                ""
            })
    void refusesInvalidAddressesBeforeConnecting(String address) throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(Map.of())) {
            SaasException refused = failure(new Mailer(MailSettings.of(server.url(), FROM)), to(address));

            assertThat(refused.code()).isEqualTo(ErrorCodes.MAIL_REFUSED);
            assertThat(refused.retryable()).isFalse();
            assertThat(server.calls()).isZero();
        }
    }

    @Test
    void refusesForGoodAnAddressThatTheServerDoesNotKnow() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(Map.of("RCPT", "550 no such user"))) {
            SaasException refused = failure(new Mailer(MailSettings.of(server.url(), FROM)), to("a@example.org"));

            assertThat(refused.code()).isEqualTo(ErrorCodes.MAIL_REFUSED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RCPT=450 try later", "MAIL=421 too busy", ".=552 full", "DATA=554 no", "=554 go away"})
    void allowsRetryIfTheServerRefusesTemporarily(String answer) throws Exception {
        String[] parts = answer.split("=", 2);
        try (ScriptedServer server = ScriptedServer.answering(Map.of(parts[0], parts[1]))) {
            SaasException failed = failure(new Mailer(MailSettings.of(server.url(), FROM)), to("a@example.org"));

            assertThat(failed.code()).isEqualTo(ErrorCodes.MAIL_FAILED);
            assertThat(failed.retryable()).isTrue();
        }
    }

    @Test
    void waitsForAHangingServerOnceAndThenFailsFastForAWhile() throws Exception {
        AtomicLong ticks = new AtomicLong();
        try (ScriptedServer server = ScriptedServer.silent()) {
            Mailer mailer =
                    new Mailer(MailSettings.of(server.url(), FROM).withTimeout(1), new Properties(), ticks::get);
            long before = System.nanoTime();

            assertThat(failure(mailer, to("a@example.org")).code()).isEqualTo(ErrorCodes.MAIL_FAILED);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));

            assertThat(failure(mailer, to("a@example.org"))).hasMessageContaining("a moment ago");
            assertThat(server.calls()).isEqualTo(1);

            ticks.addAndGet(Duration.ofSeconds(10).toNanos());
            assertThat(failure(mailer, to("a@example.org"))).hasMessageContaining("did not answer");
            assertThat(server.calls()).isEqualTo(2);
        }
    }

    @Test
    void namesTheServerThatCannotBeReached() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        Mailer mailer = new Mailer(MailSettings.of("smtp://127.0.0.1:" + port, FROM));

        assertThat(failure(mailer, to("a@example.org")))
                .hasMessageContaining("127.0.0.1:" + port)
                .hasMessageNotContainingAny("Exception", "angus");
    }

    @Test
    void signsInWithTheRightPasswordOnly() {
        GreenMail server = server("smtp");
        try {
            server.setUser("a@example.org", "robot", "right");
            server.getUserManager().setAuthRequired(true);
            MailSettings settings =
                    MailSettings.of("smtp://127.0.0.1:" + server.getSmtp().getPort(), FROM);

            assertThat(failure(new Mailer(settings.signingIn("robot", "wrong")), to("a@example.org")))
                    .hasMessageContaining("rejected the user or the password")
                    .hasMessageNotContainingAny("robot", "wrong");
            new Mailer(settings.signingIn("robot", "right")).send(to("a@example.org"));

            assertThat(server.getReceivedMessages()).hasSize(1);
        } finally {
            server.stop();
        }
    }

    @Test
    void sendsNothingInClearIfEncryptionIsRequired() throws Exception {
        try (ScriptedServer server = ScriptedServer.answering(Map.of())) {
            MailSettings settings = MailSettings.of(server.url().replace("smtp:", "starttls:"), FROM);

            assertThat(failure(new Mailer(settings), to("a@example.org")).code())
                    .isEqualTo(ErrorCodes.MAIL_FAILED);
            assertThat(server.heard()).noneMatch(line -> line.startsWith("MAIL"));
        }
    }

    @Test
    void sendsNothingToAServerWithoutATrustedCertificate() {
        GreenMail server = server("smtps");
        try {
            MailSettings settings =
                    MailSettings.of("smtps://localhost:" + server.getSmtps().getPort(), FROM);

            assertThat(failure(new Mailer(settings), to("a@example.org")).code())
                    .isEqualTo(ErrorCodes.MAIL_FAILED);
            assertThat(server.getReceivedMessages()).isEmpty();

            Properties trusting = new Properties();
            trusting.put("mail.smtps.ssl.socketFactory", new DummySSLSocketFactory());
            trusting.put("mail.smtps.ssl.checkserveridentity", "false");
            new Mailer(settings, trusting, System::nanoTime).send(to("a@example.org"));
            assertThat(server.getReceivedMessages()).hasSize(1);
        } finally {
            server.stop();
        }
    }

    @Test
    void reportsAllInvalidSettingsAtOnceWithoutSecrets() {
        Settings settings = Settings.of(Map.of(
                "smtp-url", "https://user:secret@mail.example.com",
                "smtp-user", "robot",
                "smtp-from", "nobody",
                "smtp-timeout", "0"));

        assertThat(MailSettings.read(settings)).isNull();
        assertThatThrownBy(() -> settings.check("mail"))
                .hasMessageContainingAll("smtp-url", "smtp-user", "smtp-from: found \"nobody\"", "smtp-timeout")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> new MailSettings("x", "robot", null, "nobody", 61))
                .hasMessageContainingAll("smtp-url", "smtp-password", "smtp-from", "smtp-timeout");
    }

    @Test
    void refusesToSendAPasswordInClear() {
        assertThatThrownBy(
                        () -> MailSettings.of("smtp://mail.example.com", FROM).signingIn("robot", "secret"))
                .hasMessageContaining("encryption")
                .hasMessageNotContaining("secret");
        assertThat(MailSettings.of("starttls://mail.example.com", FROM)
                        .signingIn("robot", "secret")
                        .toString())
                .doesNotContain("secret");
    }

    @Test
    void readsNoSettingsWithoutAUrlAndRefusesOthers() {
        assertThat(MailSettings.read(Settings.of(Map.of()))).isNull();

        Settings lost = Settings.of(Map.of("smtp-from", "a@example.com"));
        assertThat(MailSettings.read(lost)).isNull();
        assertThatThrownBy(() -> lost.check("mail")).hasMessageContaining("expected that smtp-url is set too");
    }
}
