// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.portal.PortalServlet;
import dev.allotment.servlet.SaasServlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;

/**
 * Serves the calls of programs, and all paths that the portal is not mapped to. A browser that requests a path where
 * nothing is gets the portal's page, which says so; a program gets a line of text.
 */
final class OtherPaths extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** Where people look for the reference of the REST API. */
    private static final Set<String> REFERENCE = Set.of("/api", "/api/");

    private final transient SaasServlet protocols;
    private final transient PortalServlet portal;
    private final transient Set<String> patterns;

    OtherPaths(SaasServlet protocols, PortalServlet portal) {
        this.protocols = protocols;
        this.portal = portal;
        patterns = protocols.urlPatterns();
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (REFERENCE.contains(request.getRequestURI())) {
            response.sendRedirect("/api/v1");
        } else if (isFromBrowser(request) && !isForProgram(request.getRequestURI())) {
            portal.service(request, response);
        } else {
            protocols.service(request, response);
        }
    }

    private static boolean isFromBrowser(HttpServletRequest request) {
        String accepted = request.getHeader("Accept");
        return (request.getMethod().equals("GET") || request.getMethod().equals("HEAD"))
                && accepted != null
                && accepted.toLowerCase(Locale.ROOT).contains("text/html");
    }

    private boolean isForProgram(String path) {
        return patterns.stream().anyMatch(pattern -> {
            String folder = pattern.endsWith("/*") ? pattern.substring(0, pattern.length() - 2) : pattern;
            return path.equals(folder) || (!folder.equals(pattern) && path.startsWith(folder + "/"));
        });
    }
}
