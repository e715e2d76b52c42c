// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.fleet.Server;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import java.util.Arrays;

/**
 * Opens a {@link MemoryBackend} under the name {@code memory}. Each call of {@link #open} creates a new, empty one.
 *
 * <p>Its only setting is {@code servers}: names of additional servers, separated by commas. Default: none.
 */
public final class MemoryBackendProvider implements BackendProvider {
    /** Creates the provider, for ServiceLoader. */
    public MemoryBackendProvider() {}

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    @Override
    public String name() {
        return MemoryBackend.DIALECT;
    }

    @Override
    public Backend open(Settings settings) {
        String[] names = Arrays.stream(settings.text("servers", "").split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toArray(String[]::new);
        if (Arrays.stream(names).distinct().count() < names.length
                || Arrays.asList(names).contains(Server.DEFAULT_NAME)) {
            settings.problem(
                    "servers",
                    String.join(",", names),
                    "different names, none of them " + Server.DEFAULT_NAME + ", separated by commas",
                    "none");
        }
        settings.check("the memory backend");
        return MemoryBackend.withServers(names);
    }
}
