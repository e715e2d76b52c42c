// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.protocol.ProtocolAdapter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Maps paths to protocol adapters. */
final class ProtocolRoutes {
    private static final String ALL_BELOW = "/*";

    private final Map<String, ProtocolAdapter> exact = new HashMap<>();
    /** Adapters by the start of a path, with its last slash. */
    private final Map<String, ProtocolAdapter> below = new HashMap<>();

    /**
     * Collects the paths of all adapters.
     *
     * @throws SaasException {@code setting.invalid} naming every path that two adapters claim
     */
    ProtocolRoutes(List<ProtocolAdapter> adapters) {
        List<String> contested = new ArrayList<>();
        for (ProtocolAdapter adapter : adapters) {
            for (String path : adapter.paths()) {
                ProtocolAdapter other = path.endsWith(ALL_BELOW)
                        ? below.putIfAbsent(path.substring(0, path.length() - 1), adapter)
                        : exact.putIfAbsent(path, adapter);
                if (other != null) {
                    contested.add(path + " (" + other.name() + ", " + adapter.name() + ")");
                }
            }
        }
        if (!contested.isEmpty()) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID,
                    "Two protocols claim the same path: " + String.join(", ", contested) + ". Mount only one of them.");
        }
    }

    @Nullable
    ProtocolAdapter find(String path) {
        ProtocolAdapter adapter = exact.get(path);
        for (int slash = path.length(); adapter == null && slash > 0; ) {
            slash = path.lastIndexOf('/', slash - 1);
            adapter = below.get(path.substring(0, slash + 1));
        }
        return adapter;
    }

    /** Returns servlet URL patterns for all paths, with and without a trailing slash. */
    Set<String> urlPatterns() {
        Set<String> patterns = new TreeSet<>();
        exact.keySet().forEach(path -> patterns.add(path + ALL_BELOW));
        below.keySet().forEach(path -> patterns.add(path + "*"));
        return patterns;
    }
}
