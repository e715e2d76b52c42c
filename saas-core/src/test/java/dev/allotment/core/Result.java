// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.SaasException;
import org.jspecify.annotations.Nullable;

/** The result of one of several threads: a value or an error. */
public record Result<T>(@Nullable T value, @Nullable SaasException error) {
    public boolean succeeded() {
        return error == null;
    }

    public String code() {
        return error == null ? "" : error.code();
    }
}
