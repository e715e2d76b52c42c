// SPDX-License-Identifier: Apache-2.0
package dev.allotment.mail;

import dev.allotment.Parameter;
import dev.allotment.Saas;
import dev.allotment.TeamRole;
import dev.allotment.brand.Brand;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Sends emails to users about their accounts: links to set a new password or to confirm an email address, and notices.
 * Thread-safe; does I/O in the caller's thread.
 */
public final class AccountMails {
    private final Mailer mailer;
    private final MailTexts texts;
    private final Saas saas;
    private final Clock clock;

    /**
     * Creates the sender.
     *
     * @param saas the control plane with all rights
     */
    public AccountMails(Mailer mailer, MailTexts texts, Saas saas, Clock clock) {
        this.mailer = mailer;
        this.texts = texts;
        this.saas = saas;
        this.clock = clock;
    }

    /**
     * Sends the link that sets a new password.
     *
     * @param lang of the reader, such as {@code de_DE}
     * @param link an absolute address that contains a secret
     * @throws dev.allotment.SaasException {@code mail.failed}, {@code mail.refused}
     */
    public void passwordReset(String address, String name, String lang, URI link) {
        send(MailKind.PASSWORD_RESET, address, name, lang, link);
    }

    /**
     * Sends the link with which the user of a new account chooses a password.
     *
     * @param lang of the reader, such as {@code de_DE}
     * @param inviter the name of the administrator who created the account
     * @param product the name of what the account is for
     * @param link an absolute address that contains a secret
     * @throws dev.allotment.SaasException {@code mail.failed}, {@code mail.refused}
     */
    public void invitation(String address, String name, String lang, String inviter, String product, URI link) {
        Map<String, String> values = Map.of(
                "inviter", MailFormats.name(inviter, product),
                "product", MailFormats.line(product),
                "link", link.toString());
        send(MailKind.INVITATION, id(address, link), address, name, lang, values);
    }

    /**
     * Sends the link to an invitation to the team of a customer.
     *
     * @param name of the recipient; empty if there is no account with the address
     * @param lang of the reader, such as {@code de_DE}
     * @throws dev.allotment.SaasException {@code mail.failed}, {@code mail.refused}
     */
    public void teamInvitation(String address, String name, String lang, TeamInvitation invitation) {
        String provider = saas.parameters()
                .value(Parameter.BASE_URL)
                .map(URI::create)
                .map(URI::getHost)
                .orElse("");
        Map<String, String> values = Map.of(
                "inviter", MailFormats.name(invitation.inviter(), provider),
                "customer", MailFormats.name(invitation.customer(), provider),
                "role", MailFormats.role(invitation.role(), lang),
                "date", MailFormats.date(invitation.until(), lang, "UTC"),
                "link", invitation.link().toString());
        send(MailKind.TEAM_INVITATION, id(address, invitation.link()), address, name, lang, values);
    }

    /**
     * An invitation to the team of a customer.
     *
     * @param inviter the name of the person who sends it
     * @param customer the name of the customer
     * @param role in the team
     * @param until when it ends
     * @param link an absolute address that contains a secret
     */
    public record TeamInvitation(String inviter, String customer, TeamRole role, Instant until, URI link) {}

    /**
     * Sends the link that confirms a sign-up.
     *
     * @param lang of the reader, such as {@code de_DE}
     * @param link an absolute address that contains a secret
     * @throws dev.allotment.SaasException {@code mail.failed}, {@code mail.refused}
     */
    public void confirmSignUp(String address, String name, String lang, URI link) {
        send(MailKind.SIGN_UP, address, name, lang, link);
    }

    /**
     * Informs the owner of an account that another sign-up used the account's address.
     *
     * @param lang of the reader, such as {@code de_DE}
     * @param link an absolute address that sets a new password and contains a secret
     * @throws dev.allotment.SaasException {@code mail.failed}, {@code mail.refused}
     */
    public void alreadyRegistered(String address, String name, String lang, URI link) {
        send(MailKind.ALREADY_REGISTERED, address, name, lang, link);
    }

    /**
     * Informs the former address of an account that the address was changed.
     *
     * @param address the former address
     * @param lang of the reader, such as {@code de_DE}
     * @throws dev.allotment.SaasException {@code mail.failed}, {@code mail.refused}
     */
    public void emailChanged(String address, String name, String lang) {
        send(MailKind.EMAIL_CHANGED, UUID.randomUUID(), address, name, lang, Map.of());
    }

    /**
     * Shows an administrator how emails look with a brand that may not have been applied.
     *
     * @param lang of the reader, such as {@code de_DE}
     * @throws dev.allotment.SaasException {@code mail.failed}, {@code mail.refused}
     */
    public void brandPreview(String address, String name, String lang, Brand brand) {
        MailFrame frame = MailFrame.of(saas, brand);
        send(MailKind.BRAND_PREVIEW, UUID.randomUUID(), new Reader(address, name, lang), Map.of(), frame);
    }

    private void send(MailKind kind, String address, String name, String lang, URI link) {
        send(kind, id(address, link), address, name, lang, Map.of("link", link.toString()));
    }

    /** Derived from the content: the same link twice is the same email. */
    private static UUID id(String address, URI link) {
        return UUID.nameUUIDFromBytes((address + "\n" + link).getBytes(StandardCharsets.UTF_8));
    }

    private void send(MailKind kind, UUID id, String address, String name, String lang, Map<String, String> more) {
        send(kind, id, new Reader(address, name, lang), more, MailFrame.of(saas));
    }

    /** Who gets an email. */
    private record Reader(String address, String name, String lang) {}

    private void send(MailKind kind, UUID id, Reader to, Map<String, String> more, MailFrame frame) {
        Map<String, String> values = new HashMap<>(more);
        values.put("user", MailFormats.name(to.name(), to.address()));
        values.put("portal", saas.parameters().value(Parameter.BASE_URL).orElse(""));
        MailTexts.Written written = texts.write(kind, to.lang(), MailFormats.usual(saas), values, frame);
        mailer.send(new Mail(
                id.toString(), to.address(), written.subject(), written.text(), written.html(), clock.instant()));
    }
}
