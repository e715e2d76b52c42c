// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.usage;

import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.feature.DueWork;
import dev.allotment.core.internal.feature.DueWork.Stage;
import dev.allotment.core.internal.feature.Feature;
import java.util.List;

/** The usage of tenants by day: who reads and corrects it, and what closes days. */
public final class UsageFeature implements Feature {
    private final CoreContext context;
    private final UsageClosing closing;

    public UsageFeature(CoreContext context) {
        this.context = context;
        this.closing = new UsageClosing(context);
    }

    @Override
    public List<DueWork> dueWork() {
        return List.of(DueWork.of(Stage.CLOSING, "closing", "Closing days of usage", closing::closeDue));
    }

    public UsageUseCases useCases(Actor actor) {
        return new UsageUseCases(context, actor);
    }
}
