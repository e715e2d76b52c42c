// SPDX-License-Identifier: Apache-2.0
package dev.allotment.test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/**
 * A browser as servers see it: it stores cookies by host and path, and submits forms. It connects to the loopback
 * interface for every host name. If a test wants it, it also sends requests that no real browser would send. Not
 * thread-safe.
 */
public final class Browser {
    private final int port;
    /** The cookies by host, then by path and name. */
    private final Map<String, Map<String, Cookie>> jar = new TreeMap<>();

    private record Cookie(String name, String value, String path) {}

    /** @param port the port that every host name is reached at */
    public Browser(int port) {
        this.port = port;
    }

    /**
     * A response.
     *
     * @param headers the values by header name; the case of names does not matter
     */
    public record Answer(int status, Map<String, List<String>> headers, String body) {
        /** Returns the values of a header, separated by commas; empty if the response does not have it. */
        public String header(String name) {
            return String.join(", ", headers.getOrDefault(name, List.of()));
        }

        /** Returns the target of a redirect; empty if the response is not a redirect. */
        public String location() {
            return header("location");
        }

        /** Returns the body as an HTML document. */
        public Document page() {
            return Jsoup.parse(body);
        }
    }

    /** Sends a GET request. Does not follow redirects. */
    public Answer get(String url, String... headers) throws IOException {
        return send("GET", URI.create(url), "", headers);
    }

    /** Sends a HEAD request. */
    public Answer head(String url) throws IOException {
        return send("HEAD", URI.create(url), "");
    }

    /** Sends a GET request, and follows up to five redirects. */
    public Answer visit(String url) throws IOException {
        URI at = URI.create(url);
        Answer answer = send("GET", at, "");
        for (int i = 0; i < 5 && answer.status() == 303; i++) {
            at = at.resolve(answer.location());
            answer = send("GET", at, "");
        }
        return answer;
    }

    /** Submits a form. Does not follow redirects. */
    public Answer post(String url, Map<String, String> fields, String... headers) throws IOException {
        StringBuilder body = new StringBuilder();
        fields.forEach((name, value) -> body.append(body.isEmpty() ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        List<String> all = new ArrayList<>(List.of("Content-Type: application/x-www-form-urlencoded"));
        all.addAll(List.of(headers));
        return send("POST", URI.create(url), body.toString(), all.toArray(String[]::new));
    }

    /** Returns the fields of the form of a page with their values. The map may be changed. */
    public static Map<String, String> form(Answer page) {
        return form(page.page());
    }

    /** Returns the fields of an element, or of a whole page. */
    public static Map<String, String> form(Element page) {
        Map<String, String> fields = new LinkedHashMap<>();
        page.select("form input[name]").forEach(input -> fields.put(input.attr("name"), input.val()));
        return fields;
    }

    /** Returns the value of a cookie; empty if the browser does not have it. */
    public String cookie(String host, String name) {
        return jar.getOrDefault(host, Map.of()).values().stream()
                .filter(each -> each.name().equals(name))
                .map(Cookie::value)
                .findFirst()
                .orElse("");
    }

    /** Stores a cookie for all paths of a host. */
    public void setCookie(String host, String name, String value) {
        jar.computeIfAbsent(host, any -> new TreeMap<>()).put("/" + name, new Cookie(name, value, "/"));
    }

    /**
     * Stores a cookie as a page of a sibling host could: it is sent before a cookie of the same name for all paths.
     */
    public void setCookie(String host, String name, String value, String path) {
        jar.computeIfAbsent(host, any -> new TreeMap<>()).put("!" + path + name, new Cookie(name, value, path));
    }

    private Answer send(String method, URI url, String body, String... headers) throws IOException {
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String target = url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: " + url.getRawAuthority()
                + "\r\nConnection: close\r\nAccept: text/html\r\n");
        String cookies = cookies(url.getHost(), path);
        if (!cookies.isEmpty()) {
            head.append("Cookie: ").append(cookies).append("\r\n");
        }
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        if (!body.isEmpty()) {
            head.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        Answer answer = raw(head + "\r\n" + body);
        answer.headers().getOrDefault("set-cookie", List.of()).forEach(each -> keep(url.getHost(), each));
        return answer;
    }

    /** Sends exactly this text. Neither sends nor stores cookies. */
    public Answer raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(all);
            return parse(all.toString(StandardCharsets.UTF_8));
        }
    }

    private static Answer parse(String text) {
        int end = text.indexOf("\r\n\r\n");
        String[] lines = text.substring(0, end).split("\r\n");
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.computeIfAbsent(lines[i].substring(0, colon), any -> new ArrayList<>())
                    .add(lines[i].substring(colon + 1).strip());
        }
        return new Answer(Integer.parseInt(lines[0].split(" ")[1]), headers, text.substring(end + 4));
    }

    private String cookies(String host, String path) {
        return String.join(
                "; ",
                jar.getOrDefault(host, Map.of()).values().stream()
                        .filter(each -> each.path().equals("/")
                                || path.equals(each.path())
                                || path.startsWith(each.path() + "/"))
                        .map(each -> each.name() + "=" + each.value())
                        .toList());
    }

    private void keep(String host, String text) {
        String[] parts = text.split("; *");
        int equals = parts[0].indexOf('=');
        String name = parts[0].substring(0, equals);
        String path = "/";
        boolean gone = false;
        for (String part : parts) {
            path = part.startsWith("Path=") ? part.substring(5) : path;
            gone |= part.equals("Max-Age=0");
        }
        Map<String, Cookie> cookies = jar.computeIfAbsent(host, any -> new TreeMap<>());
        if (gone) {
            cookies.remove(path + name);
        } else {
            cookies.put(path + name, new Cookie(name, parts[0].substring(equals + 1), path));
        }
    }
}
