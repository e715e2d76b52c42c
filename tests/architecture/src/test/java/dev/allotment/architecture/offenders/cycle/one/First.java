// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture.offenders.cycle.one;

import dev.allotment.architecture.offenders.cycle.two.Second;

/** Depends on a package that depends on this one. */
public interface First {
    Second second();
}
