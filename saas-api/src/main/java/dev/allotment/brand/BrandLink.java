// SPDX-License-Identifier: Apache-2.0
package dev.allotment.brand;

/**
 * A link at the end of pages and emails. Immutable.
 *
 * @param label its text, 1 to 60 characters
 * @param address {@code https://…}, or {@code mailto:} with one email address
 */
public record BrandLink(Kind kind, String label, String address) {
    /** What is at the address of a link. */
    public enum Kind {
        /** Who provides the service. */
        IMPRINT,

        /** The terms that a visitor accepts by signing up. The sign-up page says so, and links to them. */
        TERMS,

        /** How personal data is used. The sign-up page links to it, too. */
        PRIVACY,

        /** Something else. */
        OTHER
    }
}
