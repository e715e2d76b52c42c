// SPDX-License-Identifier: Apache-2.0
package dev.allotment.identity;

import dev.allotment.CustomerId;
import dev.allotment.Internal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A mail domain of a customer: what is behind the @ of the addresses of its people. It counts after the customer has
 * proven with a TXT record that it is its own.
 *
 * <p>Immutable.
 *
 * @param customerId the customer
 * @param name in ASCII and lower case, such as {@code example.com}
 * @param token what the TXT record has to contain
 * @param verifiedAt since when it counts; null: it does not
 * @param missingSince since when the record of a verified domain was not found any more; null: it was found last
 * @param createdAt when it was added
 */
public record MailDomain(
        long id,
        CustomerId customerId,
        String name,
        String token,
        @Nullable Instant verifiedAt,
        @Nullable Instant missingSince,
        Instant createdAt) {
    /** Creates a record from all its components. Only the core does. */
    @Internal
    public MailDomain {}

    /** Returns the name of the TXT record that proves the domain. */
    public String recordName() {
        return "_allotment." + name;
    }

    /** Returns the text of the TXT record that proves the domain. */
    public String recordText() {
        return "allotment-domain=" + token;
    }

    /** Returns whether it counts. */
    public boolean verified() {
        return verifiedAt != null;
    }
}
