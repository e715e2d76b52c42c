// SPDX-License-Identifier: Apache-2.0
package dev.allotment.micrometer;

import dev.allotment.SaasException;
import dev.allotment.hook.Work;
import dev.allotment.hook.WorkObserver;
import dev.allotment.spi.protocol.ProtocolAdapter;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.Locale;

/**
 * Observes the operations that this process works on, their steps, and calls of protocols. The handlers of the registry
 * make traces or timers of them. docs/monitoring.md lists the observations.
 *
 * <p>Names of tenants and numbers of operations are values of high cardinality, so they are in traces and in no metric.
 * Parameters of calls are nowhere.
 *
 * <p>Thread-safe. Does no I/O by itself.
 */
public final class SaasObservations implements WorkObserver {
    private final ObservationRegistry registry;

    /** Creates the observer, for {@code SaasBuilder.observer}. */
    public SaasObservations(ObservationRegistry registry) {
        this.registry = registry;
    }

    @Override
    public Ending started(Work work) {
        String kind = work.kind().name().toLowerCase(Locale.ROOT);
        String step = work.step();
        Observation observation = Observation.createNotStarted(
                        step == null ? "allotment.operation" : "allotment.operation.step", registry)
                .contextualName(step == null ? kind : kind + " " + step)
                .lowCardinalityKeyValue("kind", kind)
                .highCardinalityKeyValue("operation", work.operation().toString());
        if (step != null) {
            observation.lowCardinalityKeyValue("step", step);
        }
        String tenant = work.tenant();
        if (tenant != null) {
            observation.highCardinalityKeyValue("tenant", tenant);
        }
        Observation.Scope scope = observation.start().openScope();
        return failure -> {
            scope.close();
            if (failure != null) {
                observation.error(new FailedWork(failure));
            }
            observation.stop();
        };
    }

    /** Why work failed, without what its messages may hold, such as SQL and values of a tenant. The log has these. */
    private static final class FailedWork extends RuntimeException {
        private static final long serialVersionUID = 1L;

        FailedWork(Throwable why) {
            super(
                    why instanceof SaasException known
                            ? known.code()
                            : why.getClass().getName(),
                    null,
                    false,
                    false);
        }
    }

    /**
     * Returns a protocol whose calls are observed, for {@code SaasServlet.Builder.wrap}. An observation continues the
     * trace that the headers of the call name, if the registry has a handler that reads them.
     */
    public ProtocolAdapter observed(ProtocolAdapter protocol) {
        return new ObservedProtocol(protocol, registry);
    }
}
