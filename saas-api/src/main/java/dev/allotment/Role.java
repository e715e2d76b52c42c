// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/** What an account may do at the main database. */
public enum Role {
    /** May do all. */
    ADMINISTRATOR,
    /** Signed up: sees and changes itself, sees its own client databases and their plans, nothing else. */
    PORTAL
}
