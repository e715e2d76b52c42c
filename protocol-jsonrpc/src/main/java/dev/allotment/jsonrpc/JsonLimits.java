// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jsonrpc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;

/** What a document may be; the same as in XML-RPC where both have it. */
final class JsonLimits {
    static final int MAX_DEPTH = 64;
    static final int MAX_VALUES = 100_000;
    static final int MAX_TEXT = 4 * 1024 * 1024;
    static final int MAX_NAME = 1_000;

    /** Of digits and the like: no number that fits needs as many. */
    static final int MAX_NUMBER = 1_000;

    /** Buffers that are kept for the next call, however many threads a host has. */
    private static final int KEPT_BUFFERS = 32;

    private JsonLimits() {}

    /** A factory that holds them. {@link JsonReader} counts too, and says which one it was. */
    static JsonFactory factory() {
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH + 1)
                        .maxStringLength(MAX_TEXT)
                        .maxNameLength(MAX_NAME)
                        .maxNumberLength(MAX_NUMBER)
                        .maxTokenCount(4L * MAX_VALUES)
                        .build())
                // As Odoo writes, and half a pair of surrogates does no harm.
                .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                // Keys are chosen by callers, and would stay in tables that the whole program shares.
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                // Not in the threads of the host.
                .recyclerPool(JsonRecyclerPools.newBoundedPool(KEPT_BUFFERS))
                .build();
    }
}
