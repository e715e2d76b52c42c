// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi;

/** A unit of work inside one tenant's database. */
public interface DatabaseTransaction extends Transaction {
    /**
     * Executes a script of an add-on, in this transaction, with the rights of the tenant's own application.
     *
     * @param script any number of statements in the dialect of the backend
     * @throws dev.allotment.SaasException {@code addon.failed} where a statement fails, with the database's message as the
     *     cause; the transaction can then only be left. {@code backend.unsupported}
     */
    void run(String script);
}
