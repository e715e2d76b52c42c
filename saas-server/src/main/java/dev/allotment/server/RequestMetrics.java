// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.handler.EventsHandler;
import org.jspecify.annotations.Nullable;

/** Counts requests and measures how long they take, from the first byte read to the last one written. */
final class RequestMetrics extends EventsHandler {
    private static final String OTHER = "other";

    private final Metrics metrics;
    private final List<String> known;

    /**
     * Wraps a handler.
     *
     * @param patterns the paths that are counted separately, each ending in {@code /*}. All other paths are counted
     *     together
     */
    RequestMetrics(Handler handler, Metrics metrics, Set<String> patterns) {
        super(handler);
        this.metrics = metrics;
        this.known = patterns.stream()
                .map(pattern -> pattern.substring(0, pattern.length() - 2))
                .toList();
    }

    @Override
    protected void onComplete(Request request, int status, @Nullable HttpFields headers, @Nullable Throwable failure) {
        Duration duration = Duration.ofNanos(System.nanoTime() - request.getBeginNanoTime());
        metrics.answered(label(Request.getPathInContext(request)), status, duration);
    }

    private String label(String path) {
        String single = path.contains("//") ? path.replaceAll("/{2,}", "/") : path;
        String found = OTHER;
        for (String each : known) {
            boolean fits = single.startsWith(each)
                    && (single.length() == each.length() || single.charAt(each.length()) == '/');
            if (fits && (found.equals(OTHER) || each.length() > found.length())) {
                found = each;
            }
        }
        return found;
    }
}
