// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Set;

/** Patterns of paths as servlets are mapped with: a path, or one that ends with {@code /*}. */
record Paths(Set<String> patterns) {
    Paths {
        patterns = Set.copyOf(patterns);
        List<String> wrong = patterns.stream()
                .filter(each ->
                        !each.startsWith("/") || each.replaceFirst("/\\*$", "").contains("*"))
                .sorted()
                .toList();
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("A pattern is a path such as /shop, or such as /shop/*; found " + wrong);
        }
    }

    /** The decoded path of a request inside its application; as it was sent where that has no clear meaning. */
    static String of(HttpServletRequest request) {
        try {
            String info = request.getPathInfo();
            return info == null ? request.getServletPath() : request.getServletPath() + info;
        } catch (IllegalArgumentException e) {
            // Doubled slashes, where the container lets them through: such a path is none of ours.
            return request.getRequestURI().substring(request.getContextPath().length());
        }
    }

    boolean contain(String path) {
        for (String each : patterns) {
            String prefix = each.endsWith("/*") ? each.substring(0, each.length() - 2) : null;
            if (prefix == null ? path.equals(each) : path.equals(prefix) || path.startsWith(prefix + "/")) {
                return true;
            }
        }
        return false;
    }
}
