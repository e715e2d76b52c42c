// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Operation;
import dev.allotment.odoo.internal.value.OdooArguments;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Methods that take long, and can be asked with {@code async} to return the number of their operation instead of waiting. */
final class AsyncCalls {
    static final String NAME = "async";

    private AsyncCalls() {}

    /** Works on each record, one after the other; with {@code async} returns the number of the operation of each. */
    static <R> Object each(OdooArguments arguments, List<R> records, Consumer<R> action, Function<R, Operation> later) {
        if (!arguments.get(NAME).flag()) {
            records.forEach(action);
            return true;
        }
        List<Object> operations = new ArrayList<>();
        records.forEach(record -> operations.add(later.apply(record).id().value()));
        return operations;
    }

    /** Works on one record, or returns the number of the operation. */
    static Object one(OdooArguments arguments, Runnable action, Supplier<Operation> later) {
        if (arguments.get(NAME).flag()) {
            return later.get().id().value();
        }
        action.run();
        return true;
    }
}
