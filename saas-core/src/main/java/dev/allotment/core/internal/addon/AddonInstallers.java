// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.addon;

import dev.allotment.ServerId;
import dev.allotment.core.internal.server.ServerRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Provides an installer for each kind of database server, because their scripts differ. */
public final class AddonInstallers {
    private final ServerRegistry serverRegistry;
    private final AddonRegistry addonRegistry;
    private final Map<String, AddonInstaller> installers = new ConcurrentHashMap<>();

    public AddonInstallers(ServerRegistry serverRegistry, AddonRegistry addonRegistry) {
        this.serverRegistry = serverRegistry;
        this.addonRegistry = addonRegistry;
    }

    public AddonRegistry registry() {
        return addonRegistry;
    }

    public AddonInstaller on(ServerId server) {
        return installers.computeIfAbsent(
                serverRegistry.dialect(server), dialect -> new AddonInstaller(addonRegistry, dialect));
    }
}
