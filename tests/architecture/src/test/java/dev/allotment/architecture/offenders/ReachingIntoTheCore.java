// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture.offenders;

import dev.allotment.core.Decoy;

/** A backend or a protocol that knows the core. */
public final class ReachingIntoTheCore {

    public Decoy core() {
        return new Decoy();
    }
}
