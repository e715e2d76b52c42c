// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest;

import dev.allotment.Saas;
import dev.allotment.rest.json.Json;
import dev.allotment.rest.json.JsonType;
import dev.allotment.rest.json.Schemas;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Route;
import dev.allotment.spi.protocol.ProtocolAdapter.Answer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the reference for people from the table of routes: one page, which loads nothing. */
final class ReferencePage {
    private static final String STYLE = """
            body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1rem;color:#1b1f24;background:#fff}
            nav ul{columns:3;list-style:none;padding:0}h2{border-bottom:1px solid #c8ced6;margin-top:3rem;text-transform:capitalize}
            article{margin:2rem 0}h3{font:600 1rem ui-monospace,monospace;overflow-wrap:anywhere}
            b{display:inline-block;min-width:4.5rem}code,pre{font-family:ui-monospace,monospace;font-size:.9rem}
            pre{background:#f3f5f8;padding:.75rem;overflow-x:auto}table{border-collapse:collapse;width:100%}
            th,td{border-bottom:1px solid #dde2e8;padding:.3rem .6rem .3rem 0;text-align:left;vertical-align:top}
            @media(prefers-color-scheme:dark){body{background:#14181d;color:#e3e8ee}pre{background:#20262d}a{color:#7db4ff}}
            @media(max-width:40rem){nav ul{columns:1}}
            """;

    private ReferencePage() {}

    /** Returns the page. */
    static Answer answer(RouteTable table) {
        return new Answer(
                200,
                Map.of(
                        "Content-Type", "text/html; charset=utf-8",
                        "Cache-Control", "no-cache",
                        "X-Frame-Options", "deny",
                        "Referrer-Policy", "no-referrer",
                        "Content-Security-Policy",
                                "default-src 'none'; style-src 'sha256-" + hash(STYLE)
                                        + "'; frame-ancestors 'none'; base-uri 'none'"),
                page(table).getBytes(StandardCharsets.UTF_8));
    }

    private static String page(RouteTable table) {
        StringBuilder page = new StringBuilder(
                        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<title>Allotment REST API</title>\n<style>")
                .append(STYLE)
                .append("</style>\n</head>\n<body>\n<header><h1>Allotment REST API</h1>\n<p>Version ")
                .append(escaped(Saas.version()))
                .append(". <a href=\"")
                .append(Route.ROOT)
                .append(OpenApi.PATH)
                .append("\">OpenAPI document</a>. The examples need <code>URL</code>, the address of this server, and"
                        + " <code>KEY</code>, an API key.</p></header>\n<nav><ul>\n");
        table.groups()
                .keySet()
                .forEach(each -> page.append("<li><a href=\"#")
                        .append(escaped(each))
                        .append("\">")
                        .append(escaped(each))
                        .append("</a></li>\n"));
        page.append("</ul></nav>\n<main>\n");
        table.groups().forEach((group, routes) -> {
            page.append("<section>\n<h2 id=\"")
                    .append(escaped(group))
                    .append("\">")
                    .append(escaped(group))
                    .append("</h2>\n<p>")
                    .append(escaped(RouteTable.text(group)))
                    .append("</p>\n");
            routes.forEach(each -> article(page, each));
            page.append("</section>\n");
        });
        return page.append("</main>\n</body>\n</html>\n").toString();
    }

    private static void article(StringBuilder page, Route route) {
        page.append("<article id=\"")
                .append(escaped(route.name()))
                .append("\">\n<h3><b>")
                .append(route.method())
                .append("</b> ")
                .append(escaped(Route.ROOT + route.path()))
                .append("</h3>\n<p>")
                .append(escaped(route.summary()))
                .append("</p>\n<p>Scopes: ")
                .append(escaped(String.join(", ", route.rights().scopes())))
                .append(". Success: ")
                .append(route.status())
                .append(route.starts() ? ", an operation" : "")
                .append(notes(route))
                .append("</p>\n");
        fields(page, "Parameter", route.query());
        fields(page, "Field", route.body());
        page.append("<pre>").append(escaped(example(route))).append("</pre>\n</article>\n");
    }

    private static String notes(Route route) {
        List<String> headers = new ArrayList<>();
        if (route.repetition() == Route.Repetition.BY_KEY) {
            headers.add("Idempotency-Key");
        }
        if (route.conditional()) {
            headers.add("If-Match");
        }
        if (route.starts()) {
            headers.add("Prefer: wait");
        }
        return headers.isEmpty() ? "." : ". Headers: " + String.join(", ", headers) + ".";
    }

    private static void fields(StringBuilder page, String what, List<Field> fields) {
        if (fields.isEmpty()) {
            return;
        }
        page.append("<table>\n<tr><th scope=\"col\">")
                .append(what)
                .append("</th><th scope=\"col\">Type</th><th scope=\"col\">What it is</th></tr>\n");
        fields.forEach(each -> page.append("<tr><td><code>")
                .append(escaped(each.name()))
                .append("</code>")
                .append(each.required() ? " (required)" : "")
                .append("</td><td>")
                .append(escaped(type(each)))
                .append("</td><td>")
                .append(escaped(each.text()))
                .append("</td></tr>\n"));
        page.append("</table>\n");
    }

    private static String type(Field field) {
        Map<String, Object> schema = field.type().schema(new Schemas());
        Object type = schema.containsKey("enum")
                ? String.join(
                        " | ",
                        ((List<?>) schema.get("enum"))
                                .stream().map(String::valueOf).toList())
                : schema.getOrDefault("format", schema.getOrDefault("type", "object"));
        return type + (field.repeated() ? ", may be repeated" : "") + (field.nullable() ? ", or null" : "");
    }

    private static String example(Route route) {
        String path = Route.ROOT + route.path();
        for (Field each : route.variables()) {
            path = path.replace(
                    "{" + each.name() + "}",
                    each.type() == JsonType.LONG ? "1" : "3f2b8c1e-6d1a-4c55-9b0e-2f7d8e9a0c11");
        }
        Map<String, Object> required = new LinkedHashMap<>();
        route.body().stream().filter(Field::required).forEach(each -> required.put(each.name(), sample(each)));
        String query = route.query().stream()
                .filter(Field::required)
                .map(each -> each.name() + "=" + sample(each))
                .reduce((one, other) -> one + "&" + other)
                .map(each -> "?" + each)
                .orElse("");
        return "curl " + (route.method().equals("GET") ? "" : "-X " + route.method() + " ") + "\"$URL" + path + query
                + "\" -H \"Authorization: Bearer $KEY\""
                + (required.isEmpty()
                        ? ""
                        : " \\\n    -H \"Content-Type: application/json\" -d '"
                                + new String(Json.write(required), StandardCharsets.UTF_8) + "'");
    }

    private static Object sample(Field field) {
        Object type = field.type().schema(new Schemas()).get("type");
        return "integer".equals(type) ? 1 : "array".equals(type) ? List.of() : "shop";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private static String hash(String text) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
