// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Operation;

/** An operation that is stored, and what runs it. */
record Begun(Operation operation, Saga saga) {}
