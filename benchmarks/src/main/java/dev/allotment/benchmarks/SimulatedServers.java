// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.MemoryBackend;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Database servers in the memory of this process, which all nodes in it share. They cost next to nothing. */
final class SimulatedServers implements BackendProvider {
    static final String NAME = "simulated";
    static final String SERVER = "server";

    private final Map<String, Backend> servers = new ConcurrentHashMap<>();

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Backend open(Settings settings) {
        String server = settings.required(SERVER, "the name of a server");
        settings.check("a simulated server");
        return new DelegatingBackend(servers.computeIfAbsent(server, any -> MemoryBackend.withServers(server))) {
            @Override
            public void close() {
                // The other nodes still use it.
            }
        };
    }
}
