// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.identity;

import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;

/**
 * The content of the page of a mail domain.
 *
 * @param readable the name with characters beyond ASCII; empty if it has none
 * @param recordName the name of the TXT record to publish
 * @param recordText its text
 * @param missing whether the record of a verified domain was not found any more
 */
public record MailDomainView(
        String path,
        String readable,
        String recordName,
        String recordText,
        State state,
        boolean verified,
        boolean missing,
        Form form) {
    /**
     * What a domain is now.
     *
     * @param kind of the badge
     */
    public record State(String text, String kind, Moment since) {}
}
