// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

import java.util.Locale;

/** What a {@link Finding} is about. New codes may be added in minor versions. */
public enum FindingCode {
    /** The server could not be read, so it was not checked. */
    UNREACHABLE,

    /** A server has a database of this control plane that no record knows. It may be a customer's. */
    ORPHAN,

    /** A server has a login of this control plane without a database, and no record knows it. */
    ORPHAN_LOGIN,

    /** A server has the database of a tenant that was deleted for good. */
    RETURNED,

    /** The database of a tenant does not exist. */
    MISSING,

    /** The database of a template does not exist. */
    MISSING_TEMPLATE,

    /** The database of a spare does not exist. */
    MISSING_SPARE,

    /**
     * A recorded spare is in use under another name, or is open: a tenant claimed it, and the catalog does not know
     * that.
     */
    CLAIMED_SPARE,

    /** The database does not exist, and another one, which does not belong to the record, has its name. */
    FOREIGN,

    /** The database is on another server than recorded, or on several. */
    MISPLACED,

    /** Several databases on one server have the same identity. */
    DUPLICATE,

    /** The database has another name than recorded. */
    WRONG_NAME,

    /** The creation or the removal of the database was interrupted, and no operation is working on it. */
    UNFINISHED,

    /** A tenant, or a spare, is recorded as being created, and no operation is working on it. */
    STALE_DRAFT,

    /** The tenant is open, but its application cannot connect. */
    NOT_OPEN,

    /** The database is open, although its tenant is suspended or deleted, or although it is a template. */
    NOT_CLOSED,

    /** Others have privileges on the database, or its login has more or less than it should have. */
    WRONG_RIGHTS,

    /** The tenant was suspended because its database did not exist, and now it does. */
    FOUND_AGAIN,

    /** The name of the database is not reserved for it, so that a new tenant could get it on another server. */
    NAME_NOT_RESERVED,

    /** A name is reserved without end, and nothing that is known has it. */
    NAME_UNUSED,

    /**
     * The last operation that changed the database of a tenant is not known: an older catalog was restored. What the
     * catalog says about the tenant may be out of date.
     */
    CHANGED_SINCE_BACKUP,

    /**
     * An operation from before an older catalog was restored has failed since, so whether it was done cannot be
     * decided.
     */
    UNDECIDED_OPERATION;

    /** Returns the code in lower case with hyphens, as the command line and the wire show it. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
