// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.move;

import dev.allotment.spi.backend.StoredTenant;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Makes an average per day of the readings of how long the sessions of a tenant have been active. That time only grows,
 * so a few readings a day miss nothing. A day counts as much as all days before it, so one busy hour changes little.
 */
public final class DailyLoad {
    /** Readings that follow each other sooner say too little. */
    private static final long LEAST = Duration.ofHours(1).toMillis();

    private static final double DAY = Duration.ofDays(1).toMillis();

    private DailyLoad() {}

    /**
     * Notes the load of a tenant since it was read last.
     *
     * @param activeTime since the statistics of the server started; null: not known now
     */
    public static StoredTenant read(StoredTenant tenant, @Nullable Duration activeTime, Instant now) {
        if (activeTime == null) {
            return tenant;
        }
        long total = activeTime.toMillis();
        StoredTenant.Builder read = tenant.toBuilder().activeMillis(total).activeReadAt(now);
        Instant last = tenant.activeReadAt();
        Long before = tenant.activeMillis();
        if (last == null) {
            return read.build();
        }
        long passed = Duration.between(last, now).toMillis();
        if (passed < LEAST) {
            return tenant;
        }
        if (before == null) {
            return read.build();
        }
        // A smaller total was counted from the start: the server lost its statistics, or the database is a new one.
        double daily = (total < before ? total : total - before) * DAY / passed;
        Long known = tenant.dailyActiveMillis();
        double weight = 1 - Math.pow(0.5, passed / DAY);
        return read.dailyActiveMillis(Math.round(known == null ? daily : known + (daily - known) * weight))
                .build();
    }
}
