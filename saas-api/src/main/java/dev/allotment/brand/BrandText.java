// SPDX-License-Identifier: Apache-2.0
package dev.allotment.brand;

/** The places for texts of a brand. */
public enum BrandText {
    /** Above the form of the portal's sign-in page. */
    SIGN_IN,

    /** Above the form of the portal's sign-up page. */
    SIGN_UP,

    /** Above the form of the sign-in page of tenants. */
    TENANT_SIGN_IN,

    /** At the end of all pages. */
    PAGE_FOOTER,

    /** At the end of all emails. */
    MAIL_FOOTER
}
