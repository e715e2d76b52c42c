// SPDX-License-Identifier: Apache-2.0
/**
 * What an embedder and a protocol adapter call: the use cases of the control plane, their commands, views and errors.
 *
 * <p>Every type here is immutable or an interface that the core implements; all use cases are safe for use by several
 * threads. Texts are never null unless marked. Instants are UTC, truncated to microseconds. Stable from 1.0 on.
 */
@NullMarked
package dev.allotment;

import org.jspecify.annotations.NullMarked;
