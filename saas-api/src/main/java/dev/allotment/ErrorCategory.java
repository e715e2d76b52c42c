// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/** What a caller can do about a {@link SaasException}. Protocol adapters map these, never class names or messages. */
public enum ErrorCategory {
    /** The request itself is wrong: correct it. */
    INVALID_INPUT,
    /** What it names does not exist. */
    NOT_FOUND,
    /** A rule or the present state says no: a name is taken, a limit is reached, sign-up is switched off. */
    CONFLICT,
    /** This user has no right to do this. */
    NOT_ALLOWED,
    /** This backend or this build cannot do it at all. */
    UNSUPPORTED,
    /** Something that is needed is out of reach now; the same request may work later. */
    UNAVAILABLE,
    /** A defect. */
    INTERNAL
}
