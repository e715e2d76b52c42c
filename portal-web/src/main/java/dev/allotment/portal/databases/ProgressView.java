// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.portal.text.Message;
import java.util.List;

/**
 * The progress of creating a database.
 *
 * @param name of the database
 * @param tenant 0 if the tenant does not exist any more
 * @param phase {@code running}, {@code done} or {@code failed}
 * @param error what the user is shown; empty unless the creation failed
 */
public record ProgressView(
        long operation, long tenant, String name, int percent, String phase, Message error, List<Step> steps) {
    public ProgressView {
        steps = List.copyOf(steps);
    }

    /** Whether the operation is in this phase. */
    public boolean is(String name) {
        return phase.equals(name);
    }

    /**
     * A step of the creation.
     *
     * @param state {@code done}, {@code now} or {@code later}
     */
    public record Step(String text, String state) {}
}
