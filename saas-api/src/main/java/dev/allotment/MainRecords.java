// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/** What the main database says of people, plans and settings: one transaction can change all of it, see {@link Saas#inTransaction}. */
public interface MainRecords {
    Accounts accounts();

    Customers customers();

    Plans plans();

    Parameters parameters();
}
