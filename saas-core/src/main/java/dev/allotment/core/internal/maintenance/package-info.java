// SPDX-License-Identifier: Apache-2.0
/** Runs what is done regularly, and cleans up; nothing in the core uses it. */
@NullMarked
package dev.allotment.core.internal.maintenance;

import org.jspecify.annotations.NullMarked;
