// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.reconciliation;

import dev.allotment.ServerId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.operation.InputCodec;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.record.OperationActors;
import dev.allotment.fleet.RepairRequest;
import dev.allotment.fleet.RepairResult;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Checks and repairs as an operation, so that its caller need not wait. A repair looks again whether it still applies,
 * so another node can repeat all of them. Each is complete by itself, so nothing is undone.
 */
public final class RepairEverythingSaga implements Saga<Map<String, String>> {
    /**
     * @param only what the repair is limited to, the keys of findings; null: nothing
     * @param drop the names of what it drops
     * @param server the only server that is repaired; null: all
     */
    private record Input(
            @Nullable List<String> only,
            List<String> drop,
            @Nullable ServerId server) {}

    private static final InputCodec<Input> INPUT = InputCodec.of(Input.class);

    /** How many messages are stored. A further check finds the rest again. */
    private static final int MAX_MESSAGES = 50;

    private final CoreContext context;
    private final Function<Actor, ReconciliationUseCases> useCases;

    public RepairEverythingSaga(CoreContext context, Function<Actor, ReconciliationUseCases> useCases) {
        this.context = context;
        this.useCases = useCases;
    }

    /** The input of an operation for a request. */
    static Map<String, String> input(RepairRequest request) {
        return INPUT.write(new Input(request.only(), request.drop(), request.server()));
    }

    private static RepairRequest request(StoredOperation operation) {
        Input input = INPUT.read(operation);
        return RepairRequest.builder()
                .only(input.only())
                .drop(input.drop())
                .server(input.server())
                .build();
    }

    @Override
    public Map<String, String> resume() {
        return Map.of();
    }

    @Override
    public List<Step<Map<String, String>>> steps() {
        return List.of(new Step<Map<String, String>>("repaired", this::repair).lastingLong());
    }

    private Map<String, String> repair(StoredOperation operation, Map<String, String> found) {
        List<RepairResult> results =
                useCases.apply(OperationActors.of(context, operation)).repair(request(operation));
        List<RepairResult> left =
                results.stream().filter(each -> !each.repaired()).toList();
        return Map.of(
                "repaired",
                Integer.toString(results.size() - left.size()),
                "left",
                Integer.toString(left.size()),
                "messages",
                left.stream()
                        .limit(MAX_MESSAGES)
                        .map(each -> each.finding().message() + " " + each.message())
                        .collect(Collectors.joining("\n")));
    }

    @Override
    public Map<String, String> result(Map<String, String> found) {
        return found;
    }

    @Override
    public Map<String, String> finish(Transaction tx, StoredOperation operation, Map<String, String> found) {
        return found;
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "Some of what a check finds may not be repaired yet. Check again.";
    }
}
