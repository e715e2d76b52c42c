// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet.request;

import jakarta.servlet.http.HttpServletResponse;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a form with files, as browsers send it (RFC 7578). Everything else is refused. */
final class MultipartForm {
    private static final Pattern TYPE =
            Pattern.compile("(?i)\\s*multipart/form-data\\s*;\\s*boundary=\"?([A-Za-z0-9'()+_,./:=?-]{1,70})\"?\\s*");
    private static final Pattern DISPOSITION = Pattern.compile(
            "(?i)content-disposition:[ \t]*form-data;[ \t]*name=\"([^\"]{1,100})\"(?:;[ \t]*filename=\"([^\"]*)\")?.*");
    private static final int MAX_PARTS = 200;
    private static final int MAX_HEAD = 2000;
    private static final byte[] LINE_BREAK = {'\r', '\n'};
    private static final byte[] END_OF_HEAD = {'\r', '\n', '\r', '\n'};

    private final byte[] body;
    private final byte[] boundary;
    private final Map<String, List<String>> values;
    private final Map<String, byte[]> files = new LinkedHashMap<>();

    private MultipartForm(byte[] body, String boundary, Map<String, List<String>> values) {
        this.body = body;
        this.boundary = ("\r\n--" + boundary).getBytes(StandardCharsets.US_ASCII);
        this.values = values;
    }

    /** Returns the boundary between the parts of a form; empty if the content type is another one. */
    static Optional<String> boundary(@Nullable String contentType) {
        Matcher type = TYPE.matcher(contentType == null ? "" : contentType);
        return type.matches() ? Optional.of(type.group(1)) : Optional.empty();
    }

    /**
     * Adds the fields of a form to others, and returns its files by field. A field without a chosen file has none.
     *
     * @throws Refusal with status 400
     */
    static Map<String, byte[]> parse(byte[] body, String boundary, Map<String, List<String>> values) {
        MultipartForm form = new MultipartForm(body, boundary, values);
        form.parse();
        return form.files;
    }

    private void parse() {
        // The first boundary has no line break before it.
        byte[] first = Arrays.copyOfRange(boundary, LINE_BREAK.length, boundary.length);
        if (!startsAt(0, first)) {
            throw refused();
        }
        int at = first.length;
        for (int part = 0; !isEnd(at); part++) {
            if (part == MAX_PARTS || !startsAt(at, LINE_BREAK)) {
                throw refused();
            }
            int head = at + LINE_BREAK.length;
            int endOfHead = find(END_OF_HEAD, head, Math.min(body.length, head + MAX_HEAD));
            int content = endOfHead + END_OF_HEAD.length;
            int end = endOfHead < 0 ? -1 : find(boundary, content, body.length);
            if (end < 0) {
                throw refused();
            }
            add(new String(body, head, endOfHead - head, StandardCharsets.UTF_8), content, end);
            at = end + boundary.length;
        }
    }

    private boolean isEnd(int at) {
        return at + 1 < body.length && body[at] == '-' && body[at + 1] == '-';
    }

    private void add(String head, int from, int to) {
        Matcher disposition = head.lines()
                .map(DISPOSITION::matcher)
                .filter(Matcher::matches)
                .findFirst()
                .orElseThrow(MultipartForm::refused);
        String name = disposition.group(1);
        if (disposition.group(2) == null) {
            values.computeIfAbsent(name, key -> new ArrayList<>()).add(text(from, to));
        } else if (to > from) {
            files.put(name, Arrays.copyOfRange(body, from, to));
        }
    }

    private String text(int from, int to) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body, from, to - from))
                    .toString();
            if (text.indexOf('\0') >= 0) {
                throw refused();
            }
            return text;
        } catch (CharacterCodingException e) {
            throw refused();
        }
    }

    private boolean startsAt(int at, byte[] wanted) {
        return at + wanted.length <= body.length
                && Arrays.equals(body, at, at + wanted.length, wanted, 0, wanted.length);
    }

    private int find(byte[] wanted, int from, int to) {
        for (int at = from; at + wanted.length <= to; at++) {
            if (body[at] == wanted[0] && startsAt(at, wanted)) {
                return at;
            }
        }
        return -1;
    }

    private static Refusal refused() {
        return new Refusal(HttpServletResponse.SC_BAD_REQUEST, "The form is malformed.", Map.of());
    }
}
