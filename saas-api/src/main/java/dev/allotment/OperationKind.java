// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/** What an {@link Operation} does. */
public enum OperationKind {
    /** On record, ended at once, where the request came with an idempotency key. */
    CREATE_CUSTOMER,
    /** As {@link #CREATE_CUSTOMER}. */
    CREATE_PLAN,
    CREATE_TENANT,
    DUPLICATE_TENANT,
    CONFIGURE_TENANT,
    RENAME_TENANT,
    SUSPEND_TENANT,
    RESUME_TENANT,
    UPDATE_TENANT,
    SWITCH_PLAN,
    /** Deletes a client database, which is kept for a while. */
    RETAIN_TENANT,
    RESTORE_TENANT,
    /** Removes a client database for good. */
    DELETE_TENANT,
    BUILD_TEMPLATE,
    DELETE_TEMPLATE,
    BUILD_SPARE,
    DELETE_SPARE,
    ADOPT_TENANT,
    ADOPT_TEMPLATE
}
