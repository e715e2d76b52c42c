// SPDX-License-Identifier: Apache-2.0
package dev.allotment.micrometer;

import dev.allotment.spi.protocol.ProtocolAdapter;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.RequestReplyReceiverContext;
import java.util.List;
import java.util.function.Supplier;

/** A protocol whose calls are observed. */
record ObservedProtocol(ProtocolAdapter protocol, ObservationRegistry registry) implements ProtocolAdapter {
    @Override
    public String name() {
        return protocol.name();
    }

    @Override
    public List<String> paths() {
        return protocol.paths();
    }

    @Override
    public boolean handlesAllMethods() {
        return protocol.handlesAllMethods();
    }

    @Override
    public Answer handle(Call call) {
        return observed(call, () -> protocol.handle(call));
    }

    @Override
    public Answer malformed(Call call, String message) {
        return observed(call, () -> protocol.malformed(call, message));
    }

    @Override
    public Answer refused(Call call, int status, String message) {
        return observed(call, () -> protocol.refused(call, status, message));
    }

    private static RequestReplyReceiverContext<Call, Answer> context(Call call) {
        RequestReplyReceiverContext<Call, Answer> context = new RequestReplyReceiverContext<>(Call::header);
        context.setCarrier(call);
        return context;
    }

    private Answer observed(Call call, Supplier<Answer> work) {
        Observation observation = Observation.createNotStarted("allotment.call", () -> context(call), registry)
                .contextualName(call.method() + " " + protocol.name())
                .lowCardinalityKeyValue("protocol", protocol.name());
        return observation.observe(() -> {
            Answer answer = work.get();
            String failure = answer.failure();
            observation.lowCardinalityKeyValue("failure", failure == null ? "none" : failure);
            observation.highCardinalityKeyValue("status", Integer.toString(answer.status()));
            return answer;
        });
    }
}
