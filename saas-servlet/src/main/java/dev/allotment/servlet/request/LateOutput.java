// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet.request;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** The body of a response that starts with its first byte, so that another response can be sent before. */
public final class LateOutput extends OutputStream {
    private final HttpServletResponse response;
    private final Runnable head;
    private @Nullable ServletOutputStream body;

    /** @param head sets status and headers */
    public LateOutput(HttpServletResponse response, Runnable head) {
        this.response = response;
        this.head = head;
    }

    private ServletOutputStream body() throws IOException {
        ServletOutputStream started = body;
        if (started == null) {
            head.run();
            started = response.getOutputStream();
            body = started;
        }
        return started;
    }

    @Override
    public void write(int value) throws IOException {
        body().write(value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        body().write(bytes, offset, length);
    }

    /** Starts the response, if it has not. */
    @Override
    public void flush() throws IOException {
        body().flush();
    }
}
