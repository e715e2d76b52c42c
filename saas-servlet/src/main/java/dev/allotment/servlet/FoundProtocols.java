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

/** The protocols that are on the class path or the module path. */
final class FoundProtocols {
    private static final Logger LOG = LoggerFactory.getLogger(FoundProtocols.class);

    /** A class loader that fails each time that it is asked must not keep us here for ever. */
    private static final int MOST_FAILURES = 100;

    private FoundProtocols() {}

    /** One that cannot be loaded is logged and left out; the others are not hidden by it. */
    static List<ProtocolProvider> list(ClassLoader loader) {
        List<ProtocolProvider> found = new ArrayList<>();
        Iterator<ProtocolProvider> providers =
                ServiceLoader.load(ProtocolProvider.class, loader).iterator();
        int failures = 0;
        while (failures < MOST_FAILURES) {
            try {
                if (!providers.hasNext()) {
                    return found;
                }
                found.add(providers.next());
            } catch (ServiceConfigurationError e) {
                failures++;
                LOG.warn("A protocol cannot be loaded and is left out", e);
            }
        }
        return found;
    }
}
