// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/** What an account may do at the main database. */
public enum Role {
    /** May do everything. */
    ADMINISTRATOR,

    /** Sees and changes itself, sees its customer's tenants and their plans, and nothing else. */
    PORTAL
}
