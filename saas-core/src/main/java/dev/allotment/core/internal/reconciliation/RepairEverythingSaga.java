// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.reconciliation;

import dev.allotment.ServerId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.operation.OperationInputs;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.record.OperationActors;
import dev.allotment.fleet.RepairRequest;
import dev.allotment.fleet.RepairResult;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Checks and repairs as an operation, so that its caller need not wait. A repair looks again whether it still applies,
 * so another node can repeat all of them.
 */
public final class RepairEverythingSaga implements Saga<Map<String, String>> {
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
        Map<String, String> input = new HashMap<>();
        input.put(OperationInputs.DROP, String.join("\n", request.drop()));
        List<String> only = request.only();
        if (only != null) {
            input.put(OperationInputs.ONLY, String.join("\n", only));
        }
        ServerId server = request.server();
        if (server != null) {
            input.put(OperationInputs.SERVER, server.toString());
        }
        return input;
    }

    private static RepairRequest request(StoredOperation operation) {
        String only = operation.input().get(OperationInputs.ONLY);
        String server = operation.input().get(OperationInputs.SERVER);
        return RepairRequest.builder()
                .only(only == null ? null : lines(only))
                .drop(lines(operation.input().getOrDefault(OperationInputs.DROP, "")))
                .server(server == null ? null : new ServerId(Long.parseLong(server)))
                .build();
    }

    private static List<String> lines(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split("\n"));
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

    /** Always: there is nothing to undo, and a later check finds again what is left. */
    @Override
    public boolean undoable(StoredOperation operation) {
        return true;
    }

    @Override
    public void undo(StoredOperation operation, Map<String, String> found) {
        // Each repair is complete by itself.
    }

    @Override
    public void undone(Transaction tx, StoredOperation operation) {
        // Each repair is complete by itself.
    }

    @Override
    public void retractLateEffects(StoredOperation operation, Map<String, String> found) {
        // The other node repeats the same repairs.
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "Some of what a check finds may not be repaired yet. Check again.";
    }
}
