// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.route;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a handler returns.
 *
 * @param json the document; null: none
 * @param headers in addition to those that each answer has
 */
public record Reply(int status, @Nullable Object json, Map<String, String> headers) {
    /** Returns a document with the status 200. */
    public static Reply ok(@Nullable Object json) {
        return new Reply(200, json, Map.of());
    }

    /** Returns an answer without a document. */
    public static Reply nothing() {
        return new Reply(204, null, Map.of());
    }
}
