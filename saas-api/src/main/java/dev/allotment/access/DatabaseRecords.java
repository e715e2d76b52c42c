// SPDX-License-Identifier: Apache-2.0
package dev.allotment.access;

import dev.allotment.Parameters;

/**
 * Members, groups and parameters of one tenant database. One transaction can change all of them: see {@link
 * TenantDatabase#inTransaction}.
 */
public interface DatabaseRecords {
    /** Returns the members. */
    Members members();

    /** Returns the groups. */
    Groups groups();

    /** Returns the parameters. */
    Parameters parameters();
}
