// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.feature;

import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.operation.AbandonedOperations;
import dev.allotment.core.internal.operation.OfferedOperations;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationRecovery;
import dev.allotment.core.internal.operation.OperationUseCases;
import dev.allotment.core.internal.operation.SagaRegistry;
import dev.allotment.core.internal.operation.SupersededOperations;
import dev.allotment.core.internal.parameter.CatalogEpoch;
import dev.allotment.core.internal.server.ServerHealth;
import dev.allotment.hook.WorkObserver;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The operations: the engine that runs them, and what finishes, supersedes or abandons them. */
public record OperationFeature(
        CoreContext context,
        SagaRegistry registry,
        OperationEngine engine,
        OfferedOperations offered,
        SupersededOperations superseded,
        AbandonedOperations abandoned,
        OperationRecovery recovery)
        implements Feature {
    /**
     * The operations of this node.
     *
     * @param executor the embedder's threads for operations that no caller waits for; null: none
     * @param observers are called around operations and their steps
     * @param refused finds out why a server refuses the changes of an operation that belongs to this node
     */
    public static OperationFeature of(
            CoreContext context,
            CatalogEpoch epoch,
            ServerHealth serverHealth,
            @Nullable Executor executor,
            List<WorkObserver> observers,
            Runnable refused) {
        SagaRegistry registry = new SagaRegistry();
        OperationEngine engine = new OperationEngine(context, epoch, executor, observers, refused);
        OfferedOperations offered = new OfferedOperations(context, engine, registry, executor);
        return new OperationFeature(
                context,
                registry,
                engine,
                offered,
                new SupersededOperations(context, registry),
                new AbandonedOperations(context, registry, engine.awaiter()),
                new OperationRecovery(context, engine, registry, offered, serverHealth, executor));
    }

    @Override
    public List<DueWork> dueWork() {
        return List.of(
                finishing(DueWork.Stage.OPERATIONS, recovery::recoverShort),
                finishing(DueWork.Stage.LONG_OPERATIONS, recovery::recoverLong));
    }

    private static DueWork finishing(DueWork.Stage stage, IntSupplier recovery) {
        return DueWork.of(stage, "operations", "Finishing operations", recovery);
    }

    public OperationUseCases useCases(Actor actor) {
        return new OperationUseCases(context, recovery, engine.awaiter(), abandoned, actor);
    }
}
