// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Operation;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An operation that somebody asks for, to be run at once or later.
 *
 * @param draft what {@code begin} stores
 * @param begin checks the request, takes what it needs and stores the operation; empty where there is nothing to do
 */
record Wish(Operation.Builder draft, Supplier<Optional<Begun>> begin) {}
