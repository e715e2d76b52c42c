// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.spi.backend.RecordType.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The value of one question mark of a statement.
 *
 * @param kind of the value, or of each element of a list
 * @param value a plain value, or a list of them without nulls; null: no value
 */
public record SqlArgument(Kind kind, @Nullable Object value) {
    public SqlArgument {
        value = value instanceof List<?> list ? List.copyOf(list) : value;
    }
}
