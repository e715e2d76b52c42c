// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.SaasException;
import org.jspecify.annotations.Nullable;

/** The result of one of several threads: a value or an error. */
record Result<T>(@Nullable T value, @Nullable SaasException error) {
    boolean succeeded() {
        return error == null;
    }

    String code() {
        return error == null ? "" : error.code();
    }
}
