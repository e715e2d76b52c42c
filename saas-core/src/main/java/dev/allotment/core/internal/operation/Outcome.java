// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.spi.backend.StoredOperation;
import java.util.Optional;

/**
 * How a request ended.
 *
 * @param operation the operation as it was stored when it started; of a repeated request, the one that has ended
 * @param found what its steps have found; empty if an earlier request with the same key has run them
 */
public record Outcome<F>(StoredOperation operation, Optional<F> found) {}
