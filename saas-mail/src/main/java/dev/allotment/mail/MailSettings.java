// SPDX-License-Identifier: Apache-2.0
package dev.allotment.mail;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.Settings;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connection to a mail server. The password is never printed.
 *
 * @param url {@code smtp://host:port} (unencrypted, default port 25), {@code starttls://host:port} (requires STARTTLS,
 *     default port 587) or {@code smtps://host:port} (encrypted from the start, default port 465)
 * @param user the user to sign in with, or null to send without signing in. Requires encryption, or a server on this
 *     machine
 * @param password null without a user
 * @param from the sender, such as {@code Example <noreply@example.com>}
 * @param timeoutSeconds for connecting, and for each response; from 1 to 60
 */
public record MailSettings(
        String url, @Nullable String user, @Nullable String password, String from, int timeoutSeconds) {
    /** The name of the setting for the URL, see {@link #read}. */
    public static final String URL = "smtp-url";

    /** The name of the setting for the user. */
    public static final String USER = "smtp-user";
    /** The name of the setting for the password. */
    public static final String PASSWORD = "smtp-password";
    /** The name of the setting for the sender. */
    public static final String FROM = "smtp-from";
    /** The name of the setting for the timeout in seconds. Default: 10. */
    public static final String TIMEOUT = "smtp-timeout";

    private static final int DEFAULT_TIMEOUT = 10;
    private static final int MAX_TIMEOUT = 60;
    private static final Map<String, Integer> PORTS = Map.of("smtp", 25, "starttls", 587, "smtps", 465);
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    /**
     * Checks the values.
     *
     * @throws SaasException {@code setting.invalid} naming every problem
     */
    public MailSettings {
        List<String> problems = new ArrayList<>();
        if (!isUrl(url)) {
            problems.add(URL + ": expected " + URL_EXPECTED);
        } else if (user != null && !mayCarryPasswords(url)) {
            problems.add(USER + ": expected " + USER_EXPECTED);
        }
        if ((user == null) != (password == null)) {
            problems.add(PASSWORD + ": expected " + PASSWORD_EXPECTED);
        }
        if (!isAddress(from)) {
            problems.add(FROM + ": expected " + FROM_EXPECTED);
        }
        if (timeoutSeconds < 1 || timeoutSeconds > MAX_TIMEOUT) {
            problems.add(TIMEOUT + ": expected a whole number from 1 to " + MAX_TIMEOUT);
        }
        if (!problems.isEmpty()) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID, "Invalid mail settings:\n  " + String.join("\n  ", problems));
        }
    }

    private static final String URL_EXPECTED = "smtp://, starttls:// or smtps:// with a host, and a port or none";
    private static final String USER_EXPECTED =
            "a URL with starttls:// or smtps://, because a password is never sent without encryption";
    private static final String PASSWORD_EXPECTED = "a user and a password, or neither";
    private static final String FROM_EXPECTED = "an address such as Example <noreply@example.com>";

    /** Returns settings without a user, with a timeout of 10 seconds. */
    public static MailSettings of(String url, String from) {
        return new MailSettings(url, null, null, from, DEFAULT_TIMEOUT);
    }

    /** Returns a copy that signs in with this user. */
    public MailSettings signingIn(String newUser, String newPassword) {
        return new MailSettings(url, newUser, newPassword, from, timeoutSeconds);
    }

    /** Returns a copy with another timeout. */
    public MailSettings withTimeout(int seconds) {
        return new MailSettings(url, user, password, from, seconds);
    }

    /**
     * Reads the settings by the names above. Does no I/O.
     *
     * @param settings collects the problems
     * @return null if no URL is set, or if a setting is invalid
     */
    public static @Nullable MailSettings read(Settings settings) {
        String url = settings.optional(URL);
        String user = settings.optional(USER);
        String password = settings.secret(PASSWORD);
        String from = settings.optional(FROM);
        int timeout = settings.number(TIMEOUT, DEFAULT_TIMEOUT, 1, MAX_TIMEOUT);
        if (url == null) {
            problemWithout(settings, USER, user);
            problemWithout(settings, FROM, from);
            return null;
        }
        boolean valid = true;
        if (!isUrl(url)) {
            settings.problem(URL, masked(url), URL_EXPECTED, null);
            valid = false;
        } else if (user != null && !mayCarryPasswords(url)) {
            settings.problem(USER, user, USER_EXPECTED, null);
            valid = false;
        }
        if ((user == null) != (password == null)) {
            settings.problem(USER, user == null ? "" : user, PASSWORD_EXPECTED, null);
            valid = false;
        }
        if (from == null || !isAddress(from)) {
            settings.problem(FROM, from == null ? "" : from, FROM_EXPECTED, null);
            valid = false;
        }
        return valid && from != null ? new MailSettings(url, user, password, from, timeout) : null;
    }

    private static void problemWithout(Settings settings, String key, @Nullable String value) {
        if (value != null) {
            settings.problem(key, value, "that " + URL + " is set too", null);
        }
    }

    /** Hides a URL that may contain a password. */
    private static String masked(String url) {
        return url.contains("@") ? "(hidden because it contains an @)" : url;
    }

    boolean encryptedFromTheStart() {
        return scheme(url).equals("smtps");
    }

    boolean encryptedByCommand() {
        return scheme(url).equals("starttls");
    }

    String host() {
        return URI.create(url).getHost();
    }

    int port() {
        int port = URI.create(url).getPort();
        return port > 0 ? port : PORTS.getOrDefault(scheme(url), 0);
    }

    InternetAddress sender() {
        return address(from);
    }

    /** The domain of the sender. */
    String domain() {
        String address = sender().getAddress();
        return address.substring(address.lastIndexOf('@') + 1);
    }

    private static boolean mayCarryPasswords(String url) {
        return !scheme(url).equals("smtp")
                || THIS_MACHINE.contains(URI.create(url).getHost());
    }

    private static String scheme(String url) {
        return url.substring(0, Math.max(url.indexOf(':'), 0)).toLowerCase(Locale.ROOT);
    }

    private static boolean isUrl(String text) {
        try {
            URI uri = URI.create(text);
            return PORTS.containsKey(scheme(text))
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && (uri.getRawPath() == null || uri.getRawPath().isEmpty())
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && uri.getPort() <= 65_535;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isAddress(String text) {
        try {
            return address(text).getAddress().indexOf('@') > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Parses exactly one address: no list, no group, no line breaks. */
    static InternetAddress address(String text) {
        try {
            if (text.codePoints().anyMatch(Character::isISOControl)) {
                throw new AddressException("control character");
            }
            InternetAddress[] parsed = InternetAddress.parse(text, true);
            if (parsed.length != 1 || parsed[0].isGroup()) {
                throw new AddressException("not one address");
            }
            parsed[0].validate();
            return parsed[0];
        } catch (AddressException e) {
            throw new IllegalArgumentException("Not an email address", e);
        }
    }

    @Override
    public String toString() {
        return "MailSettings[url=" + url + ", from=" + from + "]";
    }
}
