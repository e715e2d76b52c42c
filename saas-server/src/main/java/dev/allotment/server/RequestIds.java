// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.spi.protocol.FailureReference;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Context;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ContextHandler.ContextScopeListener;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Gives each request an id, or takes that of the caller. The response has it, and so does each log line that a thread
 * writes for the request.
 */
final class RequestIds extends Handler.Wrapper {
    static final String HEADER = "X-Request-Id";

    /** For the context of servlets: it is called on each thread that works on a request there. */
    static final ContextScopeListener SCOPES = new ContextScopeListener() {
        @Override
        public void enterScope(Context context, @Nullable Request request) {
            if (request != null) {
                MDC.put(FailureReference.REQUEST_KEY, of(request));
            }
        }

        @Override
        public void exitScope(Context context, @Nullable Request request) {
            MDC.remove(FailureReference.REQUEST_KEY);
        }
    };

    private static final String ATTRIBUTE = RequestIds.class.getName();

    RequestIds(Handler handler) {
        super(handler);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String given = request.getHeaders().get(HEADER);
        // Other texts are ignored: a log line must not contain what a caller made up.
        String id = given != null && FailureReference.isRequestId(given) ? given : made();
        request.setAttribute(ATTRIBUTE, id);
        request.addHttpStreamWrapper(stream -> new Identified(stream, id));
        MDC.put(FailureReference.REQUEST_KEY, id);
        try {
            return super.handle(request, response, callback);
        } finally {
            MDC.remove(FailureReference.REQUEST_KEY);
        }
    }

    /** Need not be hard to guess: it gives no access. */
    private static String made() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    /** Returns the id of a request; null if the request could not be read. */
    static @Nullable String find(Request request) {
        return request.getAttribute(ATTRIBUTE) instanceof String id ? id : null;
    }

    private static String of(Request request) {
        return String.valueOf(find(request));
    }

    /** Runs a task whose log lines have the id of a request, on any thread. */
    static void run(Request request, Runnable task) {
        run(of(request), task);
    }

    private static void run(String id, Runnable task) {
        Runnable back = LogContext.put(FailureReference.REQUEST_KEY, id);
        try {
            task.run();
        } finally {
            back.run();
        }
    }

    /** Returns a task whose log lines have the id of the present request, also on another thread. */
    static Runnable carried(Runnable task) {
        String id = MDC.get(FailureReference.REQUEST_KEY);
        return id == null ? task : () -> run(id, task);
    }

    private static final class Identified extends HttpStream.Wrapper {
        private final String id;

        Identified(HttpStream stream, String id) {
            super(stream);
            this.id = id;
        }

        @Override
        public void prepareResponse(HttpFields.Mutable headers) {
            headers.put(HEADER, id);
            super.prepareResponse(headers);
        }
    }
}
