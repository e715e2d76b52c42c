// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.webhook;

import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CatalogGuard;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.SecretCipher;
import dev.allotment.core.internal.event.CommittedEvents;
import dev.allotment.core.internal.feature.DueWork;
import dev.allotment.core.internal.feature.DueWork.Stage;
import dev.allotment.core.internal.feature.Feature;
import dev.allotment.webhook.WebhookTargets;
import java.util.List;
import java.util.concurrent.Executor;

/** The webhooks: who manages endpoints, and what sends messages to them. */
public final class WebhookFeature implements Feature {
    private final CoreContext context;
    private final CatalogGuard guard;
    private final WebhookTargets targets;
    private final WebhookSecrets secrets;
    private final WebhookTokens tokens;
    private final WebhookPlanner planner;
    private final WebhookDeliveries deliveries;

    public WebhookFeature(
            CoreContext context,
            CommittedEvents events,
            CatalogGuard guard,
            SecretCipher cipher,
            WebhookTargets targets) {
        this.context = context;
        this.guard = guard;
        this.targets = targets;
        this.secrets = new WebhookSecrets(cipher, context.secrets().random());
        this.tokens = new WebhookTokens(cipher);
        this.planner = new WebhookPlanner(context, events);
        this.deliveries = new WebhookDeliveries(context, secrets, tokens, targets);
    }

    @Override
    public List<DueWork> dueWork() {
        return List.of(
                DueWork.of(
                        Stage.EXPIRY,
                        "webhook-records",
                        "Deleting old records of webhooks",
                        new WebhookTidying(context, secrets, tokens)::tidyDue),
                DueWork.of(Stage.DELIVERY, "webhooks", "Sending webhooks", () -> sendDue(Runnable::run)));
    }

    public WebhookUseCases useCases(Actor actor) {
        return new WebhookUseCases(context, secrets, tokens, targets, this::sendDue, actor);
    }

    /** A copy of the catalog sends nothing, and neither does a node that cannot sign. */
    private int sendDue(Executor threads) {
        boolean sends = !guard.isCopy() && secrets.available() && planner.plan();
        return sends ? deliveries.sendDue(threads) : 0;
    }
}
