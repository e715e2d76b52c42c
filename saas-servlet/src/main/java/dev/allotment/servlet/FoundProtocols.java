// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet;

import dev.allotment.spi.protocol.ProtocolProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the protocols on the class path or the module path. */
final class FoundProtocols {
    private static final Logger LOG = LoggerFactory.getLogger(FoundProtocols.class);

    /** Bounds the loop if a class loader fails at every call. */
    private static final int MAX_FAILURES = 100;

    private FoundProtocols() {}

    /** Returns all protocols that can be loaded. A protocol that cannot be loaded is logged and skipped. */
    static List<ProtocolProvider> list(ClassLoader loader) {
        List<ProtocolProvider> found = new ArrayList<>();
        Iterator<ProtocolProvider> providers =
                ServiceLoader.load(ProtocolProvider.class, loader).iterator();
        int failures = 0;
        while (failures < MAX_FAILURES) {
            try {
                if (!providers.hasNext()) {
                    return found;
                }
                found.add(providers.next());
            } catch (ServiceConfigurationError e) {
                failures++;
                LOG.warn("A protocol cannot be loaded and is skipped", e);
            }
        }
        return found;
    }
}
