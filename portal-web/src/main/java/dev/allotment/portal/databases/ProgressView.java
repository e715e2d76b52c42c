// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import java.util.List;

/**
 * How far the making of a client database is.
 *
 * @param name of the database
 * @param tenant 0: there is none any more
 * @param phase {@code running}, {@code done} or {@code failed}
 * @param error what to tell whoever waits; empty unless failed
 */
public record ProgressView(
        long operation, long tenant, String name, int percent, String phase, String error, List<Step> steps) {
    public ProgressView {
        steps = List.copyOf(steps);
    }

    public boolean is(String name) {
        return phase.equals(name);
    }

    /**
     * One step.
     *
     * @param state {@code done}, {@code now} or {@code later}
     */
    public record Step(String text, String state) {}
}
