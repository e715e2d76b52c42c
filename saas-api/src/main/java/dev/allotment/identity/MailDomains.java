// SPDX-License-Identifier: Apache-2.0
package dev.allotment.identity;

import static dev.allotment.AllowedFor.Keys.PROVIDED_SESSION;
import static dev.allotment.Permission.MANAGE_TEAM;
import static dev.allotment.Permission.VIEW;

import dev.allotment.AllowedFor;
import dev.allotment.Needs;
import dev.allotment.NeedsProof;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.hook.TxtRecords;
import java.time.Duration;
import java.util.List;

/**
 * The mail domains of the customer that the view acts for ({@link Saas#actingFor}). A customer proves with a TXT record
 * that a domain is its own. Then its identity providers are found by addresses in this domain, and can make accounts
 * for them. Addresses in sub-domains are not in the domain.
 *
 * <p>A verified domain belongs to one customer. One that is not verified keeps no other customer from adding it. The
 * records are read again once a day. A domain does not count any more if its record was missing at {@link
 * #LAPSE_CHECKS} checks in a row, over {@link #LAPSE_AFTER} at least. Safe for use by several threads.
 */
public interface MailDomains {
    /** How many domains a customer may have. */
    int MAX_DOMAINS = 20;

    /** How many checks in a row have to miss the record of a verified domain before it lapses. */
    int LAPSE_CHECKS = 3;

    /** How long the record of a verified domain has to be missing before it lapses. */
    Duration LAPSE_AFTER = Duration.ofDays(7);

    /**
     * Returns the domains, by name.
     *
     * @throws SaasException {@code access.not-allowed} for a member whose role applies to some tenants only
     */
    @AllowedFor(PROVIDED_SESSION)
    @Needs(value = MANAGE_TEAM, operators = VIEW)
    List<MailDomain> list();

    /**
     * Adds a domain, which is not verified. Returns the present one if the customer has it already.
     *
     * @param name upper case and a dot at the end are changed, and characters beyond ASCII are encoded
     * @throws SaasException {@code identity.invalid}, {@code identity.domain-public} for a mail provider that gives
     *     addresses to everyone, {@code identity.limit-reached}, {@code access.not-allowed}
     */
    @AllowedFor(PROVIDED_SESSION)
    @NeedsProof
    @Needs(MANAGE_TEAM)
    MailDomain add(String name);

    /**
     * Asks the DNS for the record, and verifies the domain if it is there.
     *
     * @throws SaasException {@code record.missing}; {@code identity.unavailable} if there are no {@link TxtRecords};
     *     {@code identity.domain-unproven} if the record is not there; {@code
     *     identity.domain-unchecked} if {@link TxtRecords} fails, or was asked too often; {@code
     *     identity.domain-taken} if it is a verified domain of another customer; {@code access.not-allowed}
     */
    @AllowedFor(PROVIDED_SESSION)
    @Needs(MANAGE_TEAM)
    MailDomain verify(long id);

    /**
     * Removes a domain. Accounts stay in the team.
     *
     * @throws SaasException {@code record.missing}, {@code access.not-allowed}
     */
    @AllowedFor(PROVIDED_SESSION)
    @NeedsProof
    @Needs(MANAGE_TEAM)
    void remove(long id);
}
