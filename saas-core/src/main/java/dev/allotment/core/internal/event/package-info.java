// SPDX-License-Identifier: Apache-2.0
/** Reads the audit log, and delivers it to the listeners of the embedder. */
@NullMarked
package dev.allotment.core.internal.event;

import org.jspecify.annotations.NullMarked;
