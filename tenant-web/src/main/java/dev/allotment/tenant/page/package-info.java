// SPDX-License-Identifier: Apache-2.0
/** The pages that the filter serves itself: signing in and out, and tenants that are not open. For this module only. */
@NullMarked
package dev.allotment.tenant.page;

import org.jspecify.annotations.NullMarked;
