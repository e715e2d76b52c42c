// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.databases.SwitchPreview;
import dev.allotment.portal.web.Form;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of the page that moves a tenant to another plan.
 *
 * @param id of the tenant
 * @param present describes the present plan and version
 * @param movable whether the tenant is open or suspended
 * @param preview null before a plan is chosen, or if the move is refused in any case
 */
public record SwitchView(
        long id,
        String present,
        boolean movable,
        List<SelectOption> plans,
        Form form,
        @Nullable SwitchPreview preview) {
    public SwitchView {
        plans = List.copyOf(plans);
    }
}
