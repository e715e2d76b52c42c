// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import org.jspecify.annotations.Nullable;

/**
 * A new client database.
 *
 * @param entry the owner's way in; null where it has no owner
 */
public record CreatedTenant(
        Tenant tenant, OperationId operation, @Nullable SignInLink entry) {}
