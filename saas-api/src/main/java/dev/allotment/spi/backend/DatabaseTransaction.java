// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.hook.TenantTransaction;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A transaction inside one tenant database. It belongs to the calling thread, until the work returns. */
public interface DatabaseTransaction extends Transaction, TenantTransaction {
    /**
     * Executes a script of an add-on in this transaction, with the rights of the tenant's application: it can neither
     * change the records of this SPI, nor end this transaction or undo a part of it. Statements that try this fail, or
     * have no effect.
     *
     * @param script any number of statements in the dialect of the backend, of any length together
     * @throws SaasException {@code addon.failed} if a statement fails, with the database's error as the cause; the
     *     transaction cannot be used after that. {@code backend.unsupported} without {@link Capability#SCRIPTS}, and
     *     outside {@link Databases#configure}
     */
    @Override
    void run(String script);

    @Override
    default Optional<String> parameter(String key) {
        return records(RecordTypes.PARAMETERS).list(Query.where(Filter.equal(Parameter.KEY, key))).stream()
                .findFirst()
                .map(Parameter::value);
    }

    @Override
    default void setParameter(String key, String value, boolean hidden) {
        Records<Parameter> parameters = records(RecordTypes.PARAMETERS);
        parameters.list(Query.where(Filter.equal(Parameter.KEY, key))).stream()
                .findFirst()
                .ifPresentOrElse(
                        found -> parameters.update(found.withValue(value).withHidden(hidden)),
                        () -> parameters.insert(new Parameter(0, key, value, hidden)));
    }

    /**
     * Makes the database itself enforce row quotas from the commit on. They apply to every statement that inserts
     * or changes rows, on any number of connections at once. Quotas enforced before end.
     *
     * <p>Rows that already exceed a quota stay. The application gets an error with SQLSTATE 23514 and a message such as
     * {@code Limit of records reached: sale.order may have 3 (domain []), and would have 4}. If databases have separate
     * logins ({@link Capability#LOGINS}), the application can neither remove a quota nor replace a limited table. It
     * can change the rows of the table, but not the table, nor perhaps anything else in its schema. Its sessions may be
     * closed when quotas change.
     *
     * <p>Allowed in {@link Databases#configure} only. A script may do anything with limited tables, but it lifts all
     * quotas: after the last script, the caller must call this method, or the transaction fails with {@code
     * backend.failed} if quotas were enforced before.
     *
     * @param quotas a quota on a table that does not exist has no effect
     * @throws SaasException {@code configuration.invalid} if a condition does not fit its table, or a table cannot be
     *     limited; {@code backend.unsupported} without {@link Capability#ROW_QUOTAS}
     */
    void enforce(List<RowQuota> quotas);

    /**
     * Returns about how many rows a table of the tenant's application has, from the statistics of the server. Reads
     * no rows, and does not wait for the locks of the application. Default: empty, for backends that do not know.
     *
     * @param table in the schema where add-on scripts create tables
     * @return empty if the table does not exist or the server does not know
     */
    default OptionalLong estimatedRows(String table) {
        return OptionalLong.empty();
    }

    /**
     * Returns how many rows count against an enforced quota; empty if the quota is not enforced.
     *
     * @throws SaasException {@code backend.unsupported} without {@link Capability#ROW_QUOTAS}
     */
    OptionalLong count(RowQuota quota);
}
