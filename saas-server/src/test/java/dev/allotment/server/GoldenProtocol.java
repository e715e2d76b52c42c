// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.server.GoldenCall.User;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
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
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** A protocol, as a client of it sees the outcome of a call. */
enum GoldenProtocol {
    XML_RPC {
        @Override
        GoldenOutcome call(GoldenPortal portal, GoldenCall call) throws Exception {
            return xml(portal, "/xmlrpc/2/object", call);
        }
    },
    OLDER_XML_RPC {
        @Override
        GoldenOutcome call(GoldenPortal portal, GoldenCall call) throws Exception {
            return xml(portal, "/xmlrpc/object", call);
        }
    },
    JSON_RPC {
        @Override
        GoldenOutcome call(GoldenPortal portal, GoldenCall call) throws Exception {
            return answered(post(
                    portal,
                    "/jsonrpc",
                    GoldenJson.write(Map.of(
                            "id",
                            1,
                            "params",
                            Map.of("service", "object", "method", "execute_kw", "args", parameters(portal, call)))),
                    Map.of()));
        }
    },
    WEB_SESSION {
        @Override
        GoldenOutcome call(GoldenPortal portal, GoldenCall call) throws Exception {
            return answered(post(
                    portal,
                    "/web/dataset/call_kw",
                    GoldenJson.write(Map.of(
                            "id",
                            1,
                            "params",
                            Map.of(
                                    "model",
                                    call.model(),
                                    "method",
                                    call.method(),
                                    "args",
                                    call.positional(),
                                    "kwargs",
                                    call.others()))),
                    Map.of("Cookie", "session_id=" + session(portal, call.user()))));
        }
    },
    JSON_2 {
        @Override
        GoldenOutcome call(GoldenPortal portal, GoldenCall call) throws Exception {
            HttpResponse<String> answer = post(
                    portal,
                    "/json/2/" + call.model() + "/" + call.method(),
                    GoldenJson.write(call.named()),
                    Map.of(
                            "Authorization",
                            "bearer " + portal.key(call.user()),
                            "X-Odoo-Database",
                            call.user().database));
            Object body = GoldenJson.read(answer.body());
            if (answer.statusCode() == 200) {
                return GoldenOutcome.result(body);
            }
            Map<?, ?> error = (Map<?, ?>) body;
            return GoldenOutcome.fault(
                    answer.statusCode(), String.valueOf(error.get("name")), String.valueOf(error.get("message")));
        }
    };

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    abstract GoldenOutcome call(GoldenPortal portal, GoldenCall call) throws Exception;

    private static List<Object> parameters(GoldenPortal portal, GoldenCall call) {
        return List.of(
                call.user().database,
                portal.uid(call.user()),
                GoldenPortal.PASSWORD,
                call.model(),
                call.method(),
                call.positional(),
                call.others());
    }

    static String session(GoldenPortal portal, User user) throws Exception {
        String known = portal.sessions().get(user);
        if (known == null) {
            HttpResponse<String> answer = post(
                    portal,
                    "/web/session/authenticate",
                    GoldenJson.write(Map.of(
                            "params",
                            Map.of("db", user.database, "login", user.login, "password", GoldenPortal.PASSWORD))),
                    Map.of());
            Map<?, ?> result = (Map<?, ?>) ((Map<?, ?>) GoldenJson.read(answer.body())).get("result");
            known = String.valueOf(result.get("session_id"));
            portal.sessions().put(user, known);
        }
        return known;
    }

    static HttpResponse<String> post(GoldenPortal portal, String path, String body, Map<String, String> headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + portal.port() + path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
        headers.forEach(request::setHeader);
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static GoldenOutcome answered(HttpResponse<String> answer) {
        Map<?, ?> envelope = (Map<?, ?>) GoldenJson.read(answer.body());
        if (!envelope.containsKey("error")) {
            return GoldenOutcome.result(envelope.get("result"));
        }
        Map<?, ?> data = (Map<?, ?>) ((Map<?, ?>) envelope.get("error")).get("data");
        String name = String.valueOf(data.get("name"));
        int code = switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "UserError", "ValidationError", "MissingError" -> 2;
            case "AccessDenied" -> 3;
            case "AccessError" -> 4;
            default -> 1;
        };
        return GoldenOutcome.fault(code, String.valueOf(data.get("message")));
    }

