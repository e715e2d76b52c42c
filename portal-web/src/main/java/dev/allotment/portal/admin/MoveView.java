// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.databases.SwitchPreview;
import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the page that moves all tenants of a version to the one that is sold now.
 *
 * @param plan the id of the plan
 * @param name of the plan
 * @param from the version that the tenants are on
 * @param to the version that is sold now
 * @param changes the terms that differ
 * @param addons the add-ons that differ, in words; empty for none
 * @param databases how many tenants are still on the version
 * @param started how many moves were just started
 * @param left the tenants that were not moved
 */
public record MoveView(
        long plan,
        String name,
        int from,
        int to,
        List<SwitchPreview.Change> changes,
        String addons,
        long databases,
        int started,
        List<Left> left,
        Form form) {
    public MoveView {
        changes = List.copyOf(changes);
        left = List.copyOf(left);
    }

    /** Whether this page answers a form that moved tenants. */
    public boolean answer() {
        return started > 0 || !left.isEmpty();
    }

    /** A tenant that was not moved. */
    public record Left(long id, String name, String reason) {}
}
