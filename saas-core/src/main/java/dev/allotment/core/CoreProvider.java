// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ErrorCodes;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.core.internal.addon.AddonRegistry;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.SecretCipher;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.core.SaasProvider;
import dev.allotment.spi.core.SaasSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Opens control planes for {@link dev.allotment.Saas#builder()}, which finds it with ServiceLoader. */
public final class CoreProvider implements SaasProvider {
    private static final Logger LOG = System.getLogger("dev.allotment");

    private final int secretKeyIterations;

    /** For ServiceLoader. */
    public CoreProvider() {
        this(SecretCipher.ITERATIONS);
    }

    /** For tests: each would spend more time on a key than on everything else. */
    CoreProvider(int secretKeyIterations) {
        this.secretKeyIterations = secretKeyIterations;
    }

    @Override
    public Saas open(SaasSettings given, boolean attached) {
        CoreSettings settings = new CoreSettings(given, secretKeyIterations);
        settings.check();
        AddonRegistry addons = new AddonRegistry(settings.addonSources());
        Backend opened = given.backends().opened();
        Backend used = opened == null ? settings.findBackend() : opened;
        try {
            CoreWiring core = new CoreWiring(settings, used, addons);
            FirstStart firstStart = new FirstStart(settings, core.context, core.signIn.passwords());
            if (attached) {
                join(used, core, firstStart);
            } else {
                start(used, core, firstStart);
            }
            return view(used, core, opened == null);
        } catch (RuntimeException e) {
            if (opened == null) {
                used.close();
            }
            throw e;
        }
    }

    private static void start(Backend used, CoreWiring core, FirstStart firstStart) {
        used.catalog().migrate();
        core.maintenance.nodes().start();
        firstStart.run();
        core.installationId.get();
        logWhatIsMissing(used);
        core.catalogGuard.start(true);
        core.servers.registry().askForOtherCatalogs(true);
        if (core.catalogGuard.isCopy()) {
            core.restoredCatalog.lookWhenDecided();
            LOG.log(
                    Level.WARNING,
                    "This catalog is a copy, so nothing is changed with it: the maintenance does nothing, and changes"
                            + " are refused. An operator decides what it is with \"saas catalog\"");
        } else {
            core.restoredCatalog.lookAtStart();
            core.operations.recovery().recoverAtStart();
        }
    }

    /** So that what a backend does not protect from does not look as if it did. */
    private static void logWhatIsMissing(Backend used) {
        List<String> missing = Abilities.missing(
                used, used.databases(Server.builder(Server.DEFAULT_NAME).build()));
        if (!missing.isEmpty()) {
            LOG.log(Level.INFO, "The backend " + used.dialect() + " does not have: " + String.join("; ", missing));
        }
    }

    private static void join(Backend used, CoreWiring core, FirstStart firstStart) {
        if (!used.catalog().isMigrated()) {
            throw SaasException.conflict(
                    ErrorCodes.BACKEND_SCHEMA,
                    "The catalog is empty, or was last used by an older build. Start a node of this build first,"
                            + " which creates or migrates the catalog.");
        }
        firstStart.requireSameMainDatabase();
        core.installationId.get();
        core.catalogGuard.start(false);
        core.servers.registry().askForOtherCatalogs(false);
    }

    private static Saas view(Backend used, CoreWiring core, boolean owned) {
        AtomicBoolean closed = new AtomicBoolean();
        return new SaasView(core, Actor.HOST, () -> {
            if (closed.compareAndSet(false, true)) {
                core.maintenance.nodes().stop();
                core.servers.registry().close();
                if (owned) {
                    used.close();
                }
            }
        });
    }
}
