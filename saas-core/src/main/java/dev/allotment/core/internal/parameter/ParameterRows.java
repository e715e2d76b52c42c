// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.parameter;

import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Parameters within one transaction, in the main database and in tenant databases alike. */
public final class ParameterRows {
    private ParameterRows() {}

    public static Optional<Parameter> find(Transaction tx, String key) {
        return tx.records(RecordTypes.PARAMETERS).list(Query.where(Filter.equal(Parameter.KEY, key))).stream()
                .findFirst();
    }

    /**
     * Sets a parameter.
     *
     * @throws dev.allotment.SaasException {@code record.duplicate} if another caller stores it for the first time, too
     */
    public static void set(Transaction tx, String key, String value, boolean hidden) {
        Records<Parameter> parameters = tx.records(RecordTypes.PARAMETERS);
        // Another caller may remove it at the same time.
        Optional<Parameter> known = find(tx, key).flatMap(each -> parameters.lock(each.id()));
        if (known.isEmpty()) {
            parameters.add(new Parameter(0, key, value, hidden));
        } else {
            parameters.update(known.get().withValue(value).withHidden(hidden));
        }
    }

    /**
     * Sets each of them like {@link #set}; an unchanged value is not written.
     *
     * @param only of these parameters, none but the wanted ones stay
     */
    public static void set(Transaction tx, List<Parameter> wanted, Filter<Parameter> only) {
        Records<Parameter> parameters = tx.records(RecordTypes.PARAMETERS);
        Filter<Parameter> same =
                Filter.in(Parameter.KEY, wanted.stream().map(Parameter::key).toList());
        Map<String, Parameter> known = new HashMap<>();
        parameters.list(Query.where(Filter.or(same, only))).forEach(each -> known.put(each.key(), each));
        for (Parameter each : wanted) {
            Parameter before = known.remove(each.key());
            if (before == null) {
                parameters.add(each);
            } else if (!before.value().equals(each.value()) || before.hidden() != each.hidden()) {
                parameters.update(before.withValue(each.value()).withHidden(each.hidden()));
            }
        }
        known.values().forEach(each -> parameters.delete(each.id()));
    }
}
