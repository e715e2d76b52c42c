// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import org.jspecify.annotations.Nullable;

/**
 * A tenant that was just created, adopted or copied.
 *
 * @param tenant the tenant, open
 * @param operation the operation that created it
 * @param signInLink signs the owner in, once; null if the tenant has no owner
 */
public record CreatedTenant(
        Tenant tenant, OperationId operation, @Nullable SignInLink signInLink) {}
