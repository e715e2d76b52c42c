// SPDX-License-Identifier: Apache-2.0
package dev.allotment.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an administrator does to change the brand, and what a visitor sees of it. */
class BrandWalkTest {
    private static final String SAVE = "main form[enctype] button[type=submit]";
    private static final String BUTTON =
            "return getComputedStyle(document.querySelector('main form button[type=submit]')).backgroundColor";
    private static final String LOGO =
            "const logo = document.querySelector('header img.logo'); return logo ? logo.naturalWidth : 0";

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

    private Path logo() throws IOException {
        BufferedImage image = new BufferedImage(120, 40, BufferedImage.TYPE_INT_RGB);
        image.setRGB(1, 1, Color.ORANGE.getRGB());
        Path file = folder.resolve("logo.png");
        assertThat(ImageIO.write(image, "png", file.toFile())).isTrue();
        return file;
    }

    private static BrowserDriver open(int width) {
        return width == BrowserDriver.SMALLEST ? BrowserDriver.smallest() : BrowserDriver.open();
    }

    /** The tool that checks accessibility measures the contrast, and the browser decodes and sends the image. */
    @ParameterizedTest
    @ValueSource(ints = {BrowserDriver.WIDE, BrowserDriver.SMALLEST})
    void aBrandIsPreviewedAndApplied(int width) throws Exception {
        try (BrowserDriver admin = open(width);
                BrowserDriver visitor = open(width)) {
            admin.signIn(server, "admin", "admin").awaitAddress("/admin");
            admin.go(server.at("/admin/brand")).look();
            admin.type("#name", "Sprout").type("#accent", "#f5e663").press(SAVE);
            admin.awaitText("[role=alert]", "contrast").look();
            admin.type("#accent", "#7a1f5c").type("#text-sign-in", "Welcome to the garden.");
            admin.element("#logo").sendKeys(logo().toString());
            admin.press(SAVE);
            admin.awaitText("[role=status]", "Draft saved.").look();
            for (String page : new String[] {"sign-in", "sign-up", "database"}) {
                admin.go(server.at("/admin/brand/preview/" + page)).look();
                assertThat(admin.text()).as(page).contains("Sprout");
            }

            visitor.go(server.at("/web/login"));
            assertThat(visitor.text()).doesNotContain("Sprout", "Welcome to the garden.");
            assertThat(visitor.run(LOGO)).isEqualTo(0L);

            admin.go(server.at("/admin/brand")).click("Apply").awaitText("[role=status]", "Brand applied.");
            visitor.await(
                    "the brand",
                    () -> visitor.go(server.at("/web/login")).text().contains("Sprout"));
            visitor.awaitText("main", "Welcome to the garden.").look();
            assertThat(visitor.run(BUTTON)).isEqualTo("rgb(122, 31, 92)");
            assertThat(visitor.run(LOGO)).isEqualTo(120L);
            visitor.go(server.at("/web/signup")).look();

            admin.go(server.at("/admin/brand"))
                    .click("Remove the applied brand")
                    .look();
            admin.press("main form button[type=submit]").awaitText("[role=status]", "removed");
            assertThat(admin.run(LOGO)).isEqualTo(0L);
        }
    }
}
