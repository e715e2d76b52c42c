// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ErrorCodes;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.core.internal.addon.AddonFolders;
import dev.allotment.core.internal.addon.AddonRegistry;
import dev.allotment.core.internal.authentication.SignInLimits;
import dev.allotment.core.internal.backup.FolderBackupStore;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.hook.AddonSource;
import dev.allotment.hook.DomainVerifier;
import dev.allotment.hook.Fix;
import dev.allotment.hook.Neutraliser;
import dev.allotment.hook.PasswordPolicy;
import dev.allotment.hook.PreDeletionBackup;
import dev.allotment.hook.SaasListener;
import dev.allotment.hook.TenantAction;
import dev.allotment.hook.TenantFiles;
import dev.allotment.hook.TenantSchema;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backup.BackupStore;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The builder of control planes that {@link dev.allotment.Saas#builder()} finds with ServiceLoader.
 *
 * <pre>{@code
 * try (Saas saas = Allotment.builder().backend("h2", Map.of("path", "./data")).open()) {
 *     User owner = saas.accounts().signUp(SignUp.builder("client@example.com", "Client Name", password).build());
 * }
 * }</pre>
 */
public final class Allotment {
    private static final Logger LOG = System.getLogger("dev.allotment");

    private Allotment() {}

    /** Returns a builder with every setting at its default. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the settings; not safe for use by several threads. Every setting but the backend has a default. */
    public static final class Builder implements SaasBuilder {
        private final CoreSettings settings = new CoreSettings();

        /** For ServiceLoader. */
        public Builder() {}

        /** Refuses null at once, because the cause of a null that is noticed later is hard to find. */
        private static <T> T required(T value, String parameter) {
            return Objects.requireNonNull(value, parameter);
        }

        @Override
        public Builder backend(String name, Map<String, String> backendSettings) {
            settings.backendName = required(name, "name");
            settings.backendSettings = Map.copyOf(required(backendSettings, "backendSettings"));
            settings.backend = null;
            return this;
        }

        @Override
        public Builder backend(Backend opened) {
            settings.backend = required(opened, "opened");
            return this;
        }

        @Override
        public Builder mainDatabase(String name) {
            settings.mainDatabase = name;
            return this;
        }

        @Override
        public Builder baseUrl(String url) {
            settings.baseUrl = url;
            return this;
        }

        @Override
        public Builder baseDomain(String domain) {
            settings.baseDomain = domain;
            return this;
        }

        @Override
        public Builder administrator(String login, String password) {
            settings.administratorLogin = login;
            settings.administratorPassword = password;
            return this;
        }

        @Override
        public Builder masterPassword(String password) {
            settings.masterPassword = password;
            return this;
        }

        @Override
        public Builder node(String name) {
            settings.node = name;
            return this;
        }

        @Override
        public Builder clock(Clock newClock) {
            settings.clock = required(newClock, "clock");
            return this;
        }

        @Override
        public Builder random(SecureRandom newRandom) {
            settings.random = required(newRandom, "random");
            return this;
        }

        @Override
        public Builder ticker(LongSupplier newTicker) {
            settings.ticker = required(newTicker, "ticker");
            return this;
        }

        @Override
        public Builder addons(AddonSource source) {
            settings.addonSources.add(required(source, "source"));
            return this;
        }

        @Override
        public Builder addons(Path folder) {
            return addons(AddonFolders.in(required(folder, "folder")));
        }

        @Override
        public Builder fix(String name, Fix fix) {
            settings.fixes.put(required(name, "name"), required(fix, "fix"));
            return this;
        }

        @Override
        public Builder listener(SaasListener listener) {
            settings.listeners.add(required(listener, "listener"));
            return this;
        }

        @Override
        public Builder executor(Executor newExecutor) {
            settings.executor = required(newExecutor, "executor");
            return this;
        }

        @Override
        public Builder neutraliser(Neutraliser neutraliser) {
            settings.neutralisers.add(required(neutraliser, "neutraliser"));
            return this;
        }

        @Override
        public Builder tenantAction(String name, TenantAction action) {
            settings.tenantActions.put(required(name, "name"), required(action, "action"));
            return this;
        }

        @Override
        public Builder tenantSchema(TenantSchema schema) {
            settings.tenantSchema = required(schema, "schema");
            return this;
        }

        @Override
        public Builder tenantFiles(TenantFiles files) {
            settings.tenantFiles = required(files, "files");
            return this;
        }

        @Override
        public Builder preDeletionBackup(PreDeletionBackup backup) {
            settings.preDeletionBackup = required(backup, "backup");
            return this;
        }

        @Override
        public Builder backupStore(BackupStore store) {
            settings.backupStore = required(store, "store");
            return this;
        }

        @Override
        public Builder backupFolder(Path folder) {
            return backupStore(new FolderBackupStore(required(folder, "folder")));
        }

        @Override
        public Builder keptBackups(int newest) {
            settings.keptBackups = newest;
            return this;
        }

        @Override
        public Builder backupDrills(Duration within) {
            settings.backupDrillsWithin = within;
            return this;
        }

        @Override
        public Builder backupBeforeChanges(boolean wanted) {
            settings.backupBeforeChanges = wanted;
            return this;
        }

        @Override
        public Builder provider(BackendProvider provider) {
            settings.providers.add(required(provider, "provider"));
            return this;
        }

        @Override
        public Builder domainVerifier(DomainVerifier verifier) {
            settings.domainVerifier = required(verifier, "verifier");
            return this;
        }

        @Override
        public Builder passwordPolicy(PasswordPolicy policy) {
            settings.passwordPolicy = required(policy, "policy");
            return this;
        }

        @Override
        public Builder secretKey(String key) {
            String given = required(key, "key");
            return secretKeys(() -> List.of(given));
        }

        @Override
        public Builder secretKeys(Supplier<List<String>> keys) {
            settings.secretKeys = required(keys, "keys");
            return this;
        }

        /** For tests: each would spend more time on a key than on everything else. */
        Builder secretKeyIterations(int iterations) {
            settings.secretKeyIterations = iterations;
            return this;
        }

        @Override
        public Builder databasesPerServer(int warnAt, int max) {
            settings.serverWarnAt = warnAt;
            settings.serverMax = max;
            return this;
        }

        @Override
        public Builder passwordIterations(int iterations) {
            settings.passwordIterations = iterations;
            return this;
        }

        @Override
        public Builder failedSignIns(int perLogin, int perClientAddress) {
            settings.signInLimits = new SignInLimits(perLogin, perClientAddress);
            return this;
        }

        @Override
        public Builder signUps(int perClientAddress) {
            settings.signUpsPerClientAddress = perClientAddress;
            return this;
        }

        @Override
        public Builder nameRetention(Duration duration) {
            settings.nameRetention = duration;
            return this;
        }

        @Override
        public Saas open() {
            return open(this::start);
        }

        @Override
        public Saas attach() {
            return open(this::join);
        }

        private Saas open(BiConsumer<Backend, CoreWiring> first) {
            settings.check();
            AddonRegistry addons = new AddonRegistry(settings.addonSources());
            Backend given = settings.backend;
            Backend used = given == null ? settings.findBackend() : given;
            try {
                CoreWiring core = new CoreWiring(settings, used, addons);
                first.accept(used, core);
                return view(used, core, given == null);
            } catch (RuntimeException e) {
                if (given == null) {
                    used.close();
                }
                throw e;
            }
        }

        private void start(Backend used, CoreWiring core) {
            used.catalog().migrate();
            core.nodeReports.start();
            new FirstStart(settings, core.context, core.passwords).run();
            core.installationId.get();
            core.catalogGuard.start(true);
            core.serverRegistry.askForOtherCatalogs(true);
            if (core.catalogGuard.isCopy()) {
                core.restoredCatalog.lookWhenDecided();
                LOG.log(
                        Level.WARNING,
                        "This catalog is a copy, so nothing is changed with it: the maintenance does nothing, and changes"
                                + " are refused. An operator decides what it is with \"saas catalog\"");
            } else {
                core.restoredCatalog.lookAtStart();
                core.operationRecovery.recoverAtStart();
            }
        }

        private void join(Backend used, CoreWiring core) {
            if (!used.catalog().isMigrated()) {
                throw SaasException.conflict(
                        ErrorCodes.BACKEND_SCHEMA,
                        "The catalog is empty, or was last used by an older build. Start a node of this build first,"
                                + " which creates or migrates the catalog.");
            }
            new FirstStart(settings, core.context, core.passwords).requireSameMainDatabase();
            core.installationId.get();
            core.catalogGuard.start(false);
            core.serverRegistry.askForOtherCatalogs(false);
        }

        private static Saas view(Backend used, CoreWiring core, boolean owned) {
            AtomicBoolean closed = new AtomicBoolean();
            return new SaasView(core, Actor.HOST, () -> {
                if (closed.compareAndSet(false, true)) {
                    core.nodeReports.stop();
                    core.serverRegistry.close();
                    if (owned) {
                        used.close();
                    }
                }
            });
        }
    }
}
