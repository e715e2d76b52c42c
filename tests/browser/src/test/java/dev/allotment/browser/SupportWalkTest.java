// SPDX-License-Identifier: Apache-2.0
package dev.allotment.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An operator requests access to a database, its customer agrees, and both see what happens. */
class SupportWalkTest {
    private static final String LOGIN = "ann.archer@example.com";
    private static final String PASSWORD = "correct horse";

    @TempDir
    private Path folder;

    private DemoServer server;

    @BeforeEach
    void start() throws Exception {
        server = DemoServer.start(folder);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static BrowserDriver open(int width) {
        return width == BrowserDriver.SMALLEST ? BrowserDriver.smallest() : BrowserDriver.open();
    }

    @ParameterizedTest
    @ValueSource(ints = {BrowserDriver.WIDE, BrowserDriver.SMALLEST})
    void supportLooksWithConsentUntilItIsRevoked(int width) throws Exception {
        try (BrowserDriver ann = open(width);
                BrowserDriver admin = open(width)) {
            ann.signUp(server, "Ann Archer", LOGIN, PASSWORD);
            server.createDatabase("orchard.localhost", LOGIN, PASSWORD);
            ann.go(server.at("/my/support"))
                    .awaitText("main", "No request waits for an answer")
                    .look();
            admin.signIn(server, "admin", "admin");
            admin.go(server.at("/admin/support")).look();
            admin.type("#database", "orchard.localhost").type("#reason", "Your question about apples");
            admin.click("Send request").awaitText("[role=status]", "The request is sent.");
            admin.look();

            ann.go(server.at("/my/support")).awaitText("main", "Your question about apples");
            ann.look();
            ann.click("Grant").awaitText("[role=status]", "The access is granted.");
            ann.look();
            admin.go(server.at("/admin/support")).click("Enter…").awaitText("h1", "Enter orchard.localhost");
            admin.look().click("Enter orchard.localhost");
            admin.awaitText("h1", "You are inside orchard.localhost");
            admin.awaitText("aside", "of support is looking at this database until");
            admin.look().picture("support-banner");

            ann.go(server.at("/my/support")).awaitText("main", "as " + LOGIN);
            ann.click("Revoke").awaitText("[role=status]", "Its sessions have ended.");
            ann.look();
            admin.go(server.client("orchard", "/")).awaitText("h1", "Support session ended");
            admin.look();

            ann.press("#answer-refuse").click("Save").awaitText("[role=status]", "Your standing answer is saved.");
            admin.go(server.at("/admin/support"));
            admin.type("#database", "orchard.localhost").type("#reason", "Again");
            admin.click("Send request").awaitText("[role=status]", "has refused the access");
            assertThat(ann.go(server.at("/my/support")).text()).contains("Again", "Refused");
        }
    }
}
