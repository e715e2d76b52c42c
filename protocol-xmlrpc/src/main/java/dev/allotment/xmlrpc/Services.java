// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is behind the codec: calls a method of a service, or throws {@link dev.allotment.odoo.fault.OdooFault}. */
@FunctionalInterface
interface Services {
    Object call(String service, String method, List<?> params, @Nullable String clientAddress);
}
