// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyHolder;
import dev.allotment.rest.RouteTable.Found;
import dev.allotment.rest.json.Json;
import dev.allotment.rest.resource.TenantRoutes;
import dev.allotment.rest.route.Problem;
import dev.allotment.rest.route.Reply;
import dev.allotment.rest.route.Reply.Archive;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import dev.allotment.spi.protocol.ByteRange;
import dev.allotment.spi.protocol.EventStream;
import dev.allotment.spi.protocol.EventStream.Update;
import dev.allotment.spi.protocol.FailureReference;
import dev.allotment.spi.protocol.ProtocolAdapter;
import dev.allotment.spi.protocol.UnavailableLog;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Answers everything below {@code /api/v1} from the table of routes. Thread-safe. */
final class RestAdapter implements ProtocolAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(RestAdapter.class);
    private static final UnavailableLog UNAVAILABLE = new UnavailableLog(LOG::warn);
    private static final Pattern BEARER = Pattern.compile("bearer +(\\S+)", Pattern.CASE_INSENSITIVE);
    private static final String TYPE = "Content-Type";
    private static final String CACHE = "Cache-Control";
    private static final String NOT_STORED = "no-store";
    private static final String JSON = "application/json";

    private final Saas saas;
    private final RouteTable table;
    private final byte[] document;
    private final Answer reference;

    RestAdapter(Saas saas, RouteTable table) {
        this.saas = saas;
        this.table = table;
        document = Json.write(OpenApi.document(table));
        reference = ReferencePage.answer(table);
    }

    @Override
    public String name() {
        return RestProvider.NAME;
    }

    @Override
    public List<String> paths() {
        return List.of(Route.ROOT, Route.ROOT + "/*");
    }

    @Override
    public boolean handlesAllMethods() {
        return true;
    }

    @Override
    public Answer handle(Call call) {
        return answer(call, null);
    }

    @Override
    public Answer malformed(Call call, String message) {
        return answer(call, message);
    }

    @Override
    public Answer refused(Call call, int status, String message) {
        return problem(Problem.of(status, Problem.REFUSED, message));
    }

    /**
     * Every failure reaches the client as a problem.
     *
     * @param broken why the body cannot be read; null: it can
     */
    private Answer answer(Call call, @Nullable String broken) {
        String path = call.path().substring(Route.ROOT.length());
        try {
            if (path.isEmpty() && reads(call)) {
                return reference;
            }
            if (path.equals(OpenApi.PATH) && reads(call)) {
                return tagged(call, document, Map.of(TYPE, JSON, CACHE, "no-cache"));
            }
            if (call.method().equals("OPTIONS")) {
                return new Answer(204, Map.of("Allow", String.join(", ", table.methods(path))), new byte[0]);
            }
            return answer(call, table.find(call.method(), path), broken);
        } catch (Problem problem) {
            return problem(problem);
        } catch (SaasException failure) {
            return problem(problem(failure, path.matches(".*/[0-9].*")));
        } catch (RuntimeException defect) {
            return problem(internal(defect));
        }
    }

    private static boolean reads(Call call) {
        return call.method().equals("GET") || call.method().equals("HEAD");
    }

    /** A caller without a valid key, or with too few rights, learns nothing about the rest of the request. */
    private Answer answer(Call call, Found found, @Nullable String broken) {
        Route route = found.route();
        ApiKeyHolder holder = holder(call);
        if (!route.rights().allow(holder.scope())) {
            throw Problem.of(
                    403,
                    ErrorCodes.ACCESS_NOT_ALLOWED,
                    "This operation needs an API key with the scope "
                            + String.join(" or ", route.rights().scopes()) + ". This key has the scope "
                            + holder.scope()
                            + ".");
        }
        if (broken != null) {
            throw Problem.of(400, Problem.MALFORMED, broken);
        }
        RequestReader reader = new RequestReader(call, route);
        Request request = new Request(
                saas.actingAs(holder, call.clientAddress()),
                new UserId(holder.userId()),
                reader.variables(found.variables()),
                reader.query(),
                call.query(),
                reader.body(),
                route.body(),
                reader.conditions());
        TenantRoutes.nameInLog(route, request);
        Reply reply = route.handle(request);
        Supplier<Update> updates = reply.updates();
        Archive archive = reply.archive();
        return updates != null
                ? stream(call, holder, updates)
                : archive != null ? archive(call, archive) : sent(call, reply);
    }

    private ApiKeyHolder holder(Call call) {
        String header = Objects.requireNonNullElse(call.header("authorization"), "");
        Matcher bearer = BEARER.matcher(header.strip());
        if (!bearer.matches()) {
            throw Problem.unauthorized("Send an API key: Authorization: Bearer KEY.");
        }
        return saas.apiKeys()
                .authenticate(bearer.group(1), call.clientAddress())
                .orElseThrow(() -> Problem.unauthorized("The API key is not valid."));
    }

    /** A client that has the last event already does not connect again after 204. */
    private static Answer stream(Call call, ApiKeyHolder holder, Supplier<Update> updates) {
        Update first = updates.get();
        Map<String, String> headers = Map.of(CACHE, NOT_STORED);
        if (first.last() && first.id().equals(call.header("last-event-id"))) {
            return new Answer(204, headers, new byte[0]);
        }
        return call.method().equals("HEAD")
                ? new Answer(200, with(headers, TYPE, "text/event-stream"), new byte[0])
                : new Answer(headers, new EventStream("account " + holder.userId(), updates));
    }

    private static Answer archive(Call call, Archive archive) {
        String tag = '"' + archive.tag() + '"';
        boolean headersOnly = call.method().equals("HEAD");
        ByteRange range = ByteRange.of(
                        headersOnly ? null : call.header("range"), call.header("if-range"), tag, archive.bytes())
                .orElse(null);
        if (range == null) {
            Answer outside = problem(Problem.of(
                    416,
                    Problem.INVALID,
                    "Range: expected a part of the file, which has " + archive.bytes() + " bytes."));
            return new Answer(
                    416, with(outside.headers(), "Content-Range", "bytes */" + archive.bytes()), outside.body());
        }
        Map<String, String> headers = new HashMap<>(range.headers());
        headers.put(TYPE, "application/zip");
        headers.put(CACHE, NOT_STORED);
        headers.put("ETag", tag);
        return new Answer(range.status(), headers, out -> headersOnly ? null : written(archive, range, out));
    }

    /** Returns the problem, if there was one before the first byte. */
    private static @Nullable Answer written(Archive archive, ByteRange range, OutputStream out) throws IOException {
        AtomicBoolean started = new AtomicBoolean();
        try {
            archive.writer().accept(range, new FilterOutputStream(out) {
                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    started.set(true);
                    out.write(bytes, offset, length);
                }

                @Override
                public void write(int value) throws IOException {
                    started.set(true);
                    out.write(value);
                }

                @Override
                public void flush() throws IOException {
                    if (started.get()) {
                        out.flush();
                    }
                }
            });
            return null;
        } catch (UncheckedIOException e) {
            if (started.get()) {
                throw e.getCause();
            }
            return problem(internal(e));
        } catch (RuntimeException e) {
            // This logs the reason, which a caller does not get after the first byte.
            Problem why = e instanceof SaasException failure ? problem(failure, true) : internal(e);
            if (started.get()) {
                throw new IOException("A download was cut off", e);
            }
            return problem(why);
        }
    }

    private static Answer sent(Call call, Reply reply) {
        Map<String, String> headers = new HashMap<>(reply.headers());
        headers.put(CACHE, reads(call) ? "private, no-cache" : NOT_STORED);
        if (reply.json() == null) {
            return new Answer(reply.status(), headers, new byte[0]);
        }
        headers.put(TYPE, JSON);
        byte[] body = Json.write(reply.json());
        return switch (reply.status()) {
            case 200 -> tagged(call, body, headers);
            case 201 -> new Answer(201, with(headers, "ETag", Json.tag(body)), body);
            default -> new Answer(reply.status(), headers, body);
        };
    }

    /** Returns a document with its ETag, or only the ETag if the caller of a GET has the document. */
    private static Answer tagged(Call call, byte[] body, Map<String, String> headers) {
        String tag = Json.tag(body);
        Map<String, String> all = with(headers, "ETag", tag);
        String known = call.header("if-none-match");
        boolean same = known != null
                && reads(call)
                && Arrays.stream(known.split(",", -1))
                        .map(each -> each.strip().replaceFirst("^W/", ""))
                        .anyMatch(tag::equals);
        return same ? new Answer(304, all, new byte[0]) : new Answer(200, all, body);
    }

    private static Map<String, String> with(Map<String, String> headers, String name, String value) {
        Map<String, String> all = new HashMap<>(headers);
        all.put(name, value);
        return all;
    }

    /** Returns the problem of a failure. What the caller must not see is logged here. */
    private static Problem problem(SaasException failure, boolean named) {
        if (failure.category() == ErrorCategory.INTERNAL) {
            return internal(failure);
        }
        if (failure.category() == ErrorCategory.UNAVAILABLE) {
            UNAVAILABLE.log("A call", failure);
        }
        return Problem.of(failure, named);
    }

    private static Problem internal(RuntimeException defect) {
        String reference = FailureReference.of(MDC.get(FailureReference.REQUEST_KEY));
        LOG.error("Internal error, reference {}", reference, defect);
        return Problem.internal(reference);
    }

    private static Answer problem(Problem problem) {
        Map<String, String> headers = new HashMap<>(problem.headers());
        headers.put(TYPE, "application/problem+json");
        headers.put(CACHE, NOT_STORED);
        return new Answer(problem.status(), headers, Json.write(problem.json())).failed(problem.code());
    }
}
