// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jsonrpc.request;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;

/** Limits of a document. They are the same as in XML-RPC if both have them. */
public final class JsonLimits {
    public static final int MAX_DEPTH = 64;
    public static final int MAX_VALUES = 100_000;

    /** Maximum length of a key, in characters. */
    public static final int MAX_NAME = 1_000;

    /** Maximum length of a number. No number that fits into 64 bits needs more. */
    public static final int MAX_NUMBER = 1_000;

    /** Maximum number of pooled buffers, however many threads the embedder has. */
    private static final int MAX_BUFFERS = 32;

    private JsonLimits() {}

    /** Returns a factory like {@link #factory}, which writes all characters unchanged. */
    public static JsonFactory unicodeFactory(int maxText) {
        return factory(maxText)
                .rebuild()
                .disable(JsonWriteFeature.ESCAPE_NON_ASCII)
                .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                .build();
    }

    /**
     * Returns a factory that enforces the limits. {@link JsonReader} counts too, so that it can report the exceeded
     * limit.
     *
     * @param maxText how many characters one text may have
     */
    public static JsonFactory factory(int maxText) {
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH + 1)
                        .maxStringLength(maxText)
                        // The parser counts bytes in UTF-8, and characters in other encodings.
                        .maxNameLength(4 * MAX_NAME)
                        .maxNumberLength(MAX_NUMBER)
                        .maxTokenCount(4L * MAX_VALUES)
                        .build())
                // As Odoo writes. A lone surrogate then does no harm.
                .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                // Callers choose the keys, which would otherwise stay in tables that the whole program shares.
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                // Buffers are not stored in the embedder's threads.
                .recyclerPool(JsonRecyclerPools.newBoundedPool(MAX_BUFFERS))
                .build();
    }
}
