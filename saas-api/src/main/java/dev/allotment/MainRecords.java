// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/**
 * Accounts, customers, plans and parameters of the main database. One transaction can change all of them: see {@link
 * Saas#inTransaction}.
 */
public interface MainRecords {
    /** Returns the accounts. */
    Accounts accounts();

    /** Returns the customers. */
    Customers customers();

    /** Returns the plans. */
    Plans plans();

    /** Returns the parameters of the main database. */
    Parameters parameters();
}
