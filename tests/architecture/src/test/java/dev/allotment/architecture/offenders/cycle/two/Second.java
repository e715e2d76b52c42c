// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture.offenders.cycle.two;

import dev.allotment.architecture.offenders.cycle.one.First;

/** Depends on a package that depends on this one. */
public interface Second {
    First first();
}
