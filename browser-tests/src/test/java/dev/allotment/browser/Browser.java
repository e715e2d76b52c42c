// SPDX-License-Identifier: Apache-2.0
package dev.allotment.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A Chromium with nothing in it yet. */
final class Browser implements AutoCloseable {
    static final int WIDE = 1280;
    /** As a small phone. */
    static final int NARROW = 375;

    private static final int HEIGHT = 812;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String AXE = script();

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    static Browser open() {
        return open(WIDE, true);
    }

    static Browser narrow() {
        return open(NARROW, true);
    }

    static Browser withoutJavaScript() {
        return open(WIDE, false);
    }

    private static Browser open(int width, boolean javaScript) {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(found("chromium", "/usr/bin/chromium"));
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--lang=en",
                "--user-data-dir=" + newFolder());
        if (!javaScript) {
            options.setExperimentalOption("prefs", Map.of("profile.managed_default_content_settings.javascript", 2));
        }
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(new File(found("chromedriver", "/usr/bin/chromedriver")))
                .usingAnyFreePort()
                .build();
        ChromeDriver driver = new ChromeDriver(service, options);
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", HEIGHT, "deviceScaleFactor", 1, "mobile", width == NARROW));
        return new Browser(driver);
    }

    private static String found(String property, String usual) {
        return Objects.requireNonNullElse(System.getProperty(property), usual);
    }

    private static Path newFolder() {
        try {
            return Files.createTempDirectory("browser");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String script() {
        try (InputStream in = Browser.class.getResourceAsStream("/axe.min.js")) {
            return new String(Objects.requireNonNull(in, "axe.min.js").readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Browser go(String address) {
        driver.get(address);
        return this;
    }

    String address() {
        return driver.getCurrentUrl();
    }

    String title() {
        return driver.getTitle();
    }

    /** All that can be read. */
    String text() {
        return element("body").getText();
    }

    WebElement element(String css) {
        return driver.findElement(By.cssSelector(css));
    }

    List<WebElement> elements(String css) {
        return driver.findElements(By.cssSelector(css));
    }

    Browser type(String css, String text) {
        WebElement field = element(css);
        field.clear();
        field.sendKeys(text);
        return this;
    }

    /** Clicks what has this text, a link or a button. */
    Browser click(String text) {
        driver.findElement(By.xpath("//*[self::a or self::button or self::summary or self::label][starts-with("
                        + "normalize-space(.), '" + text + "')]"))
                .click();
        return this;
    }

    /** Clicks what a selector finds. */
    Browser press(String css) {
        element(css).click();
        return this;
    }

    Browser awaitText(String css, String text) {
        return await(
                css + " with " + text,
                () -> elements(css).stream().anyMatch(each -> each.getText().contains(text)));
    }

    Browser awaitAddress(String part) {
        return await("an address with " + part, () -> address().contains(part));
    }

    private Browser await(String what, java.util.function.BooleanSupplier condition) {
        new WebDriverWait(driver, PATIENCE)
                .withMessage(() -> "Waited for " + what + " at " + address() + ": " + text())
                .ignoring(org.openqa.selenium.StaleElementReferenceException.class)
                .until(any -> condition.getAsBoolean());
        return this;
    }

    Browser signIn(DemoServer server, String login, String password) {
        go(server.at("/web/login")).type("#login", login).type("#password", password);
        press("main form button[type=submit]");
        return this;
    }

    Browser signOut() {
        return click("Sign out");
    }

    /** Shows it as somebody sees it who likes dark pages, or not. */
    Browser dark(boolean dark) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
        return this;
    }

    /** Fails where axe finds anything that keeps people out. */
    Browser checkAccessibility() {
        driver.executeScript(AXE);
        Object found = driver.executeAsyncScript("""
                const done = arguments[arguments.length - 1];
                axe.run(document, {resultTypes: ['violations']}).then(
                    result => done(result.violations.map(each => each.id + ': ' + each.nodes.map(
                        node => node.html + ' ' + node.failureSummary).join('; '))),
                    failure => done([String(failure)]));
                """);
        assertThat((List<?>) found).as("axe at %s", address()).isEmpty();
        return this;
    }

    /** Fails where the page is wider than the window. */
    Browser checkWidth() {
        Object pixels = driver.executeScript("return document.documentElement.scrollWidth - window.innerWidth");
        assertThat(((Number) pixels).longValue())
                .as("pixels out of sight at %s", address())
                .isLessThanOrEqualTo(0);
        return this;
    }

    /** Writes what is to be seen to the folder for pictures, where one is named. */
    Browser picture(String name) {
        String folder = System.getProperty("allotment.screenshots", "");
        if (!folder.isEmpty()) {
            Map<?, ?> size = (Map<?, ?>)
                    driver.executeCdpCommand("Page.getLayoutMetrics", Map.of()).get("cssContentSize");
            int height = Math.min(1100, Math.max(480, ((Number) size.get("height")).intValue()));
            Map<String, Object> shot = driver.executeCdpCommand(
                    "Page.captureScreenshot",
                    Map.of(
                            "captureBeyondViewport",
                            true,
                            "clip",
                            Map.of("x", 0, "y", 0, "width", size.get("width"), "height", height, "scale", 1)));
            try {
                Path file = Path.of(folder, name + ".png");
                Files.createDirectories(file.getParent());
                Files.write(file, Base64.getDecoder().decode(String.valueOf(shot.get("data"))));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return this;
    }

    @Override
    public void close() {
        driver.quit();
    }
}
