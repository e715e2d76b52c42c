// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how many threads work on requests, and shares them between client networks. A request that gets no thread now
 * waits without one, its network in turn with the others. It is refused with status 503 if too many wait, or for too
 * long.
 */
final class RequestShares extends Handler.Wrapper {
    private static final int MAX_WAITING = 4096;
    private static final int MAX_WAITING_OF_NETWORK = 512;
    private static final int MAX_WAIT_SECONDS = 30;

    private final ClientNetworks networks;
    private final AddressShares threads;
    /** In the order in which networks are served. Guarded by this. */
    private final Map<String, Deque<Waiting>> waiting = new LinkedHashMap<>();
    /** Guarded by this. */
    private int waitingCount;

    RequestShares(Handler handler, ClientNetworks networks, AddressShares threads) {
        super(handler);
        this.networks = networks;
        this.threads = threads;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String network = networks.of(request);
        synchronized (this) {
            if (waiting.containsKey(network) || !threads.take(network, 1)) {
                enqueue(new Waiting(network, request, response, callback));
                return true;
            }
        }
        try {
            return super.handle(request, response, callback);
        } finally {
            release(network);
        }
    }

    /** How many requests wait for a thread. */
    synchronized int waiting() {
        return waitingCount;
    }

    private void enqueue(Waiting entry) {
        Deque<Waiting> queue = waiting.computeIfAbsent(entry.network, key -> new ArrayDeque<>());
        if (waitingCount >= MAX_WAITING || queue.size() >= MAX_WAITING_OF_NETWORK) {
            if (queue.isEmpty()) {
                waiting.remove(entry.network);
            }
            entry.refuse();
            return;
        }
        queue.add(entry);
        waitingCount++;
        entry.timer = entry.request
                .getComponents()
                .getScheduler()
                .schedule(() -> giveUp(entry), MAX_WAIT_SECONDS, TimeUnit.SECONDS);
    }

    private void giveUp(Waiting entry) {
        synchronized (this) {
            Deque<Waiting> queue = waiting.get(entry.network);
            if (queue == null || !queue.remove(entry)) {
                return;
            }
            waitingCount--;
            if (queue.isEmpty()) {
                waiting.remove(entry.network);
            }
        }
        entry.refuse();
    }

    private void release(String network) {
        threads.giveBack(network, 1);
        for (Waiting next : admitted()) {
            Scheduler.Task timer = next.timer;
            if (timer != null) {
                timer.cancel();
            }
            next.request.getComponents().getExecutor().execute(() -> run(next));
        }
    }

    /** Takes threads for those that may run now. A network that gets one goes to the end of the line. */
    private synchronized List<Waiting> admitted() {
        List<Waiting> admitted = new ArrayList<>();
        Map<String, Deque<Waiting>> served = new LinkedHashMap<>();
        Iterator<Map.Entry<String, Deque<Waiting>>> line = waiting.entrySet().iterator();
        while (line.hasNext()) {
            Map.Entry<String, Deque<Waiting>> each = line.next();
            if (threads.take(each.getKey(), 1)) {
                admitted.add(each.getValue().remove());
                waitingCount--;
                line.remove();
                if (!each.getValue().isEmpty()) {
                    served.put(each.getKey(), each.getValue());
                }
            }
        }
        waiting.putAll(served);
        return admitted;
    }

    private void run(Waiting next) {
        try {
            if (!super.handle(next.request, next.response, next.callback)) {
                Response.writeError(next.request, next.response, next.callback, HttpStatus.NOT_FOUND_404);
            }
        } catch (Exception e) {
            Response.writeError(next.request, next.response, next.callback, e);
        } finally {
            release(next.network);
        }
    }

    private static final class Waiting {
        private final String network;
        private final Request request;
        private final Response response;
        private final Callback callback;
        private volatile Scheduler.@Nullable Task timer;

        Waiting(String network, Request request, Response response, Callback callback) {
            this.network = network;
            this.request = request;
            this.response = response;
            this.callback = callback;
        }

        void refuse() {
            Response.writeError(request, response, callback, HttpStatus.SERVICE_UNAVAILABLE_503);
        }
    }
}
