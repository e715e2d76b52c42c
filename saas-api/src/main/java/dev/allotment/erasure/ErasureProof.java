// SPDX-License-Identifier: Apache-2.0
package dev.allotment.erasure;

import dev.allotment.CustomerId;
import dev.allotment.Internal;
import java.time.Instant;
import java.util.UUID;

/**
 * The proof that a customer was erased. It is stored in the audit log, and contains no name of the customer.
 *
 * <p>Immutable.
 *
 * @param event the identity of the entry of the audit log
 * @param customer the number that the customer had
 * @param requestedBy the login of the administrator who started the erasure; {@code host} for the embedding program
 *     itself
 * @param requestedAt when it was started
 * @param erasedAt when it had ended
 * @param accounts how many accounts were removed
 * @param tenants how many tenants were removed, including those without a database
 * @param events how many entries of the audit log about them stay without names
 * @param operations how many operations on its tenants stay without names
 * @param usage how many records of usage stay without names
 */
public record ErasureProof(
        UUID event,
        CustomerId customer,
        String requestedBy,
        Instant requestedAt,
        Instant erasedAt,
        long accounts,
        long tenants,
        long events,
        long operations,
        long usage) {
    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public ErasureProof {}
}
