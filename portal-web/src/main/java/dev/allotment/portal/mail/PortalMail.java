// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.mail;

import dev.allotment.TeamRole;
import dev.allotment.brand.Brand;
import java.net.URI;
import java.time.Instant;

/**
 * Sends the portal's emails. The embedder implements it.
 *
 * <p>Several threads may call it at once, after the request was answered, so a call may take its time. The portal logs
 * what it throws and does not send the email again: the recipient has to request another one. Links contain secrets and
 * are for the recipient only.
 */
public interface PortalMail {
    /**
     * Asks a new user to choose a password.
     *
     * @param link sets the password and creates the account, within an hour
     */
    void choosePassword(Recipient to, URI link);

    /**
     * Asks the user of an account that an administrator created to choose a password.
     *
     * @param invitation who invites to what; the link sets the password, within seven days
     */
    void invited(Recipient to, Invitation invitation);

    /**
     * Informs the owner of an account that another sign-up used the account's address.
     *
     * @param link sets a new password, within an hour
     */
    void alreadyRegistered(Recipient to, URI link);

    /**
     * Sends the link that sets a new password.
     *
     * @param link works for an hour
     */
    void resetPassword(Recipient to, URI link);

    /** Informs the former address of an account that the address was changed. */
    void emailChanged(Recipient to);

    /**
     * Invites a person to the team of a customer. The person may have no account yet.
     *
     * @param invitation who invites to what; the link shows the invitation, and answers it within the time that it says
     */
    void invitedToTeam(Recipient to, TeamInvitation invitation);

    /**
     * An invitation to a team.
     *
     * @param inviter the name of the member or administrator who sends it
     * @param customer the name of the customer
     * @param role in the team
     * @param until when it ends
     */
    record TeamInvitation(String inviter, String customer, TeamRole role, Instant until, URI link) {}

    /**
     * Shows an administrator how emails look.
     *
     * @param brand the brand of this email, which may not have been applied
     */
    void brandPreview(Recipient to, Brand brand);

    /**
     * An invitation to an account.
     *
     * @param inviter the name of the administrator
     * @param product the name of what the account is for
     */
    record Invitation(String inviter, String product, URI link) {}

    /**
     * The recipient of an email.
     *
     * @param name how to address the recipient; empty if a stranger could have chosen the name
     * @param lang the recipient's language, such as {@code de_DE}
     */
    record Recipient(String address, String name, String lang) {}
}
