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
import java.util.function.BooleanSupplier;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A Chromium with nothing in it yet. */
final class BrowserDriver implements AutoCloseable {
    static final int WIDE = 1280;
    /** As a small phone. */
    static final int NARROW = 375;
    /** As the smallest phone, or a window of 1280 pixels at 400 %. */
    static final int SMALLEST = 320;

    private static final int HEIGHT = 812;
    private static final int MOST_TABS = 60;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String AXE = script();

    private final ChromeDriver driver;
    private final int width;

    private BrowserDriver(ChromeDriver driver, int width) {
        this.driver = driver;
        this.width = width;
    }

    static BrowserDriver open() {
        return open(WIDE, true);
    }

    static BrowserDriver narrow() {
        return open(NARROW, true);
    }

    static BrowserDriver smallest() {
        return open(SMALLEST, true);
    }

    static BrowserDriver withoutJavaScript() {
        return open(WIDE, false);
    }

    private static BrowserDriver open(int width, boolean javaScript) {
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
        BrowserDriver browser = new BrowserDriver(driver, width);
        browser.window(width, HEIGHT);
        return browser;
    }

    private void window(int wide, int high) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", wide, "height", high, "deviceScaleFactor", 1, "mobile", wide <= NARROW));
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
        try (InputStream in = BrowserDriver.class.getResourceAsStream("/axe.min.js")) {
            return new String(Objects.requireNonNull(in, "axe.min.js").readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    BrowserDriver go(String address) {
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

    /** Types into a field, whose form is unfolded first if it is folded. */
    BrowserDriver type(String css, String text) {
        WebElement field = element(css);
        if (!field.isDisplayed()) {
            field.findElement(By.xpath("ancestor::details[not(@open)][1]/summary"))
                    .click();
        }
        field.clear();
        field.sendKeys(text);
        return this;
    }

    /** Clicks what has this text, a link or a button. */
    BrowserDriver click(String text) {
        driver.findElement(By.xpath("//*[self::a or self::button or self::summary or self::label][starts-with("
                        + "normalize-space(.), '" + text + "')]"))
                .click();
        return this;
    }

    /** Clicks what a selector finds. */
    BrowserDriver press(String css) {
        element(css).click();
        return this;
    }

    /** What has the keyboard. */
    WebElement active() {
        return driver.switchTo().activeElement();
    }

    /** Presses keys, wherever the keyboard is. */
    BrowserDriver keys(CharSequence... keys) {
        active().sendKeys(keys);
        return this;
    }

    /** Presses the tab key until the element of a selector has the focus. */
    BrowserDriver tabTo(String css) {
        for (int i = 0; i < MOST_TABS; i++) {
            keys(Keys.TAB);
            if (Boolean.TRUE.equals(driver.executeScript("return document.activeElement.matches(arguments[0])", css))) {
                return this;
            }
        }
        throw new AssertionError("The tab key does not reach " + css + " at " + address());
    }

    Object run(String script) {
        return driver.executeScript(script);
    }

    BrowserDriver awaitText(String css, String text) {
        return await(
                css + " with " + text,
                () -> elements(css).stream().anyMatch(each -> each.getText().contains(text)));
    }

    BrowserDriver awaitAddress(String part) {
        return await("an address with " + part, () -> address().contains(part));
    }

    BrowserDriver await(String what, BooleanSupplier condition) {
        new WebDriverWait(driver, PATIENCE)
                .withMessage(() -> "Waited for " + what + " at " + address() + ": " + text())
                .ignoring(WebDriverException.class)
                .until(any -> condition.getAsBoolean());
        return this;
    }

    BrowserDriver signIn(DemoServer server, String login, String password) {
        go(server.at("/web/login")).type("#login", login).type("#password", password);
        run("document.documentElement.dataset.submitted = 'yes'");
        press("main form button[type=submit]");
        return await(
                "the page after signing in",
                () -> elements("html[data-submitted]").isEmpty());
    }

    /** Signs up, and waits for the page with the databases. */
    BrowserDriver signUp(DemoServer server, String name, String login, String password) {
        go(server.at("/web/signup")).type("#name", name).type("#login", login).type("#password", password);
        press("main form button[type=submit]");
        return awaitText("[role=status]", "Welcome!");
    }

    /** Checks a loaded page in light and dark, with all details opened. */
    BrowserDriver look() {
        run("for (const each of document.querySelectorAll('details:not([open])')) {"
                + " each.dataset.folded = 'yes'; each.open = true; }");
        checkAccessibility().checkWidth().dark(true).checkAccessibility().dark(false);
        run("for (const each of document.querySelectorAll('[data-folded]')) {"
                + " each.open = false; delete each.dataset.folded; }");
        return this;
    }

    BrowserDriver signOut() {
        return click("Sign out");
    }

    /** Switches between dark and light colours. */
    BrowserDriver dark(boolean dark) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
        return this;
    }

    /** Adds an authenticator that stores passkeys, and whose user agrees to everything at once. */
    BrowserDriver addAuthenticator() {
        driver.executeCdpCommand("WebAuthn.enable", Map.of());
        driver.executeCdpCommand(
                "WebAuthn.addVirtualAuthenticator",
                Map.of(
                        "options",
                        Map.of(
                                "protocol",
                                "ctap2",
                                "transport",
                                "internal",
                                "hasResidentKey",
                                true,
                                "hasUserVerification",
                                true,
                                "isUserVerified",
                                true,
                                "automaticPresenceSimulation",
                                true)));
        return this;
    }

    /** Moves the browser to another time zone. */
    BrowserDriver in(String zone) {
        driver.executeCdpCommand("Emulation.setTimezoneOverride", Map.of("timezoneId", zone));
        return this;
    }

    /** Fails where axe finds anything that keeps people out. */
    BrowserDriver checkAccessibility() {
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
    BrowserDriver checkWidth() {
        Object pixels = driver.executeScript("return document.documentElement.scrollWidth - window.innerWidth");
        assertThat(((Number) pixels).longValue())
                .as("pixels out of sight at %s", address())
                .isLessThanOrEqualTo(0);
        return this;
    }

    /** Writes what is to be seen to the folder for pictures, where one is named, and the picture has a name. */
    BrowserDriver picture(String name) {
        String folder = System.getProperty("allotment.screenshots", "");
        if (!folder.isEmpty() && !name.isEmpty()) {
            Map<?, ?> size = (Map<?, ?>)
                    driver.executeCdpCommand("Page.getLayoutMetrics", Map.of()).get("cssContentSize");
            int height = Math.min(1100, Math.max(480, ((Number) size.get("height")).intValue()));
            // As in a window of this height: what stays at the bottom of the window is at the bottom of the picture.
            window(width, height);
            Map<String, Object> shot = driver.executeCdpCommand(
                    "Page.captureScreenshot",
                    Map.of(
                            "captureBeyondViewport",
                            true,
                            "clip",
                            Map.of("x", 0, "y", 0, "width", size.get("width"), "height", height, "scale", 1)));
            window(width, HEIGHT);
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
