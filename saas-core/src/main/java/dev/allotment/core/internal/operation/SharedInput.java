// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.CustomerId;
import dev.allotment.UserId;
import dev.allotment.spi.backend.StoredOperation;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What code reads of the input of an operation without knowing its saga: because it looks at operations of several
 * kinds, or is below the package of the saga. Each saga declares what it stores in its own record; a component
 * with a name of this record has the same type and meaning there. All of it may be missing, also because an erasure has
 * removed it. {@link OperationTargets.Named} has the same of what an operation works on.
 *
 * @param account the owner that requested a backup or a deletion
 * @param customer the customer that is erased, or that a tenant is made for. It stays if the tenant is not made
 * @param deletedAt when a tenant was deleted that is restored
 * @param alone whether the tenant's application is locked out during a migration
 * @param safety whether the operation makes a backup before it changes the tenant
 * @param tryAgain whether the failure says nothing about the tenant: it may pass, or a node that died had started the
 *     change. A campaign that it belongs to tries the tenant again
 * @param superseded the UUIDs of the operations that this one has superseded
 */
public record SharedInput(
        @Nullable UserId account,
        @Nullable CustomerId customer,
        @Nullable Instant deletedAt,
        boolean alone,
        boolean safety,
        boolean tryAgain,
        List<String> superseded) {
    private static final InputCodec<SharedInput> CODEC = InputCodec.of(SharedInput.class);
    private static final String TRY_AGAIN = "tryAgain";

    /** What the engine adds to the input of an operation that fails. */
    private record Failed(boolean tryAgain) {}

    private static final InputCodec<Failed> FAILED = InputCodec.of(Failed.class);

    /** What is added to the input of an operation that supersedes others. */
    private record Superseding(List<String> superseded) {}

    private static final InputCodec<Superseding> SUPERSEDING = InputCodec.of(Superseding.class);

    public static SharedInput of(StoredOperation operation) {
        return CODEC.read(operation);
    }

    /** Whether the operation makes a backup before it changes the tenant. A campaign makes those of its operations. */
    public static boolean wantsBackup(StoredOperation operation) {
        return operation.campaign() == null && of(operation).safety();
    }

    /** The failed operation, whose failure says nothing about the tenant. */
    static StoredOperation.Builder withTryAgain(StoredOperation failed) {
        return FAILED.add(failed.toBuilder(), new Failed(true));
    }

    /** The failed operation, whose failure counts. */
    public static StoredOperation.Builder withoutTryAgain(StoredOperation failed) {
        Map<String, String> input = new HashMap<>(failed.input());
        input.remove(TRY_AGAIN);
        return failed.toBuilder().input(input);
    }

    static void addSuperseded(StoredOperation.Builder draft, List<UUID> superseded) {
        SUPERSEDING.add(
                draft, new Superseding(superseded.stream().map(UUID::toString).toList()));
    }
}
