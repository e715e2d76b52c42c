// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture.offenders;

/** What a backend must not know. */
public final class StrayBackend {

    public interface Protocol {
        dev.allotment.odoo.fault.OdooFault fault();
    }

    public interface Servlet {
        void handle(jakarta.servlet.ServletRequest request);
    }

    private StrayBackend() {}
}
