// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Duration;
import java.util.List;

/**
 * The state of the warm pool of spare databases.
 *
 * @param stock one entry for each template on each server that has spares, or whose plans want some
 * @param claimed new tenants that claimed a spare since this process started
 * @param missed new tenants that had to be cloned from their template since this process started
 * @param claiming how long all claims together took
 */
public record WarmPoolStatistics(List<Stock> stock, long claimed, long missed, Duration claiming) {
    /** Copies the list. */
    public WarmPoolStatistics {
        stock = List.copyOf(stock);
    }

    /**
     * The spares of one template on one server.
     *
     * @param ready can be claimed now
     * @param unfinished are being built or removed
     */
    public record Stock(TemplateId template, ServerId server, int ready, int unfinished) {}
}
