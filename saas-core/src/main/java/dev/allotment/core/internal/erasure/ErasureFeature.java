// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.erasure;

import dev.allotment.OperationKind;
import dev.allotment.core.internal.authentication.SignIn;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.feature.Feature;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.tenant.life.LifeFeature;
import java.util.Map;

/** The erasure of customers. */
public final class ErasureFeature implements Feature {
    private final CoreContext context;
    private final OperationEngine operations;
    private final EraseCustomerSaga saga;

    public ErasureFeature(CoreContext context, OperationEngine operations, LifeFeature life, SignIn signIn) {
        this.context = context;
        this.operations = operations;
        this.saga = new EraseCustomerSaga(context, operations, life.deleteSaga(), life.deletion(), signIn::forget);
    }

    @Override
    public Map<OperationKind, Saga<?>> sagas() {
        return Map.of(OperationKind.ERASE_CUSTOMER, saga);
    }

    public ErasureUseCases useCases(Actor actor) {
        return new ErasureUseCases(context, operations, saga, actor);
    }
}
