// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.app;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.springframework.stereotype.Component;

/** What a library for traces would be given. */
@Component
public class Traces implements ObservationHandler<Observation.Context> {
    private final List<String> tenants = Collections.synchronizedList(new ArrayList<>());

    @Override
    public boolean supportsContext(Observation.Context context) {
        return true;
    }

    @Override
    public void onStop(Observation.Context context) {
        KeyValue tenant = context.getHighCardinalityKeyValue("tenant");
        tenants.add(context.getName() + " " + (tenant == null ? "" : tenant.getValue()));
    }

    /** Returns the names and tenants of the observations since the last call. */
    public List<String> take() {
        synchronized (tenants) {
            List<String> taken = List.copyOf(tenants);
            tenants.clear();
            return taken;
        }
    }
}
