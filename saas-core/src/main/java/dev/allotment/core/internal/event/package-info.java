// SPDX-License-Identifier: Apache-2.0
/** The audit log, and its delivery to the listeners of the embedder; every package above may add events. */
@NullMarked
package dev.allotment.core.internal.event;

import org.jspecify.annotations.NullMarked;
