// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import java.io.IOException;

/** Answers requests for a page that requires a signed-in user. */
@FunctionalInterface
public interface VisitorHandler {
    /** Answers a request. */
    void handle(PortalExchange exchange, Visitor visitor) throws IOException;
}
