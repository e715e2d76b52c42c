// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.portal.databases.StartView.Offer;
import dev.allotment.portal.web.Form;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of the page on which an owner moves a database to another plan.
 *
 * @param presentId the id of the present plan; 0 for none
 * @param present the name of the present plan
 * @param returnable whether the present plan is still offered
 * @param offers the plans to choose from
 * @param preview null before a plan is chosen, or if the move is refused in any case
 */
public record OwnSwitchView(
        long id,
        String name,
        long presentId,
        String present,
        boolean returnable,
        boolean trial,
        List<Offer> offers,
        Form form,
        @Nullable SwitchPreview preview) {
    public OwnSwitchView {
        offers = List.copyOf(offers);
    }
}
