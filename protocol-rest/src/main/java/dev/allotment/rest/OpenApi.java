// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest;

import static dev.allotment.rest.json.Json.object;

import dev.allotment.Saas;
import dev.allotment.rest.json.Schemas;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Route;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes the OpenAPI 3.1 document from the table of routes. */
final class OpenApi {
    /** Where the document is, below {@link Route#ROOT}. */
    static final String PATH = "/openapi.json";

    private static final String TAG_TEXT = "Changes if the document does.";
    private static final String TEXT = "string";
    private static final String SCHEMA = "schema";
    private static final String DESCRIPTION = "description";
    private static final String CONTENT = "content";
    private static final String REQUIRED = "required";
    private static final String SECURITY = "apiKey";
    private static final Map<String, Object> PROBLEM = Map.of("$ref", "#/components/responses/Problem");

    private OpenApi() {}

    /** Returns the document. */
    static Map<String, Object> document(RouteTable table) {
        Schemas schemas = new Schemas();
        Map<String, Object> paths = new LinkedHashMap<>();
        for (Route each : table.routes()) {
            @SuppressWarnings("unchecked") // only this method adds maps
            Map<String, Object> methods = (Map<String, Object>)
                    paths.computeIfAbsent(each.path(), path -> new LinkedHashMap<String, Object>());
            methods.put(each.method().toLowerCase(Locale.ROOT), operation(each, schemas));
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.1.0");
        document.put(
                "info",
                object(
                        "title",
                        "Allotment",
                        "version",
                        Saas.version(),
                        DESCRIPTION,
                        "Accounts, plans and tenants of a control plane.",
                        "license",
                        object("name", "Apache-2.0", "identifier", "Apache-2.0")));
        document.put("servers", List.of(Map.of("url", Route.ROOT)));
        document.put(
                "tags",
                table.groups().keySet().stream()
                        .map(each -> object("name", each, DESCRIPTION, RouteTable.text(each)))
                        .toList());
        document.put("paths", paths);
        document.put(
                "components",
                object(
                        "schemas", withProblem(schemas),
                        "responses", Map.of("Problem", problem()),
                        "securitySchemes",
                                Map.of(
                                        SECURITY,
                                        object(
                                                "type",
                                                "http",
                                                "scheme",
                                                "bearer",
                                                DESCRIPTION,
                                                "An API key. Each operation names the scopes of keys that may"
                                                        + " call it, within the rights of the key's account."))));
        return document;
    }

    private static Map<String, Object> operation(Route route, Schemas schemas) {
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("operationId", route.name());
        operation.put("summary", route.summary());
        operation.put("tags", List.of(route.group()));
        operation.put("security", security(route));
        List<Object> parameters = parameters(route, schemas);
        if (!parameters.isEmpty()) {
            operation.put("parameters", parameters);
        }
        if (!route.body().isEmpty()) {
            operation.put("requestBody", body(route, schemas));
        }
        operation.put("responses", responses(route, schemas));
        return operation;
    }

    /** One of the scopes is enough. */
    private static List<Object> security(Route route) {
        List<Object> alternatives = new ArrayList<>();
        route.rights().scopes().forEach(each -> alternatives.add(Map.of(SECURITY, List.of(each))));
        return alternatives;
    }

    private static List<Object> parameters(Route route, Schemas schemas) {
        List<Object> parameters = new ArrayList<>();
        route.variables().forEach(each -> parameters.add(parameter("path", each, schemas)));
        route.query().forEach(each -> parameters.add(parameter("query", each, schemas)));
        if (route.repetition() == Route.Repetition.BY_KEY) {
            parameters.add(header(
                    "Idempotency-Key",
                    "At most 255 characters. A repeated request with the same key returns the first result."));
        }
        if (route.conditional()) {
            parameters.add(header("If-Match", "The ETag of the record as it was read. If it is another one now: 412."));
        }
        if (route.sendsArchive()) {
            parameters.add(header("Range", "bytes=START-END, or bytes=START- for the rest."));
            parameters.add(header("If-Range", "The ETag of the file that the caller has a part of."));
        }
        if (route.streams()) {
            parameters.add(header("Last-Event-ID", "The id of the event that the caller has. It is not sent again."));
        }
        if (route.starts()) {
            parameters.add(header("Prefer", "wait=SECONDS: waits up to 30 seconds for the end of the operation."));
        }
        return parameters;
    }

    private static Map<String, Object> parameter(String in, Field field, Schemas schemas) {
        Map<String, Object> schema = field.type().schema(schemas);
        Map<String, Object> parameter =
                object("name", field.name(), "in", in, DESCRIPTION, field.text(), REQUIRED, field.required());
        parameter.put(SCHEMA, field.repeated() ? object("type", "array", "items", schema) : schema);
        return parameter;
    }

    private static Map<String, Object> header(String name, String text) {
        return object("name", name, "in", "header", DESCRIPTION, text, SCHEMA, Map.of("type", TEXT));
    }

    private static Map<String, Object> body(Route route, Schemas schemas) {
        Map<String, Object> properties = new LinkedHashMap<>();
        route.body().forEach(each -> properties.put(each.name(), each.schema(schemas)));
        Map<String, Object> schema = object("type", "object", "properties", properties, "additionalProperties", false);
        List<String> required =
                route.body().stream().filter(Field::required).map(Field::name).toList();
        if (!required.isEmpty()) {
            schema.put(REQUIRED, required);
        }
        return object(REQUIRED, !required.isEmpty(), CONTENT, Map.of("application/json", Map.of(SCHEMA, schema)));
    }

    private static Map<String, Object> responses(Route route, Schemas schemas) {
        Map<String, Object> responses = new LinkedHashMap<>();
        Map<String, Object> schema = route.schema(schemas);
        Map<String, Object> success = object(DESCRIPTION, description(route));
        if (schema != null) {
            success.put(
                    CONTENT, Map.of(route.media(), Map.of(SCHEMA, route.streams() ? Map.of("type", TEXT) : schema)));
        }
        if (route.starts()) {
            success.put(
                    "headers",
                    object(
                            "Location", textHeader("The address of the operation."),
                            "Retry-After", textHeader("After how many seconds to get it again.")));
            Map<String, Object> ended = object(DESCRIPTION, "The operation has ended already.");
            ended.put(CONTENT, success.get(CONTENT));
            responses.put("200", ended);
        } else if (route.status() == 201) {
            success.put(
                    "headers",
                    object("Location", textHeader("The address of the record."), "ETag", textHeader(TAG_TEXT)));
            if (route.mayFind()) {
                Map<String, Object> found = object(DESCRIPTION, "Nothing was created: it is there already.");
                found.put(CONTENT, success.get(CONTENT));
                responses.put("200", found);
            }
        } else if (route.streams()) {
            responses.put("204", Map.of(DESCRIPTION, "The caller has the last event, by Last-Event-ID."));
        } else if (route.sendsArchive()) {
            Map<String, Object> range = object(DESCRIPTION, "The range of bytes.");
            range.put(CONTENT, success.get(CONTENT));
            responses.put("206", range);
        } else if (route.status() == 200) {
            success.put("headers", Map.of("ETag", textHeader(TAG_TEXT)));
        }
        responses.put(Integer.toString(route.status()), success);
        if (route.method().equals("GET") && !route.streams() && !route.sendsArchive()) {
            responses.put("304", Map.of(DESCRIPTION, "The document still has the ETag of If-None-Match."));
        }
        responses.put("4XX", PROBLEM);
        responses.put("5XX", PROBLEM);
        return responses;
    }

    private static String description(Route route) {
        return switch (route.status()) {
            case 201 -> "It was created.";
            case 202 -> "The operation was started.";
            case 204 -> "It was done.";
            default -> route.streams() ? "Events. The data of each is an OperationProgress as JSON." : "The answer.";
        };
    }

    private static Map<String, Object> textHeader(String text) {
        return object(DESCRIPTION, text, SCHEMA, Map.of("type", TEXT));
    }

    private static Map<String, Object> problem() {
        return object(
                DESCRIPTION,
                "The request failed, see RFC 9457.",
                CONTENT,
                Map.of("application/problem+json", Map.of(SCHEMA, Map.of("$ref", "#/components/schemas/Problem"))));
    }

    private static Map<String, Object> withProblem(Schemas schemas) {
        Map<String, Object> all = new LinkedHashMap<>(schemas.all());
        all.put(
                "Problem",
                object(
                        "type",
                        "object",
                        "properties",
                        object(
                                "type", described(TEXT, "Where the code is documented."),
                                "title", described(TEXT, "The meaning of the status."),
                                "status", described("integer", "The status of the response."),
                                "detail", described(TEXT, "What failed, for a person."),
                                "code", described(TEXT, "What failed, for a program."),
                                "retryable",
                                        described("boolean", "Whether the same request may succeed later, unchanged."),
                                "operation", described("integer", "The operation that it is about."),
                                "details",
                                        object(
                                                "type",
                                                "object",
                                                "additionalProperties",
                                                Map.of("type", TEXT),
                                                DESCRIPTION,
                                                "The values in the detail, by name.")),
                        REQUIRED,
                        List.of("type", "title", "status", "detail", "code", "retryable")));
        return all;
    }

    private static Map<String, Object> described(String type, String text) {
        return object("type", type, DESCRIPTION, text);
    }
}
