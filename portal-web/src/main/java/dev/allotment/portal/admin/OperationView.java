// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.admin.TenantView.Fact;
import java.util.List;

/**
 * The content of the page of an operation.
 *
 * @param results what the operation found out
 * @param running whether it has not finished yet
 * @param failing whether it has failed and waits for its next attempt
 */
public record OperationView(
        OperationsView.Row row, List<Fact> facts, List<Fact> results, boolean running, boolean failing) {
    public OperationView {
        facts = List.copyOf(facts);
        results = List.copyOf(results);
    }
}
