// SPDX-License-Identifier: Apache-2.0
package dev.allotment.erasure;

import static dev.allotment.Permission.OWN;
import static dev.allotment.Permission.VIEW_INSTALLATION;

import dev.allotment.CustomerId;
import dev.allotment.EventType;
import dev.allotment.Needs;
import dev.allotment.NeedsProof;
import dev.allotment.SaasException;
import dev.allotment.Tenants;
import dev.allotment.User;
import dev.allotment.UserId;
import java.util.Optional;

/** The erasure of customers, with everything that names them, and the requests for it. */
public interface Erasures {
    /**
     * Erases a customer, and waits until this is done. It cannot be undone. The customer's accounts are closed. Its
     * tenants and the preview copies of them are deleted for good with their backups, as {@link Tenants#purge} does. In
     * what stays, the names, addresses and texts of the customer are replaced. Does nothing if the customer has been
     * erased already. Only for administrators.
     *
     * <p>A step that fails is tried again until it is done, so a database server that is down delays the rest. So does
     * an operation that names the customer and has not ended. An erasure cannot be cancelled after its first step. The
     * section Erasing a customer of docs/customer-data.md says what is erased.
     *
     * @throws SaasException {@code record.missing}; {@code record.in-use} if an account of the customer is an
     *     administrator, or owns a tenant of another customer; {@code operation.in-progress} if it is being erased;
     *     {@code operation.unfinished} if it has started and failed, or {@code tenant.busy} if it waits for another
     *     operation: in both cases it is continued; {@code access.not-allowed}
     */
    @NeedsProof
    void erase(CustomerId customer);

    /**
     * Returns what proves that a customer was erased; empty if it was not, or if its erasure has not ended. Reads the
     * audit log. Only for administrators.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    @Needs(VIEW_INSTALLATION)
    Optional<ErasureProof> proof(CustomerId customer);

    /**
     * Records that an account requests the erasure of the customer that it acts for. Nothing is erased: an
     * administrator decides, and calls {@link #erase}, which removes the request with the account. The audit log gets
     * {@link EventType#ERASURE_REQUESTED}. A repeated request keeps the time of the first one. An account may only do
     * this for itself, three times in 24 hours, and an administrator for any account. {@link
     * User#ERASURE_REQUESTED_AT} finds the accounts whose request is open.
     *
     * @return the account
     * @throws SaasException {@code record.missing}; {@code access.not-allowed}, also while the account acts for another
     *     customer than {@link User#customerId}; {@code record.in-use} if the account is an administrator, whose
     *     customer cannot be erased
     */
    @NeedsProof
    @Needs(OWN)
    User request(UserId account);

    /**
     * Withdraws the request of an account. The audit log gets {@link EventType#ERASURE_WITHDRAWN}. Does nothing if
     * there is none. The rights are those of {@link #request}.
     *
     * @return the account
     * @throws SaasException {@code record.missing}; {@code access.not-allowed}
     */
    @Needs({})
    User withdraw(UserId account);
}
