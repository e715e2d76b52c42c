// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

import java.time.Instant;
import java.util.List;

/**
 * The result of a check.
 *
 * <p>Immutable.
 *
 * @param at when the check started
 * @param servers how many database servers were read
 * @param databases how many databases they have
 * @param findings the differences, by server and name; empty: none was found
 */
public record ReconciliationReport(Instant at, int servers, long databases, List<Finding> findings) {
    /** Creates a record from all its components. */
    public ReconciliationReport {
        findings = List.copyOf(findings);
    }
}
