// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import java.io.IOException;

/** Answers requests for a page that is open to everyone. */
@FunctionalInterface
public interface Handler {
    /** Answers a request. */
    void handle(PortalExchange exchange) throws IOException;
}
