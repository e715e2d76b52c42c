// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/** Users and settings inside a client database: one transaction can change all of it, see {@link TenantDatabase#inTransaction}. */
public interface DatabaseRecords {
    Members members();

    Groups groups();

    Parameters parameters();
}
