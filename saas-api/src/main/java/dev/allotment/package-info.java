// SPDX-License-Identifier: Apache-2.0
/**
 * What an embedder and a protocol adapter call: the use cases of the control plane, their commands, views and errors.
 *
 * <p>Every type here is immutable or an interface that the core implements; all use cases are safe for use by several
 * threads. Texts are never null unless marked. Instants are UTC, truncated to microseconds. Stable from 1.0 on.
 *
 * <p>Every use case may refuse with {@code access.not-allowed} what the acting user may not do, with {@code record.missing} an
 * id that is nobody's or may not be seen, and with {@code backend.unavailable}, {@code backend.failed} and {@code backend.closed}
 * what the backend cannot do now. What else it refuses with, it says itself; {@link dev.allotment.ErrorCodes} lists all codes.
 */
@NullMarked
package dev.allotment;

import org.jspecify.annotations.NullMarked;
