// SPDX-License-Identifier: Apache-2.0
package dev.allotment.mail;

import dev.allotment.Parameter;
import dev.allotment.Saas;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Writes to people about their accounts: the link that they need to set a new password or to confirm that an address is theirs,
 * and that the address has changed. Thread-safe; does I/O in the caller's thread.
 */
public final class AccountMails {
    private final Mailer mailer;
    private final MailTexts texts;
    private final Saas saas;
    private final Clock clock;

    /** @param saas with all rights */
    public AccountMails(Mailer mailer, MailTexts texts, Saas saas, Clock clock) {
        this.mailer = mailer;
        this.texts = texts;
        this.saas = saas;
        this.clock = clock;
    }

    /**
     * Tells how to set a new password.
     *
     * @param lang of the reader, such as {@code de_DE}
     * @param link absolute; holds the secret
     * @throws dev.allotment.SaasException {@code mail.failed}, {@code mail.refused}
     */
    public void passwordReset(String address, String name, String lang, URI link) {
        send(MailKind.PASSWORD_RESET, address, name, lang, link);
    }

    /**
     * Asks whoever reads the mail to confirm a sign-up.
     *
     * @param lang of the reader, such as {@code de_DE}
     * @param link absolute; holds the secret
     * @throws dev.allotment.SaasException {@code mail.failed}, {@code mail.refused}
     */
    public void confirmSignUp(String address, String name, String lang, URI link) {
        send(MailKind.SIGN_UP, address, name, lang, link);
    }

    /**
     * Tells the owner of an account that somebody tried to sign up with its address.
     *
     * @param lang of the reader, such as {@code de_DE}
     * @param link absolute; sets a new password, holds the secret
     * @throws dev.allotment.SaasException {@code mail.failed}, {@code mail.refused}
     */
    public void alreadyRegistered(String address, String name, String lang, URI link) {
        send(MailKind.ALREADY_REGISTERED, address, name, lang, link);
    }

    /**
     * Tells the reader that the account has another address from now on.
     *
     * @param address the one that it had
     * @param lang of the reader, such as {@code de_DE}
     * @throws dev.allotment.SaasException {@code mail.failed}, {@code mail.refused}
     */
    public void emailChanged(String address, String name, String lang) {
        send(MailKind.EMAIL_CHANGED, UUID.randomUUID(), address, name, lang, Map.of());
    }

    private void send(MailKind kind, String address, String name, String lang, URI link) {
        // Made of what is in it: the same link twice is the same mail.
        UUID id = UUID.nameUUIDFromBytes((address + "\n" + link).getBytes(StandardCharsets.UTF_8));
        send(kind, id, address, name, lang, Map.of("link", link.toString()));
    }

    private void send(MailKind kind, UUID id, String address, String name, String lang, Map<String, String> more) {
        Map<String, String> values = new HashMap<>(more);
        values.put("user", MailFormats.name(name, address));
        values.put("portal", saas.parameters().value(Parameter.BASE_URL).orElse(""));
        MailTexts.Written written = texts.write(kind, lang, values);
        mailer.send(
                new Mail(id.toString(), address, written.subject(), written.text(), written.html(), clock.instant()));
    }
}
