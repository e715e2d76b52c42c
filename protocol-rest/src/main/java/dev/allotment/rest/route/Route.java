// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.route;

import dev.allotment.AllowedFor;
import dev.allotment.Lookup;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.rest.json.Json;
import dev.allotment.rest.json.JsonType;
import dev.allotment.rest.json.Schemas;
import dev.allotment.spi.protocol.EventStream.Update;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One operation of the API: a method and a path, what it does, who may call it, what it takes and returns, and what
 * handles it. It is all that dispatch, rights, the OpenAPI document and the reference know. Immutable and thread-safe.
 */
public final class Route {
    /** What a repetition of the same request does. */
    public enum Repetition {
        /** The same as one request. */
        HARMLESS,
        /** Returns the first result, if both have the same {@code Idempotency-Key}. */
        BY_KEY,
        /** Makes a second thing. The header {@code Idempotency-Key} is refused. */
        COUNTS
    }

    /** Handles a request. */
    public interface Handler {
        Reply handle(Request request);
    }

    /** The path that all others are below. */
    public static final String ROOT = "/api/v1";

    private static final Pattern VARIABLE = Pattern.compile("\\{([a-z]+)}");
    private static final String NUMBER = "([1-9][0-9]{0,17})";
    private static final String UUID = "([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})";

    private final String method;
    private final String path;
    private final String name;
    private final String summary;
    private final Rights rights;
    private final List<Field> variables;
    private final List<Field> query;
    private final List<Field> body;
    private final Repetition repetition;
    private final boolean conditional;
    private final Answered answered;
    private final Pattern pattern;

    /** What is returned, and by what. */
    private record Answered(
            int status, @Nullable Function<Schemas, Map<String, Object>> schema, Kind kind, Handler handler) {}

    /** What an answer is. */
    private enum Kind {
        DOCUMENT("application/json"),
        MADE_OR_FOUND("application/json"),
        OPERATION("application/json"),
        EVENTS("text/event-stream"),
        ARCHIVE("application/zip");

        private final String media;

        Kind(String media) {
            this.media = media;
        }
    }

    private Route(Builder parts, Answered answered) {
        method = parts.method;
        path = parts.path;
        name = parts.name;
        summary = parts.summary;
        rights = parts.rights;
        variables = List.copyOf(parts.variables);
        query = List.copyOf(parts.query);
        body = List.copyOf(parts.body);
        repetition = parts.repetition;
        conditional = parts.conditional;
        this.answered = answered;
        String expression = path;
        for (Field each : variables) {
            expression = expression.replace("{" + each.name() + "}", each.type() == JsonType.LONG ? NUMBER : UUID);
        }
        pattern = Pattern.compile(expression);
    }

    /**
     * Starts a route.
     *
     * @param path below {@code /api/v1}; {@code {backup}} is a UUID, and other variables are numbers
     * @param name in documents and generated clients, such as {@code createTenant}
     * @param summary a sentence
     */
    public static Builder get(String path, String name, String summary) {
        return new Builder("GET", path, name, summary);
    }

    /** Starts a route, as {@link #get} does. A repetition makes a second thing, unless the builder says otherwise. */
    public static Builder post(String path, String name, String summary) {
        return new Builder("POST", path, name, summary).repeated(Repetition.COUNTS);
    }

    /** Starts a route that changes the fields that are sent, and no others. */
    public static Builder patch(String path, String name, String summary) {
        Builder route = new Builder("PATCH", path, name, summary);
        route.conditional = true;
        return route;
    }

    /** Starts a route that says what something is from now on, so a repetition is harmless. */
    public static Builder put(String path, String name, String summary) {
        return new Builder("PUT", path, name, summary);
    }

    /** Starts a route, as {@link #get} does. */
    public static Builder delete(String path, String name, String summary) {
        return new Builder("DELETE", path, name, summary);
    }

    /** Returns the texts of the variables of a path, by name; null if it is another path. */
    public @Nullable Map<String, String> match(String other) {
        Matcher matcher = pattern.matcher(other);
        if (!matcher.matches()) {
            return null;
        }
        Map<String, String> found = new LinkedHashMap<>();
        for (Field each : variables) {
            found.put(each.name(), matcher.group(found.size() + 1));
        }
        return found;
    }

    public String method() {
        return method;
    }

    public String path() {
        return path;
    }

    public String name() {
        return name;
    }

    public String summary() {
        return summary;
    }

    /** Returns the first part of the path, by which the reference groups operations. */
    public String group() {
        return group(path);
    }

