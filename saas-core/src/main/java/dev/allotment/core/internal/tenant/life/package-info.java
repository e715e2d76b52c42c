// SPDX-License-Identifier: Apache-2.0
/** Suspends, resumes, renames, repairs, deletes and restores tenants. */
@NullMarked
package dev.allotment.core.internal.tenant.life;

import org.jspecify.annotations.NullMarked;
