// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.InputCodec;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.record.OperationActors;
import dev.allotment.core.internal.record.PublicViews;
import dev.allotment.hook.TenantAction;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Runs an action of the embedder for one tenant. A node that repeats it runs the action again. */
public final class RunActionSaga implements Saga.Stateless {
    private record Input(String action) {}

    private static final InputCodec<Input> INPUT = InputCodec.of(Input.class);

    private final CoreContext context;
    private final Map<String, TenantAction> actions;
    private final Function<Actor, Saas> views;

    /** @param views the control plane with the rights of an actor */
    public RunActionSaga(CoreContext context, Map<String, TenantAction> actions, Function<Actor, Saas> views) {
        this.context = context;
        this.actions = Map.copyOf(actions);
        this.views = views;
    }

    static Map<String, String> input(String action) {
        return INPUT.write(new Input(action));
    }

    List<String> names() {
        return actions.keySet().stream().sorted().toList();
    }

    boolean knows(String action) {
        return actions.containsKey(action);
    }

    /** Not without the action: a node that has it continues. */
    @Override
    public boolean canContinue(StoredOperation operation) {
        return knows(name(operation));
    }

    @Override
    public List<Step<Nothing>> steps() {
        return List.of(Step.<Nothing>of("run", this::run).lastingLong());
    }

    private void run(StoredOperation operation) {
        String name = name(operation);
        TenantAction action = actions.get(name);
        if (action == null) {
            throw SaasException.unavailable(
                    ErrorCodes.RECORD_NEWER,
                    "Operation " + operation.id() + " runs action " + name
                            + ", which this node does not have. A node that has it continues.",
                    null);
        }
        Tenant tenant = PublicViews.tenant(Actor.HOST, OperationTargets.tenant(context.catalog(), operation));
        try {
            action.run(views.apply(OperationActors.of(context, operation)), tenant);
        } catch (SaasException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(name, tenant, e);
        } catch (Exception e) {
            throw failed(name, tenant, e);
        }
    }

    private static String name(StoredOperation operation) {
        return INPUT.read(operation).action();
    }

    private static SaasException failed(String action, Tenant tenant, Exception cause) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.CAMPAIGN_ACTION_FAILED,
                "Action " + action + " failed for database " + tenant.name()
                        + ". Fix the reason, and retry the campaign.",
                Map.of("action", action, "name", tenant.name()),
                false,
                cause);
    }

    @Override
    public Ending ending() {
        return Ending.AT_ANY_TIME;
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "Action " + name(operation) + " may have run for tenant " + operation.tenantId() + ", or a part of it.";
    }
}
