// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet.request;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of the query and of a form that was sent. Containers differ in how they read malformed fields, and fail
 * with exceptions that no caller deserves; here, such a request is refused.
 */
public final class RequestParameters {
    private static final String ATTRIBUTE = RequestParameters.class.getName();
    private static final int MAX_FORM_BYTES = 200_000;
    private static final int MAX_FIELDS = 1000;
    private static final String CHARSET = "charset=";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final RequestBody BODIES = new RequestBody(MAX_FORM_BYTES, System::nanoTime);

    private static final int MAX_UPLOAD_BYTES = 2 * 1024 * 1024;
    private static final String UPLOADS = ATTRIBUTE + ".uploads";
    private static final RequestBody UPLOADED = new RequestBody(MAX_UPLOAD_BYTES, System::nanoTime);

    private final Map<String, List<String>> values;
    private final Map<String, byte[]> files;

    private RequestParameters(Map<String, List<String>> values) {
        this(values, Map.of());
    }

    private RequestParameters(Map<String, List<String>> values, Map<String, byte[]> files) {
        this.values = values;
        this.files = files;
    }

    /**
     * Accepts files in the form of this request, of at most two megabytes together. Call it before the fields are read,
     * and only for a caller who may send them. Files in other forms are not read, and neither are the fields next to
     * them.
     */
    public static void acceptFiles(HttpServletRequest request) {
        request.setAttribute(UPLOADS, true);
    }

    /**
     * Returns the fields of a request. The first call reads the query and the body. Fields of the query come first.
     *
     * @throws Refusal with status 400, 408, 413 or 415 if they cannot be read
     */
    public static RequestParameters of(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof RequestParameters known) {
            return known;
        }
        RequestParameters read = read(request);
        request.setAttribute(ATTRIBUTE, read);
        return read;
    }

    private static RequestParameters read(HttpServletRequest request) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        String query = request.getQueryString();
        if (query != null) {
            parse(query.getBytes(StandardCharsets.UTF_8), values);
        }
        if (!request.getMethod().equals("POST")) {
            return new RequestParameters(values);
        }
        // In any case: a connection with an unread body would have to be closed.
        boolean uploads = request.getAttribute(UPLOADS) != null;
        byte[] body = body(request, uploads ? UPLOADED : BODIES);
        Optional<String> boundary =
                uploads ? MultipartForm.boundary(request.getHeader("Content-Type")) : Optional.empty();
        if (boundary.isPresent()) {
            Map<String, byte[]> files = MultipartForm.parse(body, boundary.get(), values);
            return new RequestParameters(values, files);
        }
        if (isForm(request.getHeader("Content-Type"))) {
            if (body.length == 0 && request.getContentLengthLong() > 0) {
                return parsedBefore(request);
            }
            parse(body, values);
        }
        return new RequestParameters(values);
    }

    private static byte[] body(HttpServletRequest request, RequestBody bodies) {
        try {
            return bodies.read(request);
        } catch (Refusal e) {
            bodies.discard(request);
            throw e;
        } catch (BrokenBody e) {
            throw refused(e.text());
        } catch (IOException | IllegalStateException e) {
            throw refused("The form could not be read completely.");
        }
    }

    /** A filter of the embedder has read the body. */
    private static RequestParameters parsedBefore(HttpServletRequest request) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        try {
            request.getParameterMap().forEach((name, each) -> values.put(name, Arrays.asList(each)));
        } catch (RuntimeException e) {
            throw refused("The form is malformed.");
        }
        return new RequestParameters(values);
    }

    /**
     * Refuses a charset that Java does not have. Containers throw other exceptions when a program reads the type or the
     * charset of such a request.
     *
     * @throws Refusal with status 415
     */
    public static void requireKnownCharset(HttpServletRequest request) {
        String type = request.getHeader("Content-Type");
        if (type == null) {
            return;
        }
        for (String part : type.split(";", -1)) {
            String parameter = part.strip().replace("\"", "");
            if (parameter.regionMatches(true, 0, CHARSET, 0, CHARSET.length())
                    && !isKnown(parameter.substring(CHARSET.length()).strip())) {
                throw new Refusal(
                        HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE,
                        "The charset of this request is not supported; send UTF-8.",
                        Map.of());
            }
        }
    }

    private static boolean isKnown(String charset) {
        try {
            return Charset.isSupported(charset);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isForm(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        String[] parts = contentType.split(";", -1);
        if (!parts[0].strip().equalsIgnoreCase(FORM)) {
            return false;
        }
        for (String part : Arrays.asList(parts).subList(1, parts.length)) {
            String parameter = part.strip().toLowerCase(Locale.ROOT).replace("\"", "");
            if (parameter.startsWith(CHARSET) && !isUtf8(parameter.substring(CHARSET.length()))) {
                throw new Refusal(
                        HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE, "Send forms in the charset UTF-8.", Map.of());
            }
        }
        return true;
    }

    private static boolean isUtf8(String charset) {
        return charset.equals("utf-8") || charset.equals("utf8") || charset.equals("us-ascii");
    }

    /**
     * Parses {@code name=value&name=value}.
     *
     * @throws Refusal with status 400
     */
    static void parse(byte[] text, Map<String, List<String>> values) {
        int count = values.values().stream().mapToInt(List::size).sum();
        int start = 0;
        while (start <= text.length) {
            int end = indexOf(text, '&', start, text.length);
            if (end > start) {
                count++;
                if (count > MAX_FIELDS) {
                    throw refused("The request has more than " + MAX_FIELDS + " fields.");
                }
                int equals = indexOf(text, '=', start, end);
                String name = decode(text, start, equals);
                String value = equals == end ? "" : decode(text, equals + 1, end);
                values.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
            }
            start = end + 1;
        }
    }

    private static int indexOf(byte[] text, char wanted, int from, int to) {
        int at = from;
        while (at < to && text[at] != wanted) {
            at++;
        }
        return at;
    }

    private static String decode(byte[] text, int from, int to) {
        byte[] decoded = new byte[to - from];
        int length = 0;
        for (int i = from; i < to; i++) {
            byte value = text[i];
            if (value == '+') {
                value = ' ';
            } else if (value == '%') {
                int high = i + 2 < to ? Character.digit(text[i + 1], 16) : -1;
                int low = i + 2 < to ? Character.digit(text[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw refused("The request has a field with an incomplete escape.");
                }
                value = (byte) (high * 16 + low);
                i += 2;
            }
            if (value == 0) {
                throw refused("The request has a field with a NUL character.");
            }
            decoded[length++] = value;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(decoded, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw refused("The request has a field that is not UTF-8.");
        }
    }

    private static Refusal refused(String text) {
        return new Refusal(HttpServletResponse.SC_BAD_REQUEST, text, Map.of());
    }

    /** Returns the first value of a field; empty if there is none. */
    public String first(String name) {
        List<String> all = values.get(name);
        return all == null ? "" : all.get(0);
    }

    /** Returns the file that was chosen in a field; empty if there is none. */
    public Optional<byte[]> file(String name) {
        return Optional.ofNullable(files.get(name)).map(byte[]::clone);
    }

    /** Returns the names of the fields, in the order in which they were sent. */
    public Set<String> names() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /** Returns all values of a field. */
    public List<String> all(String name) {
        return List.copyOf(values.getOrDefault(name, List.of()));
    }
}
