// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.mail.AccountMails;
import dev.allotment.portal.mail.PortalMail;
import java.net.URI;

/** Sends the portal's emails with the server's mailer. */
record PortalEmails(AccountMails mails) implements PortalMail {
    @Override
    public void choosePassword(Recipient to, URI link) {
        mails.confirmSignUp(to.address(), to.name(), to.lang(), link);
    }

    @Override
    public void alreadyRegistered(Recipient to, URI link) {
        mails.alreadyRegistered(to.address(), to.name(), to.lang(), link);
    }

    @Override
    public void resetPassword(Recipient to, URI link) {
        mails.passwordReset(to.address(), to.name(), to.lang(), link);
    }

    @Override
    public void emailChanged(Recipient to) {
        mails.emailChanged(to.address(), to.name(), to.lang());
    }
}
