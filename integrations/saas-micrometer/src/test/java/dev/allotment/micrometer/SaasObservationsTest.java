// SPDX-License-Identifier: Apache-2.0
package dev.allotment.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.allotment.CreateTenant;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.spi.protocol.ProtocolAdapter;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a program that embeds the library sees of operations and calls. */
final class SaasObservationsTest {
    private final ObservationRegistry registry = ObservationRegistry.create();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<Observation.Context> ended = new ArrayList<>();
    private final SaasObservations observations = new SaasObservations(registry);

    private final Saas saas = Saas.builder()
            .backend("memory", Map.of())
            .passwordIterations(1000)
            .observer(work -> {
                throw new IllegalStateException("An observer with a defect");
            })
            .observer(observations)
            .observer(work -> failure -> {
                throw new IllegalStateException("Another one");
            })
            .preDeletionBackup(tenant -> {
                throw SaasException.internal("backup.failed", "No room for a backup", null);
            })
            .open();

    @BeforeEach
    void listen() {
        registry.observationConfig()
                .observationHandler(new DefaultMeterObservationHandler(meters))
                .observationHandler(new ObservationHandler<>() {
                    @Override
                    public void onStop(Observation.Context context) {
                        ended.add(context);
                    }

                    @Override
                    public boolean supportsContext(Observation.Context context) {
                        return true;
                    }
                });
    }

    @AfterEach
    void close() {
        saas.close();
    }

    private TenantId create() {
        return saas.tenants()
                .create(CreateTenant.outsidePlans("shop", new CreateTenant.Administrator("boss", "secret"))
                        .build())
                .tenant()
                .id();
    }

    private Observation.Context last() {
        return ended.get(ended.size() - 1);
    }

    private static Map<String, String> values(Iterable<KeyValue> values) {
        Map<String, String> all = new TreeMap<>();
        values.forEach(each -> all.put(each.getKey(), each.getValue()));
        return all;
    }

    @Test
    void stepsAreObservedWithinTheirOperation() {
        create();

        Observation.Context operation = last();
        assertThat(operation.getName()).isEqualTo("allotment.operation");
        assertThat(operation.getContextualName()).isEqualTo("create_tenant");
        assertThat(values(operation.getLowCardinalityKeyValues())).isEqualTo(Map.of("kind", "create_tenant"));
        assertThat(values(operation.getHighCardinalityKeyValues()))
                .containsEntry("tenant", "shop")
                .containsKey("operation");
        assertThat(ended.subList(0, ended.size() - 1)).isNotEmpty().allSatisfy(step -> {
            assertThat(step.getName()).isEqualTo("allotment.operation.step");
            assertThat(step.getParentObservation()).isNotNull();
            assertThat(step.getParentObservation().getContextView()).isSameAs(operation);
        });
        assertThat(registry.getCurrentObservation()).isNull();
    }

    @Test
    void anOperationThatFailsIsAnObservationWithAnError() {
        TenantId shop = create();

        Throwable thrown = catchThrowable(() -> saas.tenants().purge(shop));
        assertThat(thrown).isInstanceOf(SaasException.class);

        assertThat(last().getContextualName()).isEqualTo("delete_tenant");
        assertThat(last().getError())
                .as("the error without what its messages may hold")
                .hasMessage(((SaasException) thrown).code())
                .hasNoCause();
        assertThat(last().getError().getStackTrace()).isEmpty();
    }

    @Test
    void metricsHaveNoSeriesForEachTenant() {
        create();

        assertThat(meters.get("allotment.operation").timer().count()).isEqualTo(1);
        assertThat(meters.getMeters())
                .allSatisfy(meter -> assertThat(meter.getId().getTag("tenant")).isNull());
    }

    @Test
    void aCallIsObservedWithWhyItFailed() {
        ProtocolAdapter.Call call =
                new ProtocolAdapter.Call("/example", Map.of("traceparent", "of the caller"), new byte[0], null, true);
        ProtocolAdapter observed = observations.observed(new ProtocolAdapter() {
            @Override
            public String name() {
                return "example";
            }

            @Override
            public List<String> paths() {
                return List.of("/example");
            }

            @Override
            public Answer handle(Call given) {
                return new Answer(409, Map.of(), new byte[0]).failed("tenant.busy");
            }
        });

        assertThat(observed.handle(call).status()).isEqualTo(409);

        assertThat(last().getName()).isEqualTo("allotment.call");
        assertThat(last().getContextualName()).isEqualTo("POST example");
        assertThat(values(last().getLowCardinalityKeyValues()))
                .isEqualTo(Map.of("protocol", "example", "failure", "tenant.busy"));
        assertThat(values(last().getHighCardinalityKeyValues())).isEqualTo(Map.of("status", "409"));
        assertThat(observed.malformed(call, "Broken").status()).isEqualTo(400);
        assertThat(values(last().getLowCardinalityKeyValues())).containsEntry("failure", "request");
    }
}
