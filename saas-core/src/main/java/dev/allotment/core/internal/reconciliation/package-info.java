// SPDX-License-Identifier: Apache-2.0
/** Compares the catalog with the database servers, and repairs differences. */
@NullMarked
package dev.allotment.core.internal.reconciliation;

import org.jspecify.annotations.NullMarked;
