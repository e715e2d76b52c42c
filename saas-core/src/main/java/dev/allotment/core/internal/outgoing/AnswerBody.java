// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.outgoing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The body of an answer, as its headers announce it.
 *
 * @param chunked whether it comes in chunks
 * @param length how many bytes it has; -1: it lasts until the connection ends
 * @param most how many bytes it may have
 */
record AnswerBody(boolean chunked, long length, int most) {
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
    private static final Pattern CHUNK = Pattern.compile("([0-9a-fA-F]{1,7})(?:[ \\t]*;.*)?");
    private static final int LONGEST_LINE = 256;
    private static final int HEXADECIMAL = 16;

    /** The body has more bytes than it may have. */
    static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1;
    }

    static AnswerBody of(Map<String, String> headers, int most) throws IOException {
        String coding = headers.getOrDefault("transfer-encoding", "").toLowerCase(Locale.ROOT);
        String length = headers.getOrDefault("content-length", "");
        boolean known = LENGTH.matcher(length).matches();
        if (!(coding.isEmpty() || coding.equals("chunked")) || !(length.isEmpty() || known)) {
            throw new IOException("No body of HTTP");
        }
        return new AnswerBody(!coding.isEmpty(), known && coding.isEmpty() ? Long.parseLong(length) : -1, most);
    }

    String read(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        if (chunked) {
            for (int size = chunk(in); size > 0; size = chunk(in)) {
                add(all, in, size);
                if (!line(in).isEmpty()) {
                    throw new IOException("A chunk does not end");
                }
            }
        } else {
            add(all, in, length);
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    private static int chunk(InputStream in) throws IOException {
        var matcher = CHUNK.matcher(line(in));
        if (!matcher.matches()) {
            throw new IOException("No chunk of HTTP");
        }
        return Integer.parseInt(matcher.group(1), HEXADECIMAL);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int each = in.read(); each != '\n'; each = in.read()) {
            if (each < 0 || line.length() == LONGEST_LINE) {
                throw new IOException("A line of a chunk is too long, or ends early");
            }
            line.append((char) each);
        }
        return line.toString().strip();
    }

    /** @param count how many bytes; -1: all that come */
    private void add(ByteArrayOutputStream all, InputStream in, long count) throws IOException {
        long left = count < 0 ? Long.MAX_VALUE : count;
        if (count > most - all.size()) {
            throw new TooLongException();
        }
        while (left > 0) {
            byte[] part = in.readNBytes((int) Math.min(left, most - all.size() + 1L));
            all.write(part, 0, part.length);
            left -= part.length;
            if (all.size() > most) {
                throw new TooLongException();
            }
            if (part.length == 0) {
                if (count >= 0) {
                    throw new IOException("The body ends early");
                }
                return;
            }
        }
    }
}
