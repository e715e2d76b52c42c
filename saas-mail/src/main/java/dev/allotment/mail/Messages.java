// SPDX-License-Identifier: Apache-2.0
package dev.allotment.mail;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.nio.charset.StandardCharsets;
import java.util.Date;

/** Builds the messages that are sent. */
final class Messages {
    private static final String UTF_8 = StandardCharsets.UTF_8.name();

    private Messages() {}

    /** Keeps its Message-ID: Jakarta Mail would create a new one each time. */
    private static final class Identified extends MimeMessage {
        private final String id;

        private Identified(Session session, String id) {
            super(session);
            this.id = id;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", id);
        }
    }

    static MimeMessage of(Session session, MailSettings settings, Mail mail, InternetAddress to)
            throws MessagingException {
        MimeMessage message = new Identified(session, "<" + mail.id() + "@" + settings.domain() + ">");
        message.setFrom(settings.sender());
        message.setRecipient(Message.RecipientType.TO, to);
        message.setSubject(MailFormats.line(mail.subject()), UTF_8);
        message.setSentDate(Date.from(mail.sentAt()));
        // Keeps automatic replies from answering.
        message.setHeader("Auto-Submitted", "auto-generated");
        MimeBodyPart text = new MimeBodyPart();
        text.setText(mail.text(), UTF_8);
        MimeBodyPart html = new MimeBodyPart();
        html.setText(mail.html(), UTF_8, "html");
        message.setContent(new MimeMultipart("alternative", text, html));
        message.saveChanges();
        return message;
    }
}
