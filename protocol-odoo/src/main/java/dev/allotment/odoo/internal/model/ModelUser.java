// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.odoo.fault.OdooFault;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A user of the models of one database. Every failure becomes a fault. */
public final class ModelUser<V> implements OdooUser {
    private final OdooCaller<V> caller;
    private final Models<V> models;
    private final ModelDescriptions<V> descriptions;

    public ModelUser(OdooCaller<V> caller, Models<V> models) {
        this.caller = caller;
        this.models = models;
        descriptions = new ModelDescriptions<>(models);
    }

    @Override
    public long uid() {
        return caller.uid();
    }

    @Override
    public Object call(String model, String method, Map<String, ?> arguments, @Nullable String idempotencyKey) {
        return guarded(() -> models.callNamed(caller, model, method, arguments, idempotencyKey));
    }

    @Override
    public List<Object> describeAll() {
        return guarded(() -> descriptions.all(caller));
    }

    @Override
    public Map<String, Object> describe(String model) {
        return guarded(() -> descriptions.of(caller, model));
    }

    private static <T> T guarded(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            throw OdooFault.of(e);
        }
    }
}
