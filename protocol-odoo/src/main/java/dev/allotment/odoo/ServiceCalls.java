// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Calls of the services {@code common}, {@code object} and {@code db}; all that a codec without web sessions needs. */
@FunctionalInterface
public interface ServiceCalls {
    /**
     * Calls a method of a service.
     *
     * @param service {@code common}, {@code object} or {@code db}
     * @param clientAddress the client address if it is trusted; null if it is not known
     * @throws dev.allotment.odoo.fault.OdooFault if the call fails
     */
    Object call(String service, String method, List<?> params, @Nullable String clientAddress);
}
