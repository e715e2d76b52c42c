// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.handler.EventsHandler;
import org.jspecify.annotations.Nullable;

/** Counts requests and measures how long they take, from the first byte read to the last one written. */
final class RequestMetrics extends EventsHandler {
    private static final String OTHER = "other";

    private final Metrics metrics;
    private final Set<String> known;

    /**
     * Wraps a handler.
     *
     * @param patterns the paths that are counted separately, and those that end in {@code /*} with all below them. All
     *     other paths are counted together
     */
    RequestMetrics(Handler handler, Metrics metrics, Set<String> patterns) {
        super(handler);
        this.metrics = metrics;
        this.known = patterns.stream()
                .filter(pattern -> !pattern.isEmpty())
                .map(pattern -> pattern.replaceFirst("/\\*$", ""))
                .collect(Collectors.toUnmodifiableSet());
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
