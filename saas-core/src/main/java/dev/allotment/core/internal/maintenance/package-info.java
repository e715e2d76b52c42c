// SPDX-License-Identifier: Apache-2.0
/** What is done regularly: recovery, expiry, suspension, readings and cleaning up; nothing in the core uses it. */
@NullMarked
package dev.allotment.core.internal.maintenance;

import org.jspecify.annotations.NullMarked;
