// SPDX-License-Identifier: Apache-2.0
package dev.allotment.support;

/** How a customer answers requests for support access, unless it changes that. */
public enum SupportAnswer {
    /** A member of the team answers each request. */
    ASK,

    /** Each request is granted at once, for a number of hours. */
    GRANT,

    /** Each request is refused at once. */
    REFUSE
}
