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
 * How to reach the server that takes the mail. The password is never printed.
 *
 * @param url {@code smtp://host:port} (no encryption, port 25), {@code starttls://host:port} (encrypted from the STARTTLS on, or
 *     not sent at all, port 587) or {@code smtps://host:port} (encrypted from the beginning, port 465)
 * @param user who signs in there; null: nobody does. Needs encryption, or a server on this machine
 * @param password null without a user
 * @param from what the mail says it comes from, such as {@code Example <noreply@example.com>}
 * @param timeoutSeconds how long a connection may take, and each answer; from 1 to 60
 */
public record MailSettings(
        String url, @Nullable String user, @Nullable String password, String from, int timeoutSeconds) {
    /** Names of the settings that {@link #read} reads. */
    public static final String URL = "smtp-url";

    public static final String USER = "smtp-user";
    public static final String PASSWORD = "smtp-password";
    public static final String FROM = "smtp-from";
    public static final String TIMEOUT = "smtp-timeout";

    private static final int DEFAULT_TIMEOUT = 10;
    private static final int MAX_TIMEOUT = 60;
    private static final Map<String, Integer> PORTS = Map.of("smtp", 25, "starttls", 587, "smtps", 465);
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    /** @throws SaasException {@code setting.invalid} naming all that is wrong */
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
                    ErrorCodes.SETTING_INVALID, "Wrong settings of the mail:\n  " + String.join("\n  ", problems));
        }
    }

    private static final String URL_EXPECTED = "smtp://, starttls:// or smtps:// with a host, and a port or none";
    private static final String USER_EXPECTED =
            "a URL with starttls:// or smtps://, since a password is not sent over the net without encryption";
    private static final String PASSWORD_EXPECTED = "a user and a password, or neither";
    private static final String FROM_EXPECTED = "an address such as Example <noreply@example.com>";

    /** Without signing in, and with a timeout of 10 seconds. */
    public static MailSettings of(String url, String from) {
        return new MailSettings(url, null, null, from, DEFAULT_TIMEOUT);
    }

    public MailSettings signingIn(String newUser, String newPassword) {
        return new MailSettings(url, newUser, newPassword, from, timeoutSeconds);
    }

    public MailSettings withTimeout(int seconds) {
        return new MailSettings(url, user, password, from, seconds);
    }

    /**
     * Reads them by the names above; no I/O.
     *
     * @param settings what is wrong is collected there
     * @return null where no URL is set, or where something is wrong
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
            settings.problem(key, value, URL + " to be set too", null);
        }
    }

    /** Somebody may have put a password into it. */
    private static String masked(String url) {
        return url.contains("@") ? "(hidden: there is an @ in it)" : url;
    }

    boolean encryptedFromTheBeginning() {
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

    /** Behind the @ of the sender: who answers for what is sent. */
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

    /** Exactly one, of a person: no list, no group, no line break. */
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
            throw new IllegalArgumentException("Not an address of e-mail", e);
        }
    }

    @Override
    public String toString() {
        return "MailSettings[url=" + url + ", from=" + from + "]";
    }
}
