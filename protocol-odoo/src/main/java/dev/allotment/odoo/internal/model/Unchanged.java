// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.value.Value;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Fields that scripts for Odoo write, but whose value follows from something else here. Writing the present value
 * succeeds and changes nothing. Every other value is refused.
 */
public final class Unchanged {
    private Unchanged() {}

    /**
     * Returns a writer that accepts only the present value.
     *
     * @param present returns a text, number, boolean or null
     * @param otherwise what the caller can do to get another value
     */
    public static <R> Field.Writer<R> field(Function<R, @Nullable Object> present, String otherwise) {
        return (record, written) -> {
            require(written, present.apply(record), otherwise);
            return record;
        };
    }

    /**
     * Checks the values written to a record all of whose fields are unchanged.
     *
     * @param change of {@code write}
     * @throws OdooFault if one is another value
     */
    public static <R> void check(UnaryOperator<R> change, R record) {
        if (!change.apply(record).equals(record)) {
            throw new IllegalStateException("A field of this record can be changed");
        }
    }

    /**
     * Refuses a written value that is not the present one. A number is also accepted as text.
     *
     * @param present a text, number, boolean or null
     * @param otherwise what the caller can do to get another value
     */
    public static void require(Value written, @Nullable Object present, String otherwise) {
        String text = new Value(written.fault(), written.what(), present).scalarText();
        if (!Objects.equals(written.scalarText(), text)) {
            throw new OdooFault(
                    written.fault(),
                    written.what() + " cannot be written with another value than "
                            + (text.isEmpty() ? "false" : "\"" + text + "\"") + ": " + otherwise + ".");
        }
    }
}
