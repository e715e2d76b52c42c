// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import java.net.URI;

/**
 * Writes the portal's letters. The host brings it. Called by several threads at once, after the request was answered; may take
 * its time. What it throws is logged, and the letter is not sent again: whoever waits for it asks for another one. Links hold
 * secrets: they are for the recipient's eyes only.
 */
public interface PortalMail {
    /** To whoever has just asked for an account: choose a password by the link, within an hour. */
    void choosePassword(Recipient to, URI link);

    /**
     * To the owner of an account, with whose address somebody asked for another one.
     *
     * @param link sets a new password, within an hour
     */
    void alreadyRegistered(Recipient to, URI link);

    /** To whoever has forgotten a password: set a new one by the link, within an hour. */
    void resetPassword(Recipient to, URI link);

    /** To the address that an account had until now: it has another one. */
    void emailChanged(Recipient to);

    /**
     * Whom a letter goes to.
     *
     * @param name how to address somebody; empty where a stranger may have chosen it, who could make it say anything
     * @param lang of the reader, such as {@code de_DE}
     */
    record Recipient(String address, String name, String lang) {}
}
