// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.util.List;
import java.util.OptionalLong;

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

    /**
     * Has the database itself hold limits of rows from the commit on, whoever inserts or changes what, with any number of
     * connections at once; those that were held before end. Rows that are over a limit already stay. The application gets an
     * error that names model, limit and domain. Where databases have logins of their own ({@link Capability#LOGINS}), the
     * application can neither remove the limits nor put another table in the place of a limited one; it can use its rows, but not
     * change the table, nor perhaps anything in its schema. Its sessions may be ended where limits change.
     *
     * <p>Only in {@link Databases#configure}. Scripts may do with limited tables what they like, but lift all limits: whoever
     * runs one calls this after the last one, or the transaction fails.
     *
     * @param limits of tables that are not there, nothing is held
     * @throws dev.allotment.SaasException {@code configuration.invalid} where a condition does not fit a table, or a table cannot be
     *     limited; {@code backend.unsupported}
     */
    default void enforce(List<RowQuota> limits) {
        throw SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED, "This backend does not hold limits of rows in its databases.");
    }

    /**
     * How many rows count against a limit that is held; empty where it is not.
     *
     * @throws dev.allotment.SaasException {@code backend.unsupported}
     */
    default OptionalLong count(RowQuota limit) {
        throw SaasException.unsupported(
                ErrorCodes.BACKEND_UNSUPPORTED, "This backend does not hold limits of rows in its databases.");
    }
}
