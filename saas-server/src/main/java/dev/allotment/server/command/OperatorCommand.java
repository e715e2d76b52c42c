// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.command;

import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.server.setting.BackupPlace;
import dev.allotment.server.setting.ServerConfiguration;
import dev.allotment.server.setting.StartFailure;
import dev.allotment.spi.backend.Backend;
import java.io.PrintStream;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A command that works on the catalog while nodes run. */
abstract class OperatorCommand implements Task {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorCommand.class);
    private static final long RENEW_SECONDS = 5;

    private @Nullable Saas saas;
    private @Nullable PrintStream out;

    @Override
    public final int run(ServerConfiguration configuration, Backend backend, PrintStream output) throws StartFailure {
        try (BackupPlace backups = configuration.backups();
                Saas attached = attach(configuration, backend, backups)) {
            saas = attached;
            out = output;
            return run(configuration);
        } catch (SaasException e) {
            throw StartFailure.of(e, configuration.storage());
        }
    }

    /** Does it, and returns the exit code. */
    abstract int run(ServerConfiguration configuration);

    /** The control plane, while the command runs. */
    final Saas saas() {
        return Objects.requireNonNull(saas);
    }

    /** Where the command prints to, while it runs. */
    final PrintStream out() {
        return Objects.requireNonNull(out);
    }

    private static Saas attach(ServerConfiguration configuration, Backend backend, BackupPlace backups) {
        SaasBuilder builder = Saas.builder()
                .backend(backend)
                .mainDatabase(configuration.mainDatabase())
                .passwordIterations(configuration.passwordIterations());
        if (configuration.secretKeys() != null) {
            builder.secretKeys(configuration.secretKeys());
        }
        backups.applyTo(builder);
        if (configuration.addons() != null) {
            builder.addons(configuration.addons());
        }
        return builder.attach();
    }

    /** Runs operations, and renews their leases meanwhile. */
    final int withLeases(IntSupplier work) {
        ScheduledExecutorService leases = Executors.newSingleThreadScheduledExecutor();
        try {
            var unused = leases.scheduleWithFixedDelay(
                    () -> renewLeases(saas()), RENEW_SECONDS, RENEW_SECONDS, TimeUnit.SECONDS);
            return work.getAsInt();
        } finally {
            leases.shutdownNow();
        }
    }

    /** Renews the leases of the operations. A failure must not end the renewal: the next attempt may succeed. */
    private static void renewLeases(Saas saas) {
        try {
            saas.maintenance().renewLeases();
        } catch (RuntimeException e) {
            LOG.warn("Renewing the leases of the operations failed and will be retried", e);
        }
    }
}
