// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.team;

import dev.allotment.User;
import dev.allotment.portal.mail.PortalMail.Recipient;
import dev.allotment.portal.mail.PortalMail.TeamInvitation;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.PortalSite;
import dev.allotment.portal.web.ThrottledMails;
import dev.allotment.portal.web.Visitor;
import dev.allotment.team.Invitation;
import dev.allotment.team.SentInvitation;
import dev.allotment.team.Team;
import java.net.URI;
import java.util.Optional;

/** Sends invitations to teams, after the page was sent. The core limits how many there are. */
final class TeamMessages {
    private final PortalSite site;
    private final ThrottledMails mails;

    TeamMessages(PortalSite site, ThrottledMails mails) {
        this.site = site;
        this.mails = mails;
    }

    boolean possible() {
        return mails.possible();
    }

    /** Sends nothing if the person was in the team already. */
    void invite(PortalExchange exchange, Visitor inviter, SentInvitation sent) {
        Invitation invitation = sent.invitation();
        String secret = sent.emailedSecret();
        if (invitation == null || secret == null) {
            return;
        }
        String customer = inviter.team()
                .map(Team::customer)
                .orElseGet(() -> site.saas().customers().get(inviter.customer()).name());
        URI link = URI.create(site.baseUrl()
                .at(exchange.request().getContextPath() + InvitationPages.PATH + "?" + InvitationPages.SECRET + "="
                        + secret));
        TeamInvitation content =
                new TeamInvitation(inviter.user().name(), customer, invitation.role(), invitation.expiresAt(), link);
        mails.submitUnlimited(() -> mails.mail().invitedToTeam(recipient(inviter, invitation.email()), content));
    }

    /** A person without an account probably reads the language of the inviter. */
    private Recipient recipient(Visitor inviter, String address) {
        Optional<User> account = site.saas().accounts().findByLogin(address);
        return new Recipient(
                address,
                account.map(User::name).orElse(""),
                account.map(User::lang).orElse(inviter.texts().code()));
    }
}
