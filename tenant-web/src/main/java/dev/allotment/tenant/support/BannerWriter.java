// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.support;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.Charset;

/** Writes text at once, since nothing flushes it at the end of the request. Not thread-safe. */
final class BannerWriter extends Writer {
    private final OutputStream out;
    private final Charset charset;
    private char first;

    BannerWriter(OutputStream out, Charset charset) {
        this.out = out;
        this.charset = charset;
    }

    /** The second half of a character may come with the next call. */
    @Override
    public void write(char[] text, int from, int length) throws IOException {
        StringBuilder whole = new StringBuilder(length + 1);
        if (first != 0) {
            whole.append(first);
            first = 0;
        }
        whole.append(text, from, length);
        int last = whole.length() - 1;
        if (last >= 0 && Character.isHighSurrogate(whole.charAt(last))) {
            first = whole.charAt(last);
            whole.setLength(last);
        }
        out.write(whole.toString().getBytes(charset));
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
