// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Normalises the path of a request for adapters. */
final class RequestPath {
    private RequestPath() {}

    /**
     * Returns the decoded path without context, duplicate or trailing slashes and path parameters.
     *
     * @param uri as requested, without the query
     * @param context the prefix of the application; empty for the root
     * @return null if the path is ambiguous: a broken escape, an escaped slash or a step upwards
     */
    static @Nullable String of(String uri, String context) {
        StringBuilder path = new StringBuilder(uri.length());
        for (String segment : uri.split("/", -1)) {
            int parameters = segment.indexOf(';');
            String name = decode(parameters < 0 ? segment : segment.substring(0, parameters));
            if (name == null || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0) {
                return null;
            }
            if (!name.isEmpty()) {
                path.append('/').append(name);
            }
        }
        path.append('/');
        if (path.indexOf(context + "/") != 0) {
            return null;
        }
        String inside = path.substring(context.length(), path.length() - 1);
        return inside.isEmpty() ? "/" : inside;
    }

    private static @Nullable String decode(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        byte[] raw = segment.getBytes(StandardCharsets.UTF_8);
        byte[] decoded = new byte[raw.length];
        int length = 0;
        for (int i = 0; i < raw.length; i++) {
            int value = raw[i];
            if (value == '%') {
                int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
                int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
                if (high < 0 || low < 0 || high + low == 0) {
                    return null;
                }
                value = high * 16 + low;
                i += 2;
            }
            decoded[length++] = (byte) value;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(decoded, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