    /** Returns the first part of a path. */
    public static String group(String path) {
        int end = path.indexOf('/', 1);
        return path.isEmpty() ? "" : path.substring(1, end < 0 ? path.length() : end);
    }

    public Rights rights() {
        return rights;
    }

    public List<Field> variables() {
        return variables;
    }

    public List<Field> query() {
        return query;
    }

    public List<Field> body() {
        return body;
    }

    public Repetition repetition() {
        return repetition;
    }

    /** Returns whether it takes the header {@code If-Match}. */
    public boolean conditional() {
        return conditional;
    }

    /** Returns whether it starts an operation. */
    public boolean starts() {
        return answered.kind() == Kind.OPERATION;
    }

    /** Returns whether it creates nothing if there is a record already, and answers 200 with it. */
    public boolean mayFind() {
        return answered.kind() == Kind.MADE_OR_FOUND;
    }

    /** Returns whether it answers with server-sent events, whose data the schema is for. */
    public boolean streams() {
        return answered.kind() == Kind.EVENTS;
    }

    /** Returns whether it answers with a file, or a range of it. */
    public boolean sendsArchive() {
        return answered.kind() == Kind.ARCHIVE;
    }

    /** Returns the media type of the answer. */
    public String media() {
        return answered.kind().media;
    }

    /** Returns the status of success. */
    public int status() {
        return answered.status();
    }

    /** Returns the schema of the document; null: it returns none. */
    public @Nullable Map<String, Object> schema(Schemas schemas) {
        return answered.schema() == null ? null : answered.schema().apply(schemas);
    }

    /** Handles a request. */
    public Reply handle(Request request) {
        return answered.handler().handle(request);
    }

    /** Collects the parts of a route. */
    public static final class Builder {
        private final String method;
        private final String path;
        private final String name;
        private final String summary;
        private final List<Field> variables = new ArrayList<>();
        private final List<Field> query = new ArrayList<>();
        private final List<Field> body = new ArrayList<>();
        private Rights rights = new Rights(EnumSet.noneOf(AllowedFor.Keys.class));
        private Repetition repetition = Repetition.HARMLESS;
        private boolean conditional;

        private Builder(String method, String path, String name, String summary) {
            this.method = method;
            this.path = path;
            this.name = name;
            this.summary = summary;
            VARIABLE.matcher(path)
                    .results()
                    .map(each -> each.group(1))
                    .forEach(each -> variables.add(Field.of(
                                    each,
                                    each.equals("backup") ? java.util.UUID.class : long.class,
                                    "The id in the path.")
                            .needed()));
        }

        /** Names the use case, which says who may call it. Without one, only keys for everything may. */
        public Builder useCase(Class<?> useCases, String called) {
            rights = Rights.of(useCases, called);
            return this;
        }

        /** Adds parameters of the query. */
        public Builder query(Field... more) {
            query.addAll(List.of(more));
            return this;
        }

        /** Adds fields of the body. */
        public Builder body(Field... more) {
            body.addAll(List.of(more));
            return this;
        }

        /** Says what a repetition does. */
        public Builder repeated(Repetition value) {
            repetition = value;
            return this;
        }

        /** Returns a route that answers with a record. */
        public <R extends Record> Route answers(Class<R> type, Function<Request, R> handler) {
            JsonType json = JsonType.of(type);
            return new Route(
                    this,
                    new Answered(
                            200, json::schema, Kind.DOCUMENT, request -> Reply.ok(json.write(handler.apply(request)))));
        }

        /**
         * Returns a route that creates a record.
         *
         * @param location the path of a record
         */
        public <R extends Record> Route creates(
                Class<R> type, Function<R, String> location, Function<Request, R> handler) {
            return creates(type, (request, created) -> location.apply(created), handler);
        }

        /**
         * Returns a route that creates a record whose path has more than its own id.
         *
         * @param location the path of a record that a request has created
         */
        public <R extends Record> Route creates(
                Class<R> type, BiFunction<Request, R, String> location, Function<Request, R> handler) {
            JsonType json = JsonType.of(type);
            return new Route(this, new Answered(201, json::schema, Kind.DOCUMENT, request -> {
                R created = handler.apply(request);
                return new Reply(201, json.write(created), Map.of("Location", ROOT + location.apply(request, created)));
            }));
        }

