// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.core.internal.addon.AddonFolders;
import dev.allotment.core.internal.addon.AddonRegistry;
import dev.allotment.core.internal.authentication.SignInLimits;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.hook.AddonSource;
import dev.allotment.hook.DomainVerifier;
import dev.allotment.hook.Fix;
import dev.allotment.hook.Neutraliser;
import dev.allotment.hook.PreDeletionBackup;
import dev.allotment.hook.SaasListener;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Opens a control plane.
 *
 * <pre>{@code
 * try (Saas saas = Allotment.builder().backend("h2", Map.of("path", "./data")).open()) {
 *     User owner = saas.accounts().signUp(SignUp.builder("client@example.com", "Client Name", password).build());
 * }
 * }</pre>
 */
public final class Allotment {
    private Allotment() {}

    public static Builder builder() {
        return new Builder();
    }

    /** Collects the settings; not safe for use by several threads. Every setting but the backend has a default. */
    public static final class Builder implements SaasBuilder {
        private final CoreSettings settings = new CoreSettings();

        /** For ServiceLoader. */
        public Builder() {}

        /** The backend of that name on the class path, with its settings; closed with the control plane. */
        @Override
        public Builder backend(String name, Map<String, String> backendSettings) {
            settings.backendName = name;
            settings.backendSettings = Map.copyOf(backendSettings);
            settings.backend = null;
            return this;
        }

        /** A backend that the host opened; it stays open when the control plane is closed. */
        @Override
        public Builder backend(Backend opened) {
            settings.backend = opened;
            return this;
        }

        /** The name of the main database; default {@code portal.localhost}. A catalog keeps the one it was made with. */
        @Override
        public Builder mainDatabase(String name) {
            settings.mainDatabase = name;
            return this;
        }

        /** Where the main database is reached; kept by the first start, then a parameter ({@code web.base.url}). */
        @Override
        public Builder baseUrl(String url) {
            settings.baseUrl = url;
            return this;
        }

        /**
         * Appended to database names without a dot; kept by the first start, then a parameter ({@code
         * saas_portal.base_saas_domain}). Default: the host of the base URL.
         */
        @Override
        public Builder baseDomain(String domain) {
            settings.baseDomain = domain;
            return this;
        }

        /** The first administrator, made by the first start. Without this it is {@code admin}, and has no password. */
        @Override
        public Builder administrator(String login, String password) {
            settings.administratorLogin = login;
            settings.administratorPassword = password;
            return this;
        }

        /** Guards making and dropping of databases outside of plans; default: none, and that is switched off. */
        @Override
        public Builder masterPassword(String password) {
            settings.masterPassword = password;
            return this;
        }

        /**
         * Names this process among those that share the catalog. A process that starts under the name of one that died
         * takes over its operations at once; under another name, after 20 seconds. Default: a random name.
         */
        @Override
        public Builder node(String name) {
            settings.node = name;
            return this;
        }

        @Override
        public Builder clock(Clock newClock) {
            settings.clock = newClock;
            return this;
        }

        /** Where all secrets and identities come from. */
        @Override
        public Builder random(SecureRandom newRandom) {
            settings.random = newRandom;
            return this;
        }

        /** Nanoseconds from any origin that only grow; default {@link System#nanoTime}. For tests. */
        @Override
        public Builder ticker(LongSupplier newTicker) {
            settings.ticker = newTicker;
            return this;
        }

        /** Adds a source of add-ons to those found with ServiceLoader and on the class path. */
        @Override
        public Builder addons(AddonSource source) {
            settings.addonSources.add(source);
            return this;
        }

        /** Adds a folder whose folders are add-ons. */
        @Override
        public Builder addons(Path folder) {
            return addons(AddonFolders.in(folder));
        }

        /** Registers a repair that a configuration may name. */
        @Override
        public Builder fix(String name, Fix fix) {
            settings.fixes.put(name, fix);
            return this;
        }

        /**
         * Adds a listener to those found with ServiceLoader. Only {@link Saas#maintenance} tells them. To be the same on every
         * node, since each keeps events for those that it has.
         */
        @Override
        public Builder listener(SaasListener listener) {
            settings.listeners.add(listener);
            return this;
        }

