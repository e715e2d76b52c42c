// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Repeats the same call over several connections at the same time. */
final class Load {
    private final Sample latencies = new Sample();
    private double seconds;

    double perSecond() {
        return latencies.size() / seconds;
    }

    Sample latencies() {
        return latencies;
    }

    /** Calls for some seconds, and adds the results. */
    void run(int port, int connections, int duration, Function<Wire, byte[]> request) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        long begun = System.nanoTime();
        long end = begun + TimeUnit.SECONDS.toNanos(duration);
        List<Future<Sample>> results = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            results.add(threads.submit(() -> one(port, end, request)));
        }
        for (Future<Sample> result : results) {
            latencies.addAll(result.get());
        }
        seconds += (System.nanoTime() - begun) / 1e9;
        threads.shutdown();
    }

    private static Sample one(int port, long end, Function<Wire, byte[]> request) throws IOException {
        Sample sample = new Sample();
        try (Wire wire = new Wire(port)) {
            byte[] bytes = request.apply(wire);
            wire.call(bytes);
            while (System.nanoTime() < end) {
                sample.add(wire.timeOfSuccess(bytes));
            }
        }
        return sample;
    }
}
