// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture.offenders.internal.base;

import dev.allotment.architecture.offenders.internal.tenant.Upper;

/** Belongs to the lowest layer and depends on a higher one. */
public interface Upward {
    Upper upper();
}