        /**
         * Returns a route that creates a record, unless there is one already.
         *
         * @param location the path of a record that a request has created; null: it has created none
         */
        public <R extends Record> Route createsUnlessFound(
                Class<R> type, BiFunction<Request, R, @Nullable String> location, Function<Request, R> handler) {
            JsonType json = JsonType.of(type);
            return new Route(this, new Answered(201, json::schema, Kind.MADE_OR_FOUND, request -> {
                R answer = handler.apply(request);
                String created = location.apply(request, answer);
                return created == null
                        ? Reply.ok(json.write(answer))
                        : new Reply(201, json.write(answer), Map.of("Location", ROOT + created));
            }));
        }

        /** Returns a route that answers with a short list. */
        public <R extends Record> Route answersAll(Class<R> type, Function<Request, List<R>> handler) {
            JsonType each = JsonType.of(type);
            JsonType json = JsonType.listOf(each);
            return new Route(
                    this,
                    new Answered(
                            200,
                            schemas -> Listing.schema(schemas, type.getSimpleName(), each),
                            Kind.DOCUMENT,
                            request -> Reply.ok(Listing.document(json.write(handler.apply(request)), null))));
        }

        /** Returns a route that lists what a lookup has, in pages. */
        public <R extends Record> Route lists(Class<R> type, Function<Request, Lookup<?, R>> lookup) {
            return lists(type, (request, query) -> lookup.apply(request).list(query));
        }

        /** Returns a route that lists what a use case returns for queries, in pages. */
        public <R extends Record> Route lists(Class<R> type, BiFunction<Request, Query<Object>, List<R>> source) {
            Listing<R> listing = Listing.of(type);
            query.addAll(listing.parameters());
            return new Route(
                    this,
                    new Answered(
                            200,
                            listing::schema,
                            Kind.DOCUMENT,
                            request -> listing.page(request, wanted -> source.apply(request, wanted))));
        }

        /**
         * Returns a route that lists what a use case returns without a query, in pages.
         *
         * @param filters the fields to filter by
         * @param place different for each record; the list is in its order
         */
        public <R extends Record> Route listsAll(
                Class<R> type, Set<String> filters, ToLongFunction<R> place, Function<Request, List<R>> handler) {
            Listing<R> listing = Listing.of(type, filters);
            query.addAll(listing.pagingAndFilters());
            return new Route(
                    this,
                    new Answered(
                            200,
                            listing::schema,
                            Kind.DOCUMENT,
                            request -> listing.page(request, handler.apply(request), place)));
        }

        /** Returns a route that starts an operation, and may wait for its end. */
        public Route starts(Function<Request, Operation> handler) {
            JsonType json = JsonType.of(Operation.class);
            return new Route(this, new Answered(202, json::schema, Kind.OPERATION, request -> {
                Operation started = handler.apply(request);
                int seconds = request.conditions().waitSeconds();
                Operation operation = seconds == 0
                        ? started
                        : request.saas().operations().await(started.id(), Duration.ofSeconds(seconds));
                boolean running = operation.state() == OperationState.RUNNING;
                Map<String, String> headers = new HashMap<>();
                headers.put("Location", ROOT + "/operations/" + operation.id());
                if (running) {
                    headers.put("Retry-After", "1");
                }
                if (seconds > 0) {
                    headers.put("Preference-Applied", "wait");
                }
                return new Reply(running ? 202 : 200, json.write(operation), headers);
            }));
        }

        /**
         * Returns a route that sends a small record as server-sent events, whenever it is another one.
         *
         * @param last whether the record does not change any more
         */
        public <R extends Record> Route sends(Class<R> type, Predicate<R> last, Function<Request, R> handler) {
            JsonType json = JsonType.of(type);
            return new Route(
                    this,
                    new Answered(
                            200,
                            json::schema,
                            Kind.EVENTS,
                            request -> Reply.stream(() -> {
                                R now = handler.apply(request);
                                return new Update(
                                        new String(Json.write(json.write(now)), StandardCharsets.UTF_8),
                                        last.test(now));
                            })));
        }

        /** Returns a route that sends a ZIP archive, or a range of it. */
        public Route sendsArchive(Function<Request, Reply.Archive> handler) {
            return new Route(
                    this,
                    new Answered(
                            200,
                            schemas -> Json.object("type", "string", "format", "binary"),
                            Kind.ARCHIVE,
                            request -> Reply.file(handler.apply(request))));
        }

        /** Returns a route that answers without a document. */
        public Route returnsNothing(Consumer<Request> handler) {
            return new Route(this, new Answered(204, null, Kind.DOCUMENT, request -> {
                handler.accept(request);
                return Reply.nothing();
            }));
        }
    }
}
