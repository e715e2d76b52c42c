// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of the warm pool of spare databases.
 *
 * @param stock one entry for each template on each server that has spares, or whose plans want some
 * @param targets one entry for each template that plans want spares of, and each server that they are bound to, as the
 *     maintenance of this process last found; empty before
 * @param claimed new tenants that claimed a spare since this process started
 * @param missed new tenants that had to be cloned from their template since this process started
 * @param claiming how long all claims together took
 */
public record WarmPoolStatistics(
        List<Stock> stock, List<Target> targets, long claimed, long missed, Duration claiming) {
    /** Copies the lists. */
    public WarmPoolStatistics {
        stock = List.copyOf(stock);
        targets = List.copyOf(targets);
    }

    /**
     * How many spares of a template there should be.
     *
     * @param template the template of the plans; spares are copied from it, or from its copies on other servers
     * @param server the only server that the plans accept; null: any
     * @param wanted how many spares there should be, by recent demand
     * @param ready how many can be claimed now
     */
    public record Target(TemplateId template, @Nullable ServerId server, int wanted, int ready) {}

    /**
     * The spares of one template on one server.
     *
     * @param ready can be claimed now
     * @param unfinished are being built or removed
     */
    public record Stock(TemplateId template, ServerId server, int ready, int unfinished) {}
}
