// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.protocol;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of a file that a caller requests: all of it, or one range with a start (RFC 9110, section 14). Immutable.
 *
 * @param from the number of the first byte, from 0
 * @param end the number after the last byte
 * @param size the size of the file in bytes
 * @param partial whether the caller gets a range
 */
public record ByteRange(long from, long end, long size, boolean partial) {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,18})-(\\d{0,18})");

    /**
     * Returns the part that headers request; empty if it has no byte, which is answered with status 416.
     *
     * @param range the header {@code Range}; null: none. Other ranges than one with a start count as none
     * @param condition the header {@code If-Range}; null: none
     * @param tag the present ETag of the file
     */
    public static Optional<ByteRange> of(@Nullable String range, @Nullable String condition, String tag, long size) {
        Matcher wanted = RANGE.matcher(range != null && (condition == null || condition.equals(tag)) ? range : "");
        if (!wanted.matches()) {
            return Optional.of(new ByteRange(0, size, size, false));
        }
        long from = Long.parseLong(wanted.group(1));
        long end = wanted.group(2).isEmpty() ? size : Math.min(size, Long.parseLong(wanted.group(2)) + 1);
        return from >= end ? Optional.empty() : Optional.of(new ByteRange(from, end, size, true));
    }

    /** Returns how many bytes it has. */
    public long length() {
        return end - from;
    }

    /** Returns the status of the response. */
    public int status() {
        return partial ? 206 : 200;
    }

    /** Returns the headers of the response about the range. */
    public Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Accept-Ranges", "bytes");
        headers.put("Content-Length", Long.toString(length()));
        if (partial) {
            headers.put("Content-Range", "bytes " + from + "-" + (end - 1) + "/" + size);
        }
        return headers;
    }
}