    private static GoldenOutcome xml(GoldenPortal portal, String path, GoldenCall call) throws Exception {
        StringBuilder body =
                new StringBuilder("<?xml version='1.0'?><methodCall><methodName>execute_kw</methodName><params>");
        for (Object parameter : parameters(portal, call)) {
            body.append("<param>");
            write(body, parameter);
            body.append("</param>");
        }
        body.append("</params></methodCall>");
        HttpResponse<String> answer = post(portal, path, body.toString(), Map.of("Content-Type", "text/xml"));
        Element root = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(answer.body().getBytes(StandardCharsets.UTF_8)))
                .getDocumentElement();
        Object value = value((Element) root.getElementsByTagName("value").item(0));
        if (root.getElementsByTagName("fault").getLength() == 0) {
            return GoldenOutcome.result(value);
        }
        Map<?, ?> fault = (Map<?, ?>) value;
        return fault(fault.get("faultCode"), String.valueOf(fault.get("faultString")));
    }

    /** Reads the codes of both dialects. */
    private static GoldenOutcome fault(@Nullable Object code, String text) {
        if (code instanceof Long number) {
            return GoldenOutcome.fault(number.intValue(), text);
        }
        String legacy = String.valueOf(code);
        if (legacy.equals("AccessDenied")) {
            return GoldenOutcome.fault(3, text);
        }
        if (!legacy.startsWith("warning -- ")) {
            return GoldenOutcome.fault(1, text);
        }
        return GoldenOutcome.fault(
                legacy.startsWith("warning -- AccessError") ? 4 : 2, legacy.substring(legacy.indexOf("\n\n") + 2));
    }

    private static void write(StringBuilder out, @Nullable Object value) {
        out.append("<value>");
        if (value instanceof Long number) {
            out.append(number == number.intValue() ? "<int>" + number + "</int>" : "<i8>" + number + "</i8>");
        } else if (value instanceof Boolean flag) {
            out.append("<boolean>").append(flag ? 1 : 0).append("</boolean>");
        } else if (value instanceof Double number) {
            out.append("<double>").append(number).append("</double>");
        } else if (value instanceof List<?> list) {
            out.append("<array><data>");
            list.forEach(each -> write(out, each));
            out.append("</data></array>");
        } else if (value instanceof Map<?, ?> map) {
            out.append("<struct>");
            map.forEach((key, each) -> {
                out.append("<member><name>")
                        .append(escaped(String.valueOf(key)))
                        .append("</name>");
                write(out, each);
                out.append("</member>");
            });
            out.append("</struct>");
        } else if (value == null) {
            out.append("<nil/>");
        } else {
            out.append("<string>").append(escaped(String.valueOf(value))).append("</string>");
        }
        out.append("</value>");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static Object value(Element value) {
        List<Element> children = children(value);
        if (children.isEmpty()) {
            return value.getTextContent();
        }
        Element typed = children.get(0);
        String text = typed.getTextContent();
        return switch (typed.getTagName()) {
            case "int", "i4", "i8" -> Long.valueOf(text);
            case "boolean" -> text.equals("1");
            case "double" -> Double.valueOf(text);
            case "array" -> {
                List<Object> list = new ArrayList<>();
                children(children(typed).get(0)).forEach(each -> list.add(value(each)));
                yield list;
            }
            case "struct" -> {
                Map<String, Object> map = new LinkedHashMap<>();
                for (Element member : children(typed)) {
                    List<Element> parts = children(member);
                    map.put(parts.get(0).getTextContent(), value(parts.get(1)));
                }
                yield map;
            }
            default -> text;
        };
    }

    private static List<Element> children(Element parent) {
        List<Element> children = new ArrayList<>();
        for (Node each = parent.getFirstChild(); each != null; each = each.getNextSibling()) {
            if (each instanceof Element element) {
                children.add(element);
            }
        }
        return children;
    }
}
