// SPDX-License-Identifier: Apache-2.0
package dev.allotment.brand;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.AllowedFor.Keys.TENANTS;

import dev.allotment.AllowedFor;
import dev.allotment.Needs;
import dev.allotment.SaasException;
import java.util.Optional;

/**
 * The brand of the installation. An administrator saves a draft, looks at it, and applies it. Until one is applied,
 * the brand of {@link dev.allotment.SaasBuilder#brand} counts.
 */
public interface Brands {
    /**
     * Returns the brand that counts now. What was applied on another node counts within five seconds. Does I/O at most
     * every five seconds; if the catalog is unavailable, returns the last one that was read.
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs({})
    Brand current();

    /** Returns the stylesheet of {@link dev.allotment.SaasBuilder#brandStylesheet}; empty if there is none. */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs({})
    String stylesheet();

    /**
     * Returns a file of a brand that is or was applied; empty if there is none. A file stays for at least an hour after
     * its brand was replaced.
     *
     * @param hash of {@link BrandFile#hash}
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs({})
    Optional<BrandFile> file(String hash);

    /**
     * Applies a brand at once. Drafts stay, and are outdated.
     *
     * @throws SaasException {@code brand.invalid} naming everything that is wrong, {@code access.not-allowed}
     */
    void apply(Brand brand);

    /**
     * Removes the brand that was applied, so that the one of the builder counts.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    void reset();

    /**
     * Returns the draft of the acting administrator.
     *
     * @throws SaasException {@code access.not-allowed} also if this view does not act as an account
     */
    Optional<BrandDraft> draft();

    /**
     * Stores the draft of the acting administrator, instead of an earlier one.
     *
     * @throws SaasException {@code brand.invalid} naming everything that is wrong; {@code access.not-allowed} also if
     *     this view does not act as an account
     */
    void saveDraft(Brand brand);

    /**
     * Applies the draft of the acting administrator, and removes the draft.
     *
     * @throws SaasException {@code brand.no-draft}; {@code brand.changed} if the draft is outdated; {@code
     *     access.not-allowed} also if this view does not act as an account
     */
    void applyDraft();

    /**
     * Removes the draft of the acting administrator, if there is one.
     *
     * @throws SaasException {@code access.not-allowed} also if this view does not act as an account
     */
    void discardDraft();
}
