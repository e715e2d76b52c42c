// SPDX-License-Identifier: Apache-2.0
package dev.allotment.json2;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The documentation of the models as pages for people. */
final class DocPages {
    /** The pages load nothing, are never framed, and are never stored. */
    static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
            "X-Frame-Options",
            "deny",
            "Referrer-Policy",
            "no-referrer",
            "Cache-Control",
            "no-store");

    private DocPages() {}

    /** Returns the list of the models. */
    static String index(List<Object> models) {
        StringBuilder page = start("Models");
        page.append("<p>A call is <code>POST /json/2/&lt;model&gt;/&lt;method&gt;</code> with an API key and a JSON")
                .append(" object of the arguments by name.</p>\n<ul>\n");
        for (Object each : models) {
            Map<?, ?> model = map(each);
            String name = text(model.get("model"));
            page.append("<li><a href=\"/doc/")
                    .append(name)
                    .append("\"><code>")
                    .append(name)
                    .append("</code></a> ")
                    .append(text(model.get("name")))
                    .append("</li>\n");
        }
        return page.append("</ul>\n</body>\n</html>\n").toString();
    }

    /** Returns the page of a model. */
    static String model(Map<String, Object> model) {
        String name = text(model.get("model"));
        StringBuilder page = start(name);
        page.append("<p><a href=\"/doc\">All models</a></p>\n<h2>Methods</h2>\n<table>\n")
                .append("<tr><th scope=\"col\">Method</th><th scope=\"col\">Called on</th><th scope=\"col\">What it"
                        + " does</th></tr>\n");
        map(model.get("methods"))
                .forEach((method, described) -> page.append("<tr><td><code>")
                        .append(text(method))
                        .append(text(map(described).get("signature")))
                        .append("</code></td><td>")
                        .append(isOfModel(map(described)) ? "the model" : "the records in <code>ids</code>")
                        .append("</td><td>")
                        .append(text(Objects.requireNonNullElse(map(described).get("doc"), "")))
                        .append("</td></tr>\n"));
        page.append("</table>\n<h2>Fields</h2>\n<table>\n<tr><th scope=\"col\">Field</th><th scope=\"col\">Type</th>")
                .append("<th scope=\"col\">Written</th><th scope=\"col\">Label</th></tr>\n");
        map(model.get("fields"))
                .forEach((field, described) -> page.append("<tr><td><code>")
                        .append(text(field))
                        .append("</code></td><td>")
                        .append(text(map(described).get("type")))
                        .append("</td><td>")
                        .append(Boolean.TRUE.equals(map(described).get("readonly")) ? "" : "yes")
                        .append("</td><td>")
                        .append(text(map(described).get("string")))
                        .append("</td></tr>\n"));
        return page.append("</table>\n<h2>Example</h2>\n<pre>curl \"$URL/json/2/")
                .append(name)
                .append("/search_read\" -H \"Authorization: bearer $KEY\" -H \"Content-Type: application/json\" \\\n")
                .append("    -d '{\"domain\": [], \"limit\": 10}'</pre>\n</body>\n</html>\n")
                .toString();
    }

    private static boolean isOfModel(Map<?, ?> method) {
        return method.get("api") instanceof List<?> api && api.contains("model");
    }

    private static StringBuilder start(String title) {
        return new StringBuilder("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>")
                .append(title)
                .append("</title>\n</head>\n<body>\n<h1>")
                .append(title)
                .append("</h1>\n");
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static String text(@Nullable Object value) {
        return Html.escaped(String.valueOf(value));
    }
}
