// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Duration;
import java.util.List;

/**
 * How the stock of spare databases is, and of what use.
 *
 * @param stock of each template's database that has spares, or plans that want some
 * @param claimed new databases that took a spare over, since this process began
 * @param missed new databases that had to be copied from their template, since this process began
 * @param claiming how long taking the claimed ones over took, all together
 */
public record WarmPoolStatistics(List<Stock> stock, long claimed, long missed, Duration claiming) {
    public WarmPoolStatistics {
        stock = List.copyOf(stock);
    }

    /**
     * The spares of one template on one server.
     *
     * @param ready may be taken now
     * @param unfinished are being made, or thrown away
     */
    public record Stock(TemplateId template, ServerId server, int ready, int unfinished) {}
}
