// SPDX-License-Identifier: Apache-2.0
package dev.allotment.support;

/** What an operator may do in a tenant. */
public enum SupportRight {
    /**
     * To see what a member sees, and to change nothing: the application connects to the database with a login that can
     * only read.
     */
    LOOK,

    /** To act as a member that is named. */
    MEMBER,

    /** To act as the administrator of the database. */
    ADMINISTRATOR
}
