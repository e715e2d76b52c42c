// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.spi.backend.StoredOperation;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A requested operation, to be run now or in the background.
 *
 * @param draft what {@code start} stores
 * @param start checks the request, reserves what it needs and stores the operation; empty if there is nothing to do
 * @param <F> what the steps find
 */
public record PendingOperation<F>(
        StoredOperation.Builder draft, Supplier<? extends Optional<? extends StartedOperation<? extends F>>> start) {}
