// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Instant;

/**
 * A host under which a client database is reached besides its own: a domain of its customer, as a rule. It stays when the
 * database is renamed, and goes with it.
 *
 * @param host unique, in lower case, without a port
 * @param verifiedAt when it was proven that the customer may have it
 * @param addedBy the login of whoever added it; {@code host} for the host itself
 */
public record TenantAlias(long id, String host, TenantId tenantId, Instant verifiedAt, String addedBy) {}