        /**
         * Runs what {@link Saas#later} begins, and while the control plane is being opened renews the leases of what a dead
         * process left; stays the host's. Without one, the maintenance does the former, and nobody the latter: what takes
         * longer than 20 seconds then may be done by another node at the same time.
         */
        @Override
        public Builder executor(Executor newExecutor) {
            settings.executor = newExecutor;
            return this;
        }

        /** Makes copies of client databases harmless before they are opened, after those that were added before. */
        @Override
        public Builder neutraliser(Neutraliser neutraliser) {
            settings.neutralisers.add(neutraliser);
            return this;
        }

        /** Called before a client database is removed for good, and must succeed for that; default: none. */
        @Override
        public Builder preDeletionBackup(PreDeletionBackup backup) {
            settings.preDeletionBackup = backup;
            return this;
        }

        /** Adds a backend that servers may name to those found with ServiceLoader, and before them. */
        @Override
        public Builder provider(BackendProvider provider) {
            settings.providers.add(provider);
            return this;
        }

        /**
         * Finds out whether a customer may have a host that is to be added to its client database; default: none, and only
         * administrators add hosts.
         */
        @Override
        public Builder domainVerifier(DomainVerifier verifier) {
            settings.domainVerifier = verifier;
            return this;
        }

        /**
         * What the passwords of database servers are stored under, 16 characters at least; the same on every node, and not
         * kept with the catalog. Default: none, and a server with a password is refused.
         */
        @Override
        public Builder secretKey(String key) {
            settings.secretKey = key;
            return this;
        }

        /** For tests, of which each would take longer to make a key than for all the rest. */
        Builder secretKeyRounds(int rounds) {
            settings.secretKeyRounds = rounds;
            return this;
        }

        /**
         * From how many databases on a server the log warns, and how many it takes at most; defaults: 2,000 and 4,000.
         * Templates and spares count.
         */
        @Override
        public Builder databasesPerServer(int crowded, int most) {
            settings.crowdedServer = crowded;
            settings.fullServer = most;
            return this;
        }

        /** Rounds of PBKDF2 for new passwords; default 210,000. Stored passwords get them at the next log-in. */
        @Override
        public Builder passwordIterations(int rounds) {
            settings.passwordIterations = rounds;
            return this;
        }

        /**
         * How many failed log-ins a minute are let through before even right passwords are refused for a while; 0: any
         * number. Defaults: 10 for a login, 100 for a client address. Of the master password as many as for a login from each client address, and as
         * many as for a client address altogether.
         */
        @Override
        public Builder failedSignIns(int perLogin, int perClientAddress) {
            settings.signInLimits = new SignInLimits(perLogin, perClientAddress);
            return this;
        }

        /**
         * How many times an hour strangers at one client address may ask for an account before they are refused for a while; 0: any
         * number. Default: 20.
         */
        @Override
        public Builder signUps(int perClientAddress) {
            settings.signUpsPerClientAddress = perClientAddress;
            return this;
        }

        /** How long the name of a deleted client database, or the old one of a renamed, stays taken; default 30 days. */
        @Override
        public Builder nameRetention(Duration duration) {
            settings.nameRetention = duration;
            return this;
        }

        /**
         * Opens the control plane: brings the catalog's schema up to date, makes what a first start makes, and finishes or
         * undoes what a dead process left.
         *
         * @throws SaasException {@code setting.invalid} naming all that is wrong, {@code backend.unknown}, {@code
         *     backend.unavailable}, {@code backend.in-use}, {@code backend.schema}, {@code addon.invalid}
         */
        @Override
        public Saas open() {
            settings.check();
            AddonRegistry addons = new AddonRegistry(settings.addonSources());
            Backend given = settings.backend;
            Backend used = given == null ? settings.findBackend() : given;
            try {
                return open(used, addons, given == null);
            } catch (RuntimeException e) {
                if (given == null) {
                    used.close();
                }
                throw e;
            }
        }

        private Saas open(Backend used, AddonRegistry addons, boolean owned) {
            CoreWiring core = new CoreWiring(settings, used, addons);
            used.catalog().migrate();
            new FirstStart(settings, core.context, core.passwords).run();
            core.installationId.get();
            core.operationRecovery.recoverAtStart();
            AtomicBoolean closed = new AtomicBoolean();
            return new SaasView(core, Actor.HOST, () -> {
                if (closed.compareAndSet(false, true)) {
                    core.serverRegistry.close();
                    if (owned) {
                        used.close();
                    }
                }
            });
        }
    }
}
