// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.billing;

import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.feature.DueWork;
import dev.allotment.core.internal.feature.DueWork.Stage;
import dev.allotment.core.internal.feature.Feature;
import dev.allotment.core.internal.tenant.life.LifeFeature;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The payment states: who reports them, and how tenants follow them. */
public final class PaymentFeature implements Feature {
    private final CoreContext context;
    private final FollowingTenants following;

    /** @param executor the embedder's threads, on which tenants follow at once; null: at the next maintenance */
    public PaymentFeature(CoreContext context, LifeFeature life, @Nullable Executor executor) {
        this.context = context;
        this.following = new FollowingTenants(context, life, executor);
    }

    @Override
    public List<DueWork> dueWork() {
        return List.of(DueWork.of(
                Stage.PAYMENTS, "payments", "Letting tenants follow their payment states", following::followDue));
    }

    public PaymentUseCases useCases(Actor actor) {
        return new PaymentUseCases(context, following::followSoon, actor);
    }
}
