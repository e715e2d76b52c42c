// SPDX-License-Identifier: Apache-2.0
/** What all changes of a tenant have in common. */
@NullMarked
package dev.allotment.core.internal.tenant.change;

import org.jspecify.annotations.NullMarked;
