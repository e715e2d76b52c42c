// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.record;

import dev.allotment.spi.backend.StoredOperation;
import java.util.HashMap;
import java.util.Map;

/** Why the last attempt of an operation failed, for administrators. It is stored with the input of the operation. */
public final class FailureInput {
    static final String CODE = "failureCode";
    static final String REASON = "failure";

    private FailureInput() {}

    /** Returns a change of an operation that stores why it failed. */
    public static StoredOperation.Builder of(StoredOperation operation, String code, String reason) {
        Map<String, String> input = new HashMap<>(operation.input());
        input.put(CODE, code);
        input.put(REASON, reason);
        return operation.toBuilder().input(input);
    }
}
