// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/**
 * Serves the portal's pages at the portal's host only, and passes all other requests on. In a context that also serves
 * tenants, map it to {@code /*} instead of mapping the {@link PortalServlet}, whose pages would hide those that the
 * application has at the same paths of other hosts. Thread-safe.
 */
public final class PortalFilter implements Filter {
    private final PortalServlet portal;

    private PortalFilter(PortalServlet portal) {
        this.portal = portal;
    }

    /** Creates a filter in front of a portal. */
    public static PortalFilter of(PortalServlet portal) {
        return new PortalFilter(portal);
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request instanceof HttpServletRequest http && portal.serves(http)) {
            portal.service(request, response);
        } else {
            chain.doFilter(request, response);
        }
    }

    /** Ends the event streams of open pages. */
    @Override
    public void destroy() {
        portal.endStreams();
    }
}
