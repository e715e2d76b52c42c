// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.setting;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import java.util.Iterator;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backends on the class path. The server opens its backend itself instead of leaving it to the control plane. So it
 * can report problems with the backend's settings together with problems with its own.
 */
public final class Backends {
    private static final Logger LOG = LoggerFactory.getLogger(Backends.class);

    private Backends() {}

    /**
     * Opens a backend. Does no network I/O.
     *
     * @throws SaasException {@code backend.unknown}, {@code setting.invalid}, {@code backend.in-use}
     */
    public static Backend open(String name, Map<String, String> settings) {
        Map<String, BackendProvider> found = found();
        BackendProvider provider = found.get(name);
        if (provider == null) {
            throw SaasException.invalid(
                    ErrorCodes.BACKEND_UNKNOWN,
                    "backend: found \"" + name + "\", expected one of " + String.join(", ", found.keySet()));
        }
        return provider.open(Settings.of(settings));
    }

    /** Returns the names of the backends, in order. */
    public static Set<String> names() {
        return found().keySet();
    }

    /** Returns the backends by name. Logs and skips a backend that cannot be loaded. */
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
                LOG.warn("Skipping a backend that cannot be loaded", e);
            }
        }
    }
}
