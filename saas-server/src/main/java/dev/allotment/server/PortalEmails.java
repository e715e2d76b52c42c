// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.brand.Brand;
import dev.allotment.mail.AccountMails;
import dev.allotment.portal.mail.PortalMail;
import java.net.URI;

/** Sends the portal's emails with the server's mailer, and counts them. */
record PortalEmails(AccountMails mails, Metrics metrics) implements PortalMail {
    @Override
    public void choosePassword(Recipient to, URI link) {
        counted(() -> mails.confirmSignUp(to.address(), to.name(), to.lang(), link));
    }

    @Override
    public void invited(Recipient to, Invitation invitation) {
        counted(() -> mails.invitation(
                to.address(), to.name(), to.lang(), invitation.inviter(), invitation.product(), invitation.link()));
    }

    @Override
    public void alreadyRegistered(Recipient to, URI link) {
        counted(() -> mails.alreadyRegistered(to.address(), to.name(), to.lang(), link));
    }

    @Override
    public void resetPassword(Recipient to, URI link) {
        counted(() -> mails.passwordReset(to.address(), to.name(), to.lang(), link));
    }

    @Override
    public void emailChanged(Recipient to) {
        counted(() -> mails.emailChanged(to.address(), to.name(), to.lang()));
    }

    @Override
    public void invitedToTeam(Recipient to, TeamInvitation invitation) {
        counted(() -> mails.teamInvitation(
                to.address(),
                to.name(),
                to.lang(),
                new AccountMails.TeamInvitation(
                        invitation.inviter(),
                        invitation.customer(),
                        invitation.role(),
                        invitation.until(),
                        invitation.link())));
    }

    @Override
    public void brandPreview(Recipient to, Brand brand) {
        counted(() -> mails.brandPreview(to.address(), to.name(), to.lang(), brand));
    }

    private void counted(Runnable sending) {
        boolean sent = false;
        try {
            sending.run();
            sent = true;
        } finally {
            metrics.mailed(sent);
        }
    }
}
