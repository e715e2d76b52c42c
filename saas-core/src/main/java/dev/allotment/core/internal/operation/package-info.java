// SPDX-License-Identifier: Apache-2.0
/**
 * Runs operations as sagas: steps that are recorded, recovered on any node, and undone if they fail; used by the
 * packages that define sagas.
 */
@NullMarked
package dev.allotment.core.internal.operation;

import org.jspecify.annotations.NullMarked;
