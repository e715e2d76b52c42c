// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.reconciliation;

import dev.allotment.SaasException;

/** A database server failed during a check; failures of the catalog are not reported with this. */
final class UnreadableServer extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final SaasException why;

    UnreadableServer(SaasException why) {
        super(why);
        this.why = why;
    }

    SaasException why() {
        return why;
    }
}
