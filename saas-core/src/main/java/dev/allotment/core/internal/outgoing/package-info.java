// SPDX-License-Identifier: Apache-2.0
/** Sends HTTP requests to addresses that customers have named. */
@NullMarked
package dev.allotment.core.internal.outgoing;

import org.jspecify.annotations.NullMarked;
