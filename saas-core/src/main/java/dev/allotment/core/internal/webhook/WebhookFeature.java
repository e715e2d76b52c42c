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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/** The webhooks: who manages endpoints, and what sends messages to them. */
public final class WebhookFeature implements Feature {
    private static final Duration LONGEST = Duration.ofSeconds(5);

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
                DueWork.of(Stage.DELIVERY, "webhooks", "Sending webhooks", this::sendSome));
    }

    public WebhookUseCases useCases(Actor actor) {
        return new WebhookUseCases(context, secrets, tokens, targets, threads -> sendDue(threads, () -> true), actor);
    }

    /** The thread of the maintenance has other work, so it does not wait for all receivers. */
    private int sendSome() {
        long start = context.tick();
        return sendDue(Runnable::run, () -> context.tick() - start < LONGEST.toNanos());
    }

    /**
     * A copy of the catalog sends nothing, and neither does a node that cannot sign.
     *
     * @param more whether another message is sent
     */
    private int sendDue(Executor threads, BooleanSupplier more) {
        boolean sends = !guard.isCopy() && secrets.available() && planner.plan();
        return sends ? deliveries.sendDue(threads, more) : 0;
    }
}
