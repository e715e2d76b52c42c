// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import java.io.IOException;

/** Answers requests for one page that anybody may see. */
@FunctionalInterface
public interface Handler {
    void handle(PortalExchange exchange) throws IOException;
}
