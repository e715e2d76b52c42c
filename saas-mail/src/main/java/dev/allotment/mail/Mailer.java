// SPDX-License-Identifier: Apache-2.0
package dev.allotment.mail;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends emails over SMTP, each on its own connection. Thread-safe; does network I/O in the caller's thread, within the
 * timeouts. If the server is unreachable, the next 10 seconds of emails fail at once, so that a long queue does not
 * wait for each.
 */
public final class Mailer {
    private static final Duration PAUSE = Duration.ofSeconds(10);
    private static final long NEVER = Long.MIN_VALUE;

    private final MailSettings settings;
    private final Session session;
    private final LongSupplier ticker;

    /** The ticker's value when the server was last found unreachable. */
    private final AtomicLong unreachableAt = new AtomicLong(NEVER);

    /** Creates a mailer. Does no I/O. */
    public Mailer(MailSettings settings) {
        this(settings, new Properties(), System::nanoTime);
    }

    /** @param extra properties of Jakarta Mail, such as a socket factory that trusts a test certificate */
    Mailer(MailSettings settings, Properties extra, LongSupplier ticker) {
        this.settings = settings;
        this.ticker = ticker;
        Properties properties = new Properties();
        properties.putAll(properties(settings));
        properties.putAll(extra);
        session = Session.getInstance(properties);
    }

    private static Properties properties(MailSettings settings) {
        String protocol = protocol(settings);
        String millis =
                Long.toString(Duration.ofSeconds(settings.timeoutSeconds()).toMillis());
        Properties properties = new Properties();
        properties.setProperty("mail.transport.protocol", protocol);
        String prefix = "mail." + protocol + ".";
        properties.setProperty(prefix + "connectiontimeout", millis);
        properties.setProperty(prefix + "timeout", millis);
        properties.setProperty(prefix + "writetimeout", millis);
        properties.setProperty(prefix + "auth", Boolean.toString(settings.user() != null));
        properties.setProperty(prefix + "ssl.checkserveridentity", "true");
        properties.setProperty(prefix + "starttls.enable", Boolean.toString(settings.encryptedByCommand()));
        properties.setProperty(prefix + "starttls.required", Boolean.toString(settings.encryptedByCommand()));
        // Java would otherwise ask the network for this machine's name.
        properties.setProperty(prefix + "localhost", settings.domain());
        properties.setProperty(prefix + "from", settings.sender().getAddress());
        return properties;
    }

    private static String protocol(MailSettings settings) {
        return settings.encryptedFromTheStart() ? "smtps" : "smtp";
    }

    /**
     * Sends an email. When this method returns, the server has accepted it.
     *
     * @throws SaasException {@code mail.failed} (retryable) if the server is unreachable, too slow, or does not accept
     *     the email now; {@code mail.refused} if the address is invalid, or the server never accepts email for it
     */
    public void send(Mail mail) {
        long last = unreachableAt.get();
        if (last != NEVER && ticker.getAsLong() - last < PAUSE.toNanos()) {
            throw failed("was unreachable a moment ago", null);
        }
        InternetAddress to = recipient(mail);
        try {
            MimeMessage message = Messages.of(session, settings, mail, to);
            deliver(message, to);
        } catch (SendFailedException e) {
            throw holds(e.getInvalidAddresses(), to) ? refused(e) : failed("did not accept the message", e);
        } catch (AuthenticationFailedException e) {
            throw failed("rejected the user or the password", e);
        } catch (MessagingException e) {
            unreachableAt.set(ticker.getAsLong());
            throw failed("is unreachable, did not answer in time, or does not support encryption", e);
        }
    }

    private void deliver(MimeMessage message, InternetAddress to) throws MessagingException {
        try (Transport transport = session.getTransport()) {
            transport.connect(settings.host(), settings.port(), settings.user(), settings.password());
            transport.sendMessage(message, new Address[] {to});
            unreachableAt.set(NEVER);
        }
    }

    private static InternetAddress recipient(Mail mail) {
        try {
            InternetAddress to = MailSettings.address(mail.to());
            if (to.getPersonal() == null && to.getAddress().indexOf('@') > 0) {
                return to;
            }
            throw refused(null);
        } catch (IllegalArgumentException e) {
            throw refused(e);
        }
    }

    private static boolean holds(Address @Nullable [] addresses, Address address) {
        return addresses != null && Arrays.asList(addresses).contains(address);
    }

    private SaasException failed(String what, @Nullable Throwable cause) {
        return SaasException.unavailable(
                ErrorCodes.MAIL_FAILED,
                "The mail server " + settings.host() + ":" + settings.port() + " " + what + ". The email was not sent.",
                cause);
    }

    private static SaasException refused(@Nullable Throwable cause) {
        return new SaasException(
                ErrorCategory.INVALID_INPUT,
                ErrorCodes.MAIL_REFUSED,
                "No email can be sent to this address: it is invalid, or the mail server does not know it.",
                Map.of(),
                false,
                cause);
    }
}
