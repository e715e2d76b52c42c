// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.request;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Set;

/** URL patterns as in servlet mappings: a path, or a path that ends with {@code /*}. */
public record Paths(Set<String> patterns) {
    public Paths {
        patterns = Set.copyOf(patterns);
        List<String> wrong = patterns.stream()
                .filter(each ->
                        !each.startsWith("/") || each.replaceFirst("/\\*$", "").contains("*"))
                .sorted()
                .toList();
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(
                    "Invalid patterns: expected paths such as /shop or /shop/*, found " + wrong + ".");
        }
    }

    /** Returns the decoded path of a request inside its application, or the raw path if it cannot be decoded. */
    public static String of(HttpServletRequest request) {
        try {
            String info = request.getPathInfo();
            return info == null ? request.getServletPath() : request.getServletPath() + info;
        } catch (IllegalArgumentException e) {
            // The path has duplicate slashes and the container allows them. It matches no pattern.
            return request.getRequestURI().substring(request.getContextPath().length());
        }
    }

    public boolean contain(String path) {
        for (String each : patterns) {
            String prefix = each.endsWith("/*") ? each.substring(0, each.length() - 2) : null;
            if (prefix == null ? path.equals(each) : path.equals(prefix) || path.startsWith(prefix + "/")) {
                return true;
            }
        }
        return false;
    }
}
