// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Many callers that want a database each at the same time. */
final class Creations {
    private final Saas saas;
    private final String prefix;
    private final int callers;
    private final PrintStream out;

    Creations(Saas saas, String prefix, int callers, PrintStream out) {
        this.saas = saas;
        this.prefix = prefix;
        this.callers = callers;
        this.out = out;
    }

    void start() {
        List<Plan> plans = saas.plans().list(Query.all());
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        for (int i = 0; i < callers; i++) {
            String key = prefix + i;
            String plan = plans.get(i % plans.size()).id().toString();
            out.println("INTENDS create " + key + ' ' + plan + " - " + Victim.OWNER);
            threads.execute(() -> create(key, plan));
        }
        threads.shutdown();
    }

    private void create(String key, String plan) {
        try {
            TenantId made = saas.tenants()
                    .create(Victim.creation(saas, key, plan, "-"))
                    .tenant()
                    .id();
            out.println("MADE " + key + ' ' + made);
        } catch (SaasException e) {
            out.println((e.retryable() ? "LATER " : "WRONG ") + key + ' ' + e.code() + ' ' + e.getMessage());
        } catch (RuntimeException e) {
            out.println("WRONG " + key + ' ' + e);
        }
        out.flush();
    }
}
