// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet.request;

import dev.allotment.spi.protocol.ProtocolAdapter.Answer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Thrown to refuse a request that cannot be read. Its body may not have been read to the end. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient Map<String, String> headers;
    private final transient @Nullable Answer answer;

    /** Creates a refusal with headers for the response. */
    public Refusal(int status, String message, Map<String, String> headers) {
        this(status, message, headers, null);
    }

    private Refusal(int status, String message, Map<String, String> headers, @Nullable Answer answer) {
        super(message, null, false, false);
        this.status = status;
        this.headers = Map.copyOf(headers);
        this.answer = answer;
    }

    /** Returns this refusal with an answer of the protocol that the request is for. */
    public Refusal answered(Answer words) {
        return new Refusal(status, text(), headers, words);
    }

    /** Returns the answer of the protocol that the request is for; null: none. */
    public @Nullable Answer answer() {
        return answer;
    }

    /** Returns the HTTP status. */
    public int status() {
        return status;
    }

    /** Returns headers for the response. */
    public Map<String, String> headers() {
        return headers;
    }

    /** Returns one sentence for the caller. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
