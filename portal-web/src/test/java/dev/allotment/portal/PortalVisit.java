// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/** A visitor with a browser that stores cookies and fills in forms. It does not follow redirects by itself. */
final class PortalVisit {
    static {
        // Attacks send headers that browsers do not let pages set.
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host,origin");
    }

    private final URI base;
    private final CookieManager cookies = new CookieManager();
    private final HttpClient client =
            HttpClient.newBuilder().cookieHandler(cookies).build();

    PortalVisit(PortalTestServer server) {
        base = server.base();
    }

    static PortalVisit signedIn(PortalTestServer server, String login) {
        PortalVisit visit = new PortalVisit(server);
        assertThat(visit.signIn(login, PortalTestServer.PASSWORD).status()).isEqualTo(303);
        return visit;
    }

    Answer signIn(String login, String password) {
        return get("/web/login").submit("/web/login", "login", login, "password", password);
    }

    Answer get(String path, String... headers) {
        return send(path, request(path, headers).GET().build());
    }

    Answer head(String path, String... headers) {
        return send(
                path,
                request(path, headers).method("HEAD", BodyPublishers.noBody()).build());
    }

    Answer post(String path, Map<String, String> fields, String... headers) {
        List<String> pairs = new ArrayList<>();
        fields.forEach((name, value) -> pairs.add(encode(name) + "=" + encode(value)));
        return postBody(path, String.join("&", pairs), headers);
    }

    private Answer postBody(String path, String body, String... headers) {
        HttpRequest request = request(path, headers)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body))
                .build();
        return send(path, request);
    }

    /** Sends a form with one file, as browsers do. */
    Answer upload(String path, Map<String, String> fields, String file, byte[] content) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        fields.forEach((name, value) -> body.writeBytes(
                ("--Boundary42\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n")
                        .getBytes(StandardCharsets.UTF_8)));
        body.writeBytes(("--Boundary42\r\nContent-Disposition: form-data; name=\"" + file
                        + "\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        body.writeBytes(content);
        body.writeBytes("\r\n--Boundary42--\r\n".getBytes(StandardCharsets.UTF_8));
        return send(
                path,
                request(path, "Origin", origin())
                        .header("Content-Type", "multipart/form-data; boundary=Boundary42")
                        .POST(BodyPublishers.ofByteArray(body.toByteArray()))
                        .build());
    }

    /** Opens a stream, and returns as soon as the first line has arrived. */
    HttpResponse<Stream<String>> listen(String path) {
        return client.sendAsync(request(path).GET().build(), BodyHandlers.ofLines())
                .join();
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(base.getPath() + path));
        return headers.length == 0 ? request : request.headers(headers);
    }

    private Answer send(String path, HttpRequest request) {
        try {
            return new Answer(path, client.send(request, BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    String cookie(String name) {
        return cookies.getCookieStore().getCookies().stream()
                .filter(cookie -> cookie.getName().equals(name))
                .map(HttpCookie::getValue)
                .findFirst()
                .orElse("");
    }

    void setCookie(String name, String value) {
        setCookie(name, value, "/");
    }

    void setCookie(String name, String value, String path) {
        HttpCookie cookie = new HttpCookie(name, value);
        cookie.setPath(path);
        cookie.setVersion(0);
        // The name that java.net uses for a host without a dot.
        cookie.setDomain("localhost.local");
        cookies.getCookieStore().add(base, cookie);
    }

    /** A response. */
    final class Answer {
        private final String path;
        private final HttpResponse<byte[]> response;

        private Answer(String path, HttpResponse<byte[]> response) {
            this.path = path;
            this.response = response;
        }

        int status() {
            return response.statusCode();
        }

        String header(String name) {
            return String.join(", ", response.headers().allValues(name));
        }

        Map<String, List<String>> headers() {
            Map<String, List<String>> headers =
                    new LinkedHashMap<>(response.headers().map());
            headers.remove("date");
            return headers;
        }

        byte[] bytes() {
            return response.body();
        }

        String body() {
            return new String(bytes(), StandardCharsets.UTF_8);
        }

        Document page() {
            return Jsoup.parse(body(), base.toString());
        }

        String text() {
            return page().body().text();
        }

        String location() {
            return header("location");
        }

        /** Follows the redirect of the response. */
        Answer follow() {
            assertThat(status()).as("%s: %s", path, body()).isEqualTo(303);
            return get(location().substring(base.getPath().length()));
        }

        List<Element> forms() {
            return page().select("form[method=post]");
        }

        /** Sends the form with this action, with its values except for those that are given. */
        Answer submit(String action, String... values) {
            Element form = forms().stream()
                    .filter(each -> each.attr("action").equals(base.getPath() + action))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("No form for " + action + " in " + body()));
            List<String> pairs = new ArrayList<>();
            Map<String, String> given = new LinkedHashMap<>();
            for (int i = 0; i < values.length; i += 2) {
                given.put(values[i], values[i + 1]);
            }
            for (Element field : form.select("input, select, textarea")) {
                String value = valueOf(field);
                if (value != null && !given.containsKey(field.attr("name"))) {
                    pairs.add(encode(field.attr("name")) + "=" + encode(value));
                }
            }
            given.forEach((name, value) -> pairs.add(encode(name) + "=" + encode(value)));
            return postBody(action, String.join("&", pairs), "Origin", origin());
        }

        private String valueOf(Element field) {
            if (field.tagName().equals("select")) {
                Element chosen = field.selectFirst("option[selected]");
                return chosen == null ? field.select("option").first().attr("value") : chosen.attr("value");
            }
            boolean box =
                    field.attr("type").equals("checkbox") || field.attr("type").equals("radio");
            return box && !field.hasAttr("checked") ? null : field.val();
        }
    }

    String origin() {
        return base.getScheme() + "://" + base.getAuthority();
    }
}
