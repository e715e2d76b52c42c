// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Operation;
import dev.allotment.odoo.internal.value.OdooArguments;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Runs methods that take long. With the argument {@code async}, the caller gets the id of the operation instead of
 * waiting.
 */
final class AsyncCalls {
    static final String NAME = "async";

    private AsyncCalls() {}

    /** Runs the action on each record in turn. With {@code async}, returns the id of each operation. */
    static <R> Object each(OdooArguments arguments, List<R> records, Consumer<R> action, Function<R, Operation> start) {
        if (!arguments.get(NAME).flag()) {
            records.forEach(action);
            return true;
        }
        List<Object> operations = new ArrayList<>();
        records.forEach(record -> operations.add(start.apply(record).id().value()));
        return operations;
    }

    /** Runs the action on one record. With {@code async}, returns the id of the operation. */
    static Object one(OdooArguments arguments, Runnable action, Supplier<Operation> start) {
        if (arguments.get(NAME).flag()) {
            return start.get().id().value();
        }
        action.run();
        return true;
    }
}
