// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.server;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.BackendProvider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds backends by name: those that the embedder passed in, and those on the class path. Thread-safe. */
public final class BackendProviders {
    private final Map<String, BackendProvider> given = new HashMap<>();

    /** @param given take precedence over those on the class path with the same name */
    public BackendProviders(List<BackendProvider> given) {
        given.forEach(provider -> this.given.put(provider.name(), provider));
    }

    /**
     * Returns the provider with a name. A broken jar does not hide the good ones.
     *
     * @throws SaasException {@code backend.unknown}, also if it was built for another version of the SPI
     */
    public BackendProvider get(@Nullable String name) {
        BackendProvider handed = given.get(String.valueOf(name));
        if (handed != null) {
            return ofThisVersion(handed);
        }
        Map<String, BackendProvider> found = new TreeMap<>(given);
        List<String> broken = new ArrayList<>();
        Iterator<BackendProvider> providers =
                ServiceLoader.load(BackendProvider.class).iterator();
        while (true) {
            try {
                if (!providers.hasNext()) {
                    break;
                }
                BackendProvider provider = providers.next();
                found.putIfAbsent(provider.name(), provider);
            } catch (ServiceConfigurationError e) {
                broken.add(String.valueOf(e.getMessage()));
            }
        }
        BackendProvider wanted = found.get(String.valueOf(name));
        if (wanted == null) {
            throw SaasException.invalid(
                    ErrorCodes.BACKEND_UNKNOWN,
                    "There is no backend \"" + name + "\" on the class path; available: " + found.keySet()
                            + (broken.isEmpty() ? "." : "; broken: " + broken + "."));
        }
        return ofThisVersion(wanted);
    }

    private static BackendProvider ofThisVersion(BackendProvider provider) {
        if (provider.spiVersion() != BackendProvider.SPI_VERSION) {
            throw SaasException.invalid(
                    ErrorCodes.BACKEND_UNKNOWN,
                    "Backend \"" + provider.name() + "\" was built for version " + provider.spiVersion()
                            + " of the SPI of backends, and this control plane has version "
                            + BackendProvider.SPI_VERSION + ". Use a build of the backend for this version.");
        }
        return provider;
    }

    /**
     * Opens something of a backend.
     *
     * @param name the name of the backend
     * @throws SaasException {@code backend.unknown} if a library that it needs is missing, such as the driver
     */
    public <T> T open(@Nullable String name, Function<BackendProvider, T> opening) {
        BackendProvider provider = get(name);
        try {
            return opening.apply(provider);
        } catch (NoClassDefFoundError e) {
            throw new SaasException(
                    ErrorCategory.INVALID_INPUT,
                    ErrorCodes.BACKEND_UNKNOWN,
                    "Backend \"" + name
                            + "\" cannot be opened, because a library that it needs is not on the class path: "
                            + "class " + String.valueOf(e.getMessage()).replace('/', '.')
                            + " is missing. Add that library, which may be the driver of the database.",
                    Map.of(),
                    false,
                    e);
        }
    }
}
