// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Measured durations in nanoseconds. Not thread-safe. */
final class Sample {
    private long[] nanos = new long[1024];
    private int size;

    void add(long duration) {
        if (size == nanos.length) {
            nanos = Arrays.copyOf(nanos, size * 2);
        }
        nanos[size++] = duration;
    }

    void addAll(Sample other) {
        for (int i = 0; i < other.size; i++) {
            add(other.nanos[i]);
        }
    }

    int size() {
        return size;
    }

    double medianMillis() {
        return percentileMillis(50);
    }

    double percentileMillis(double percent) {
        long[] sorted = Arrays.copyOf(nanos, size);
        Arrays.sort(sorted);
        int index = (int) Math.min(size - 1L, Math.round(Math.ceil(percent / 100 * size)) - 1);
        return size == 0 ? Double.NaN : sorted[Math.max(0, index)] / 1e6;
    }

    /**
     * Compares two samples with the Mann-Whitney test. Returns the statistic in standard deviations: it is between -2.6
     * and 2.6 for 99 of 100 pairs of samples of the same distribution.
     */
    static double difference(Sample one, Sample other) {
        List<long[]> all = new ArrayList<>();
        for (int i = 0; i < one.size; i++) {
            all.add(new long[] {one.nanos[i], 1});
        }
        for (int i = 0; i < other.size; i++) {
            all.add(new long[] {other.nanos[i], 0});
        }
        all.sort((left, right) -> Long.compare(left[0], right[0]));
        double ranks = 0;
        for (int i = 0; i < all.size(); i++) {
            ranks += all.get(i)[1] == 1 ? i + 1 : 0;
        }
        double n = one.size;
        double m = other.size;
        double u = ranks - n * (n + 1) / 2;
        return (u - n * m / 2) / Math.sqrt(n * m * (n + m + 1) / 12);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.2f ms", medianMillis());
    }
}
