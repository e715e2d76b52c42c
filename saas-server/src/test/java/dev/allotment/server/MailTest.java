// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MailTest {
    @TempDir
    private Path folder;

    @Test
    void the_owner_of_a_new_database_gets_a_mail() throws Exception {
        GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", "smtp"));
        mail.start();
        Arguments arguments = Arguments.parse(
                "test",
                "demo",
                "--data=memory",
                "--port=0",
                "--password-rounds=1",
                "--smtp-url=smtp://127.0.0.1:" + mail.getSmtp().getPort(),
                "--smtp-from=Example <noreply@example.com>");
        try (RunningServer server = SaasServer.start(Map.of(), arguments)) {
            OdooClient.Session admin = new OdooClient(server.port()).session(OdooClient.MAIN, "admin", "admin");
            admin.execute(
                    "res.users",
                    "signup",
                    Map.of("login", "owner@example.org", "name", "Owner", "password", "password"));
            Object owner = new OdooClient(server.port()).authenticate(OdooClient.MAIN, "owner@example.org", "password");

            admin.executeKw("saas_portal.plan", "create_new_database", List.of(1), Map.of("user_id", owner));

            assertThat(mail.waitForIncomingEmail(Duration.ofSeconds(20).toMillis(), 1))
                    .isTrue();
            assertThat(mail.getReceivedMessages()[0].getSubject()).isEqualTo("client-001.localhost is ready");
        } finally {
            mail.stop();
        }
    }

    @Test
    void wrong_settings_of_the_mail_are_told_with_the_others() {
        Arguments arguments = Arguments.parse(
                "test",
                "demo",
                "--data=memory",
                "--port=x",
                "--smtp-url=mail.example.com",
                "--mail-texts=" + folder.resolve("none"));

        assertThat(catchThrowableOfType(StartFailure.class, () -> SaasServer.start(Map.of(), arguments))
                        .text())
                .contains("port: found \"x\"", "smtp-url: found \"mail.example.com\"", "smtp-from", "mail-texts");
    }
}
