// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import java.util.Iterator;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backends on the class path. The server opens one itself, rather than leaving it to the control plane, so that what
 * is wrong with the backend's settings is told together with what is wrong with its own.
 */
final class Backends {
    private static final Logger LOG = LoggerFactory.getLogger(Backends.class);

    private Backends() {}

    /**
     * Opens a backend; no network I/O.
     *
     * @throws SaasException {@code backend.unknown}, {@code setting.invalid}, {@code backend.in-use}
     */
    static Backend open(String name, Map<String, String> settings) {
        Map<String, BackendProvider> found = found();
        BackendProvider provider = found.get(name);
        if (provider == null) {
            throw SaasException.invalid(
                    ErrorCodes.BACKEND_UNKNOWN,
                    "backend: found \"" + name + "\", expected one of " + String.join(", ", found.keySet()));
        }
        return provider.open(Settings.of(settings));
    }

    /** By name. One that cannot be loaded is logged and left out; the others are not hidden by it. */
    private static Map<String, BackendProvider> found() {
        Map<String, BackendProvider> found = new TreeMap<>();
        Iterator<BackendProvider> providers =
                ServiceLoader.load(BackendProvider.class).iterator();
        while (true) {
            try {
                if (!providers.hasNext()) {
                    return found;
                }
                BackendProvider provider = providers.next();
                found.put(provider.name(), provider);
            } catch (ServiceConfigurationError e) {
                LOG.warn("A backend cannot be loaded and is left out: {}", e.getMessage());
            }
        }
    }
}
