// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import java.io.IOException;

/** Answers requests for one page that is for whoever has signed in. */
@FunctionalInterface
public interface VisitorHandler {
    void handle(PortalExchange exchange, Visitor visitor) throws IOException;
}
