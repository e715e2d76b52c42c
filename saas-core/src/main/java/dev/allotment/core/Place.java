// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.spi.Transaction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where records are: the catalog, or the database of one tenant. */
interface Place {
    <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work);
}
