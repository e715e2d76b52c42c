// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Saas;
import dev.allotment.micrometer.SaasObservations;
import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.StartFailure;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler.FirstMatchingCompositeObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.resources.Resource;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** The traces of this process, which are sent to a receiver of OTLP over HTTP if there is one. Thread-safe. */
final class Tracing implements AutoCloseable {
    private final ObservationRegistry registry;
    private final @Nullable OpenTelemetrySdk sdk;

    private Tracing(ObservationRegistry registry, @Nullable OpenTelemetrySdk sdk) {
        this.registry = registry;
        this.sdk = sdk;
    }

    /**
     * Starts to send traces. Variables of the environment that OpenTelemetry defines, such as {@code
     * OTEL_TRACES_SAMPLER}, count for all but the receiver.
     *
     * @param receiver without {@code /v1/traces}; null: there are no traces
     * @param node the name of this process
     */
    static Tracing to(@Nullable URI receiver, String node) throws StartFailure {
        if (receiver == null) {
            return new Tracing(ObservationRegistry.NOOP, null);
        }
        OpenTelemetrySdk sdk = sdk(receiver, node);
        OtelTracer tracer = new OtelTracer(sdk.getTracer("dev.allotment"), new OtelCurrentTraceContext(), event -> {});
        OtelPropagator propagator = new OtelPropagator(
                ContextPropagators.create(W3CTraceContextPropagator.getInstance()), sdk.getTracer("dev.allotment"));
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig()
                .observationFilter(Tracing::withLogContext)
                .observationHandler(new FirstMatchingCompositeObservationHandler(
                        new PropagatingReceiverTracingObservationHandler<>(tracer, propagator),
                        new DefaultTracingObservationHandler(tracer)));
        return new Tracing(registry, sdk);
    }

    private static OpenTelemetrySdk sdk(URI receiver, String node) throws StartFailure {
        Attributes process = Attributes.of(
                AttributeKey.stringKey("service.instance.id"),
                node,
                AttributeKey.stringKey("service.version"),
                Saas.version());
        try {
            return AutoConfiguredOpenTelemetrySdk.builder()
                    .disableShutdownHook()
                    .addPropertiesSupplier(() -> Map.of("otel.service.name", "allotment"))
                    .addPropertiesCustomizer(given -> Map.of(
                            // The variables for traces alone would come first.
                            "otel.exporter.otlp.traces.endpoint", traces(receiver),
                            "otel.exporter.otlp.traces.protocol", "http/protobuf",
                            "otel.traces.exporter", "otlp",
                            "otel.metrics.exporter", "none",
                            "otel.logs.exporter", "none"))
                    .addResourceCustomizer((resource, given) -> resource.merge(Resource.create(process)))
                    .build()
                    .getOpenTelemetrySdk();
        } catch (ConfigurationException e) {
            throw new StartFailure(
                    ExitCode.WRONG_SETTINGS, "A variable OTEL_… of the environment is wrong: " + e.getMessage(), e);
        }
    }

    private static String traces(URI receiver) {
        return receiver.toString().replaceFirst("/*$", "") + "/v1/traces";
    }

    /** Adds what the lines of the log have, to find them from a trace. */
    private static Observation.Context withLogContext(Observation.Context context) {
        LogSetup.CONTEXT.forEach((name, key) -> {
            String value = MDC.get(key);
            if (value != null) {
                context.addHighCardinalityKeyValue(KeyValue.of(name, value));
            }
        });
        return context;
    }

    /** Returns what observes operations and calls. */
    SaasObservations observations() {
        return new SaasObservations(registry);
    }

    /** Returns a task that belongs to what the calling thread does now, on any thread. */
    Runnable carried(Runnable task) {
        Observation present = registry.getCurrentObservation();
        return present == null
                ? task
                : () -> {
                    Observation.Scope scope = present.openScope();
                    try {
                        task.run();
                    } finally {
                        scope.close();
                    }
                };
    }

    /** Sends what has not been sent, for up to ten seconds. */
    @Override
    public void close() {
        if (sdk != null) {
            sdk.close();
        }
    }
}
