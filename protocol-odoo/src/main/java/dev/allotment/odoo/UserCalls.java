// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import dev.allotment.odoo.internal.model.OdooUser;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The calls of a user of a database. */
record UserCalls(OdooUser holder) implements NamedCaller {
    @Override
    public long user() {
        return holder.uid();
    }

    @Override
    public Object call(String model, String method, Map<String, ?> arguments, @Nullable String idempotencyKey) {
        return holder.call(model, method, arguments, idempotencyKey);
    }

    @Override
    public List<Object> models() {
        return holder.describeAll();
    }

    @Override
    public Map<String, Object> model(String name) {
        return holder.describe(name);
    }
}
