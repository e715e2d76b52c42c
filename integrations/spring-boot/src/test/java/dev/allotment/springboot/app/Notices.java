// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.app;

import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Saas;
import dev.allotment.hook.SaasListener;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.springframework.stereotype.Component;

/** A listener that needs the control plane. */
@Component
public class Notices implements SaasListener {
    public final BlockingQueue<String> created = new LinkedBlockingQueue<>();
    private final Saas saas;

    Notices(Saas saas) {
        this.saas = saas;
    }

    @Override
    public String name() {
        return "notices";
    }

    @Override
    public void on(Event event) {
        if (event.type() == EventType.TENANT_CREATED && event.tenantId() != null) {
            created.add(saas.tenants().get(event.tenantId()).name());
        }
    }
}
