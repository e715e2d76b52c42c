// SPDX-License-Identifier: Apache-2.0
package dev.allotment.json2;

import dev.allotment.odoo.NamedCaller;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.spi.protocol.ProtocolAdapter.Answer;
import dev.allotment.spi.protocol.ProtocolAdapter.Call;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code /doc}: the models that the caller may read, with their fields and methods. People get pages, programs
 * get JSON: at {@code /doc} with a web session, at {@code /doc-bearer} with an API key. Thread-safe.
 */
final class DocPaths {
    static final String PAGES = "/doc";
    static final String BEARER = "/doc-bearer";

    private static final String JSON = ".json";
    private static final String INDEX = "index";

    private final Callers callers;
    private final Answers answers;

    DocPaths(Callers callers, Answers answers) {
        this.callers = callers;
        this.answers = answers;
    }

    Answer answer(Call call, Target target) {
        if (!call.method().equals("GET") && !call.method().equals("HEAD")) {
            return Answers.html(405, "Method Not Allowed", "Use GET.", Map.of("Allow", "GET, HEAD"));
        }
        boolean bearer = call.path().startsWith(BEARER);
        String page = call.path().substring((bearer ? BEARER : PAGES).length());
        String name = page.isEmpty() ? "index.html" : page.substring(1);
        boolean json = name.endsWith(JSON);
        if (name.indexOf('/') >= 0 || (bearer && !json)) {
            throw Refusal.notFound("There is no such page. The index is " + BEARER + "/index.json.");
        }
        if (bearer) {
            return json(call, callers.byKey(call, target), name);
        }
        Optional<NamedCaller> caller = callers.bySession(call, target);
        if (json) {
            return json(
                    call,
                    caller.orElseThrow(
                            () -> Refusal.of(new OdooFault(OdooFault.Kind.SESSION_EXPIRED, "Session expired"))),
                    name);
        }
        return caller.map(user -> page(user, name)).orElseGet(() -> signIn(call.path()));
    }

    private Answer json(Call call, NamedCaller caller, String name) {
        String subject = name.substring(0, name.length() - JSON.length());
        byte[] body = answers.bytes(subject.equals(INDEX) ? index(caller) : caller.model(subject));
        if (contains(call.header("cache-control"), "no-cache")) {
            return answers.json(body, Map.of("Cache-Control", "no-store"));
        }
        String tag = '"' + digest(body) + '"';
        Map<String, String> headers =
                Map.of("ETag", tag, "Cache-Control", "no-cache, private", "Vary", "Cookie, Authorization");
        return contains(call.header("if-none-match"), tag)
                ? new Answer(304, headers, new byte[0])
                : answers.json(body, headers);
    }

    private static Map<String, Object> index(NamedCaller caller) {
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("modules", List.of("allotment"));
        index.put("models", caller.models());
        return index;
    }

    private static Answer page(NamedCaller caller, String name) {
        String page = name.equals("index.html") ? DocPages.index(caller.models()) : DocPages.model(caller.model(name));
        return Answers.page(200, page, DocPages.HEADERS);
    }

    private static Answer signIn(String path) {
        return new Answer(
                303,
                Map.of("Location", "/web/login?redirect=" + URLEncoder.encode(path, StandardCharsets.UTF_8)),
                new byte[0]);
    }

    /** Returns whether a header is a list with this element. */
    private static boolean contains(@Nullable String header, String element) {
        return header != null
                && Arrays.stream(header.toLowerCase(Locale.ROOT).split(",", -1))
                        .map(each -> each.strip().replaceFirst("^w/", ""))
                        .anyMatch(element::equals);
    }

    private static String digest(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
