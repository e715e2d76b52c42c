// SPDX-License-Identifier: Apache-2.0
package dev.allotment.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people do with passkeys, with the authenticator that Chromium has for tests. */
class PasskeyWalkTest {
    private static final String LOGIN = "ann.archer@example.com";
    private static final String PASSWORD = "correct horse";

    @TempDir
    private Path folder;

    private DemoServer server;

    @BeforeEach
    void start() throws Exception {
        server = DemoServer.start(folder, "--secret-key", "a key of the tests");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {BrowserDriver.WIDE, BrowserDriver.SMALLEST})
    void aPasskeyIsAddedAndSignsIn(int width) {
        try (BrowserDriver ann = width == BrowserDriver.SMALLEST ? BrowserDriver.smallest() : BrowserDriver.open()) {
            ann.addAuthenticator();
            ann.signUp(server, "Ann Archer", LOGIN, PASSWORD);
            ann.go(server.at("/my/account/passkeys")).look().click("Add a passkey");
            ann.awaitText("h1", "Add a passkey").look();
            ann.type("#name", "Work laptop").click("Create the passkey");
            ann.awaitText("[role=status]", "The passkey is added.").look();
            ann.click("Add a passkey").awaitText("h1", "Add a passkey");
            ann.type("#name", "The same device").click("Create the passkey");
            ann.awaitText("form [role=status]", "This device has a passkey of your account already.");

            // The sign-in page suggests passkeys at once, and this user agrees at once.
            ann.signOut().awaitText("main", "No databases yet");
            ann.go(server.at("/web/login/passkey")).look().click("Sign in with a passkey");
            ann.awaitAddress("/my").awaitText("main", "No databases yet");

            ann.go(server.at("/my/team")).click("Require it from everyone");
            ann.awaitText("[role=status]", "Everyone in the team needs a second factor")
                    .look();
            ann.go(server.at("/my/account/passkeys")).click("Remove");
            ann.awaitText("main", "Everyone in your team needs a passkey").look();
            ann.go(server.at("/my")).awaitAddress("/my/account/factor");
            ann.look();
        }
    }

    @Test
    void withoutJavascriptThePasswordSignsInAsBefore() {
        try (BrowserDriver ann = BrowserDriver.withoutJavaScript()) {
            ann.signUp(server, "Ann Archer", LOGIN, PASSWORD).signOut();
            ann.go(server.at("/web/login"));
            assertThat(ann.text()).doesNotContain("Sign in with a passkey");
            ann.signIn(server, LOGIN, PASSWORD).awaitText("main", "No databases yet");
        }
    }
}
