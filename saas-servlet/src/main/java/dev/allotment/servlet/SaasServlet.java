// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet;

import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.servlet.request.BrokenBody;
import dev.allotment.servlet.request.LateOutput;
import dev.allotment.servlet.request.Refusal;
import dev.allotment.servlet.request.RequestBody;
import dev.allotment.servlet.stream.Streams;
import dev.allotment.servlet.stream.Streams.Admission;
import dev.allotment.spi.Settings;
import dev.allotment.spi.protocol.EventStream;
import dev.allotment.spi.protocol.FailureReference;
import dev.allotment.spi.protocol.ProtocolAdapter;
import dev.allotment.spi.protocol.ProtocolAdapter.Answer;
import dev.allotment.spi.protocol.ProtocolAdapter.Call;
import dev.allotment.spi.protocol.ProtocolAdapter.Content;
import dev.allotment.spi.protocol.ProtocolProvider;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Serves the calls of all protocols in any Jakarta Servlet container. Thread-safe; starts no thread.
 *
 * <p>Map it to {@code /*}, or to {@link #urlPatterns} next to other servlets. Mapped to {@code /*}, it also gets paths
 * with duplicate slashes if the container allows them. It does not close the control plane.
 */
public final class SaasServlet extends HttpServlet {
    /** The default limit for the body of a call: 8 MiB. */
    public static final int DEFAULT_MAX_BODY_BYTES = 8 * 1024 * 1024;

    private static final int MAX_MAX_BODY_BYTES = 1024 * 1024 * 1024;
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(SaasServlet.class);
    private static final int TOO_MANY_REQUESTS = 429;
    private static final String ALLOWED = "POST, OPTIONS";
    private static final Map<String, String> NOT_SNIFFED = Map.of("X-Content-Type-Options", "nosniff");

    private final transient ProtocolRoutes routes;
    private final transient RequestBody bodies;
    private final transient TrustedProxies proxies;
    private final transient BiConsumer<String, String> failures;
    private final transient Streams streams;

    private SaasServlet(Builder builder) {
        routes = new ProtocolRoutes(builder.mounted());
        bodies = new RequestBody(builder.maxBodyBytes, System::nanoTime);
        proxies = builder.proxies;
        failures = builder.failures;
        streams = new Streams(builder.scheduler);
    }

    /** Creates a servlet with every protocol that {@code ServiceLoader} finds, and the defaults of {@link Builder}. */
    public static SaasServlet of(Saas saas) {
        return builder().foundProtocols(saas).build();
    }

    /** Returns a builder without any protocol. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the URL patterns to map the servlet to if it should not get every request, such as {@code /jsonrpc/*}.
     */
    public Set<String> urlPatterns() {
        return routes.urlPatterns();
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String tenant = MDC.get(FailureReference.TENANT_KEY);
        try {
            Answer answer = answer(request);
            EventStream events = answer.events();
            Content content = answer.content();
            if (events != null) {
                streams.start(request, response, events, () -> head(response, answer));
            } else if (content != null) {
                LateOutput out = new LateOutput(response, () -> head(response, answer));
                Answer instead = content.write(out);
                if (instead == null) {
                    out.flush();
                } else {
                    send(response, instead);
                }
            } else {
                send(response, answer);
            }
        } catch (Refusal refusal) {
            refuse(request, response, refusal);
        } finally {
            // For the access log, which has its line when the thread no longer works on the request.
            request.setAttribute(FailureReference.TENANT_KEY, MDC.get(FailureReference.TENANT_KEY));
            if (tenant == null) {
                MDC.remove(FailureReference.TENANT_KEY);
            } else {
                MDC.put(FailureReference.TENANT_KEY, tenant);
            }
        }
    }

    private Answer answer(HttpServletRequest request) {
        String path = RequestPath.of(request.getRequestURI(), request.getContextPath());
        ProtocolAdapter adapter = path == null ? null : routes.find(path);
        if (path == null || adapter == null) {
            throw new Refusal(HttpServletResponse.SC_NOT_FOUND, "There is nothing at this path.", Map.of());
        }
        if (!adapter.handlesAllMethods()) {
            if (request.getMethod().equals("OPTIONS")) {
                return new Answer(HttpServletResponse.SC_OK, Map.of("Allow", ALLOWED), new byte[0]);
            }
            if (!request.getMethod().equals("POST")) {
                throw new Refusal(
                        HttpServletResponse.SC_METHOD_NOT_ALLOWED, "Use POST for calls.", Map.of("Allow", ALLOWED));
            }
        }
        try {
            Call call = call(request, path, body(request, adapter, path));
            return admitted(request, adapter, call, handle(adapter, call, () -> adapter.handle(call)));
        } catch (BrokenBody e) {
            Call call = call(request, path, new byte[0]);
            return withUnreadBody(request, handle(adapter, call, () -> adapter.malformed(call, e.text())), Map.of());
        }
    }

    /** Returns the answer, or a refusal if it would start one stream too many. */
    private Answer admitted(HttpServletRequest request, ProtocolAdapter adapter, Call call, Answer answer) {
        EventStream events = answer.events();
        Admission admission = events == null ? Admission.ADMITTED : streams.admit(request, events.owner());
        if (admission == Admission.ADMITTED) {
            return answer;
        }
        boolean tooMany = admission == Admission.TOO_MANY;
        Answer refused = handle(
                adapter,
                call,
                () -> adapter.refused(
                        call,
                        tooMany ? TOO_MANY_REQUESTS : HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                        tooMany
                                ? "This caller has too many open streams. Close one, and try again."
                                : "The server cannot open a stream now. Try again, or get the record itself."));
        Map<String, String> headers = new HashMap<>(refused.headers());
        headers.put("Retry-After", "2");
        return refused.withHeaders(headers);
    }

    /** Ends the streams of progress, so that a server that stops does not wait for them. It opens no more. */
    public void endStreams() {
        streams.close();
    }

    @Override
    public void destroy() {
        endStreams();
    }

    /**
     * Announces that the connection ends with this answer, if the request has a body. The body was not read to its
     * end, so the container closes the connection. A client that did not know would lose its next call.
     *
     * @param more headers to add
     */
    private static Answer withUnreadBody(HttpServletRequest request, Answer answer, Map<String, String> more) {
        Map<String, String> headers = new HashMap<>(answer.headers());
        headers.putAll(more);
        if (request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null) {
            headers.put("Connection", "close");
        }
        return answer.withHeaders(headers);
    }

    private Call call(HttpServletRequest request, String path, byte[] body) {
        Caller caller = proxies.caller(request);
        String query = request.getQueryString();
        return new Call(
                path,
                headers(request),
                body,
                caller.address(),
                caller.secure(),
                request.getMethod(),
                query == null ? "" : query);
    }

    /** Reads the body. If that is refused, the adapter decides how the answer looks. */
    private byte[] body(HttpServletRequest request, ProtocolAdapter adapter, String path) throws BrokenBody {
        try {
            return bodies.read(request);
        } catch (IOException e) {
            LOG.debug("A body could not be read", e);
            throw new Refusal(HttpServletResponse.SC_BAD_REQUEST, "The body could not be read completely.", Map.of());
        } catch (Refusal refusal) {
            Call call = call(request, path, new byte[0]);
            throw refusal.answered(
                    attempt(adapter, call, () -> adapter.refused(call, refusal.status(), refusal.text())));
        }
    }

    /** Runs an adapter. If it fails, the caller gets a reference number and the log gets the failure. */
    private Answer handle(ProtocolAdapter adapter, Call call, Supplier<Answer> work) {
        Answer answer = attempt(adapter, call, work);
        String failure = answer.failure();
        if (failure != null) {
            failures.accept(adapter.name(), failure);
        }
        return answer;
    }

    private static Answer attempt(ProtocolAdapter adapter, Call call, Supplier<Answer> work) {
        try {
            return work.get();
        } catch (RuntimeException | Error e) {
            String reference = FailureReference.of(MDC.get(FailureReference.REQUEST_KEY));
            LOG.error("A protocol failed: protocol={} path={} reference={}", adapter.name(), call.path(), reference, e);
            return text(
                            HttpServletResponse.SC_INTERNAL_SERVER_ERROR,
                            Map.of(),
                            "Internal error, reference " + reference)
                    .failed("internal");
        }
    }

    private static Answer text(int status, Map<String, String> headers, String text) {
        Map<String, String> all = new HashMap<>(headers);
        all.put("Content-Type", "text/plain; charset=utf-8");
        return new Answer(status, all, (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> headers(HttpServletRequest request) {
        Map<String, String> headers = new HashMap<>();
        for (String name : Collections.list(request.getHeaderNames())) {
            headers.put(name.toLowerCase(Locale.ROOT), request.getHeader(name));
        }
        return Collections.unmodifiableMap(headers);
    }

    private static void head(HttpServletResponse response, Answer answer) {
        response.setStatus(answer.status());
        NOT_SNIFFED.forEach(response::setHeader);
        answer.headers().forEach(response::setHeader);
    }

    private static void send(HttpServletResponse response, Answer answer) throws IOException {
        head(response, answer);
        if (answer.status() != HttpServletResponse.SC_NOT_MODIFIED) {
            response.setContentLength(answer.body().length);
            response.getOutputStream().write(answer.body());
        }
    }

    private void refuse(HttpServletRequest request, HttpServletResponse response, Refusal refusal) throws IOException {
        Answer answer = refusal.answer();
        send(
                response,
                withUnreadBody(
                        request,
                        answer == null ? text(refusal.status(), Map.of(), refusal.text()) : answer,
                        refusal.headers()));
        if (refusal.status() == HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE
                && request.getHeader("Expect") == null) {
            response.flushBuffer();
            bodies.discard(request);
        }
    }

    /** Collects the settings of the servlet. Not thread-safe. */
    public static final class Builder {
        private final List<ProtocolAdapter> adapters = new ArrayList<>();
        private TrustedProxies proxies = TrustedProxies.of(List.of());
        private final Set<String> leftOut = new HashSet<>();
        private final Map<String, UnaryOperator<ProtocolAdapter>> deprecated = new HashMap<>();
        private int maxBodyBytes = DEFAULT_MAX_BODY_BYTES;
        private BiConsumer<String, String> failures = (protocol, code) -> {};
        private @Nullable ScheduledExecutorService scheduler;
        private UnaryOperator<ProtocolAdapter> wrapper = UnaryOperator.identity();

        private Builder() {}

        /** Adds a protocol. */
        public Builder protocol(ProtocolAdapter adapter) {
            adapters.add(adapter);
            return this;
        }

        /**
         * Adds every protocol that {@code ServiceLoader} finds for the thread's context class loader, with default
         * settings.
         */
        public Builder foundProtocols(Saas saas) {
            return foundProtocols(saas, Map.of());
        }

        /**
         * Adds every protocol that {@code ServiceLoader} finds for the thread's context class loader. A protocol that
         * cannot be loaded is logged and skipped.
         *
         * @param settings given to each protocol; those that start with the name of one and a dot, only to that one
         * @throws SaasException {@code setting.invalid} if a protocol does not accept them
         */
        public Builder foundProtocols(Saas saas, Map<String, String> settings) {
            List<ProtocolProvider> found = FoundProtocols.list(contextLoader());
            for (ProtocolProvider provider : found) {
                Map<String, String> own = new HashMap<>(settings);
                found.stream()
                        .map(ProtocolProvider::name)
                        .filter(each -> !each.equals(provider.name()))
                        .forEach(each -> own.keySet().removeIf(key -> key.startsWith(each + ".")));
                protocol(provider.open(saas, Settings.of(own)));
            }
            return this;
        }

        /** Leaves out a protocol, such as {@code xmlrpc}: its paths do not exist. No effect without this protocol. */
        public Builder without(String protocol) {
            leftOut.add(protocol);
            return this;
        }

        /**
         * Announces in every answer of a protocol that it will be switched off: by the header {@code Deprecation} of
         * RFC 9745 and, with a sunset, {@code Sunset} of RFC 8594. No effect without this protocol.
         *
         * @param since when it is deprecated, in the past or in the future
         * @param sunset when it is expected to be switched off; null if that is not known
         * @throws IllegalArgumentException if the sunset is before the deprecation
         */
        public Builder deprecate(String protocol, Instant since, @Nullable Instant sunset) {
            if (sunset != null && sunset.isBefore(since)) {
                throw new IllegalArgumentException("The sunset must not be before the deprecation.");
            }
            deprecated.put(protocol, adapter -> new DeprecatedProtocol(adapter, since, sunset));
            return this;
        }

        private List<ProtocolAdapter> mounted() {
            return adapters.stream()
                    .filter(adapter -> !leftOut.contains(adapter.name()))
                    .map(adapter -> deprecated
                            .getOrDefault(adapter.name(), UnaryOperator.identity())
                            .apply(adapter))
                    .map(wrapper)
                    .toList();
        }

        /**
         * Puts something around each protocol, such as what observes its calls. It must keep the name and the paths.
         * Default: nothing.
         */
        public Builder wrap(UnaryOperator<ProtocolAdapter> value) {
            wrapper = value;
            return this;
        }

        /**
         * Limits the body of a call, both as sent and decompressed. A larger body is refused with status 413. The
         * protocols for Odoo's clients derive other limits from the same number: give it to {@link
         * #foundProtocols(Saas, Map)} as {@code max.body}, too. Default: 8 MiB.
         *
         * @throws IllegalArgumentException unless the value is from 1 byte to 1 GiB
         */
        public Builder maxBodyBytes(int value) {
            if (value < 1 || value > MAX_MAX_BODY_BYTES) {
                throw new IllegalArgumentException(
                        "maxBodyBytes must be from 1 to " + MAX_MAX_BODY_BYTES + ", found " + value + ".");
            }
            maxBodyBytes = value;
            return this;
        }

        /**
         * Notifies an observer of each call that failed, on the thread of the call, with the name of the protocol and
         * with {@link Answer#failure}. Default: none.
         */
        public Builder failures(BiConsumer<String, String> observer) {
            failures = observer;
            return this;
        }

        /**
         * Pushes the progress of operations to callers that request it, from one thread of an executor. Register the
         * servlet with support for asynchronous requests, and call {@link SaasServlet#endStreams} before the server
         * waits for open requests. Default: such requests are refused with status 503.
         *
         * @param value is not shut down
         */
        public Builder progress(ScheduledExecutorService value) {
            scheduler = value;
            return this;
        }

        /**
         * Trusts what these proxies report about the client address and TLS. Default: no proxy is trusted.
         *
         * @param addresses addresses and networks in CIDR notation, such as {@code 10.0.0.0/8}; no names
         * @throws IllegalArgumentException naming every text that is neither
         */
        public Builder trustedProxies(Collection<String> addresses) {
            proxies = TrustedProxies.of(addresses);
            return this;
        }

        /**
         * Builds the servlet.
         *
         * @throws SaasException {@code setting.invalid} if two protocols claim the same path
         */
        public SaasServlet build() {
            return new SaasServlet(this);
        }

        private static ClassLoader contextLoader() {
            ClassLoader loader = Thread.currentThread().getContextClassLoader();
            return loader == null ? ClassLoader.getSystemClassLoader() : loader;
        }
    }
}
