// SPDX-License-Identifier: Apache-2.0
/**
 * What an embedder and a protocol adapter call first: the entry, plans, accounts, tenants, operations, and the errors
 * of all use cases. Start with {@link dev.allotment.Saas#builder}.
 *
 * <p>Values are immutable. Use cases are safe for use by several threads. Text is never null unless it is marked.
 * Instants are in UTC, truncated to microseconds.
 *
 * <p>Every use case may throw {@code access.not-allowed} for what the acting user may not do, {@code record.missing}
 * for an id that does not exist or may not be seen, and {@code backend.unavailable}, {@code backend.failed} and
 * {@code backend.closed} for what the backend cannot do. Each method documents its other codes;
 * {@link dev.allotment.ErrorCodes} lists all.
 *
 * <p>This package is covered by the compatibility promise, except for members marked {@link dev.allotment.Internal} or
 * {@link dev.allotment.Experimental}. Records grow: build them with their builders, and read them with their accessors.
 */
@NullMarked
package dev.allotment;

import org.jspecify.annotations.NullMarked;
