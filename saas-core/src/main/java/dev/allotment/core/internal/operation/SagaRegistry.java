// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.OperationKind;
import dev.allotment.spi.backend.StoredOperation;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Knows which saga runs which kind of operation. Sagas have no state, so one instance of each serves all operations.
 */
public final class SagaRegistry {
    /** Chooses the saga of an operation whose kind has several. If a kind has one, that is the choice itself. */
    public interface Choice {
        /** The saga that runs an operation; the same one each time. */
        Saga<?> sagaOf(StoredOperation operation);
    }

    private final Map<OperationKind, Choice> sagas = new ConcurrentHashMap<>();

    /** Adds the sagas of a feature. All are added before the first operation is started or recovered. */
    public void add(Map<OperationKind, ? extends Choice> more) {
        more.forEach((kind, saga) -> {
            if (sagas.putIfAbsent(kind, saga) != null) {
                throw new IllegalStateException("Two features have a saga for operation " + kind);
            }
        });
    }

    /** The saga that runs an operation; empty for one that is stored after the fact. */
    public Optional<Saga<?>> find(StoredOperation operation) {
        return Optional.ofNullable(sagas.get(operation.kind())).map(choice -> choice.sagaOf(operation));
    }

    /** Whether this node can take an operation over. */
    boolean canTakeOver(StoredOperation operation) {
        return find(operation).filter(saga -> canTakeOver(saga, operation)).isPresent();
    }

    static boolean canTakeOver(Saga<?> saga, StoredOperation operation) {
        boolean ending = operation.cancelRequested() || operation.errorCode() != null;
        return knowsStep(saga, operation) && (ending || saga.canContinue(operation));
    }

    /** Whether this version knows the last step of an operation. If not, a newer version has stored it. */
    static boolean knowsStep(Saga<?> saga, StoredOperation operation) {
        String step = operation.step();
        return step.isEmpty()
                || step.equals(OperationLeases.QUEUED)
                || saga.steps().stream().anyMatch(each -> each.name().equals(step));
    }

    Saga<?> get(StoredOperation operation) {
        return find(operation)
                .orElseThrow(() -> new IllegalStateException("Operation " + operation.kind() + " has no steps"));
    }

    /** The operation without its secret inputs. */
    static StoredOperation.Builder withoutSecrets(Saga<?> saga, StoredOperation operation) {
        Map<String, String> input = new HashMap<>(operation.input());
        saga.secretInputs().forEach(input::remove);
        return operation.toBuilder().input(input);
    }
}
