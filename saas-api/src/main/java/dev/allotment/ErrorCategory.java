// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/**
 * What a caller can do about a {@link SaasException}. Protocol adapters map categories, never class names or
 * messages.
 */
public enum ErrorCategory {
    /** The request is wrong. Correct it. */
    INVALID_INPUT,

    /** Something that the request names does not exist. */
    NOT_FOUND,

    /** A rule or the present state forbids it: a name is taken, a limit is reached, sign-up is disabled. */
    CONFLICT,

    /** The acting user has no right to do it. */
    NOT_ALLOWED,

    /** This backend or this build cannot do it. */
    UNSUPPORTED,

    /** Something that is needed cannot be reached now. The same request may succeed later. */
    UNAVAILABLE,

    /** A defect. Report it. */
    INTERNAL
}
