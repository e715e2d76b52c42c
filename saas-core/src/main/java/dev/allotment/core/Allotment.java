// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.Server;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.hook.AddonSource;
import dev.allotment.hook.DomainVerifier;
import dev.allotment.hook.Fix;
import dev.allotment.hook.Neutraliser;
import dev.allotment.hook.PreDeletionBackup;
import dev.allotment.hook.SaasListener;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

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
        private static final int MIN_ROUNDS = 1;
        private static final Duration MAX_RETENTION = Duration.ofDays(36_500);
        private static final String MAIN_DATABASE = "allotment.main_database";

        private @Nullable String backendName;
        private Map<String, String> backendSettings = Map.of();
        private @Nullable Backend backend;
        private String mainDatabase = "portal.localhost";
        private String baseUrl = "http://portal.localhost:8069";
        private @Nullable String baseDomain;
        private String administratorLogin = "admin";
        private @Nullable String administratorPassword;
        private @Nullable String masterPassword;
        private @Nullable String node;
        private Clock clock = Clock.systemUTC();
        private SecureRandom random = new SecureRandom();
        private LongSupplier ticker = System::nanoTime;
        private int passwordIterations = 210_000;
        private int secretKeyRounds = Vault.ROUNDS;
        private int failuresPerLogin = 10;
        private int failuresPerClientAddress = 100;
        private int signUpsPerClientAddress = 20;
        private Duration nameRetention = Duration.ofDays(30);
        private final List<AddonSource> addonSources = new ArrayList<>();
        private final Map<String, Fix> fixes = new HashMap<>();
        private final List<SaasListener> listeners = new ArrayList<>();
        private @Nullable Executor executor;
        private final List<Neutraliser> neutralisers = new ArrayList<>();
        private @Nullable PreDeletionBackup preDeletionBackup;
        private @Nullable DomainVerifier domainVerifier;
        private final List<BackendProvider> providers = new ArrayList<>();
        private @Nullable String secretKey;
        private int crowdedServer = 2000;
        private int fullServer = 4000;

        /** For ServiceLoader. */
        public Builder() {}

        /** The backend of that name on the class path, with its settings; closed with the control plane. */
        @Override
        public Builder backend(String name, Map<String, String> settings) {
            backendName = name;
            backendSettings = Map.copyOf(settings);
            backend = null;
            return this;
        }

        /** A backend that the host opened; it stays open when the control plane is closed. */
        @Override
        public Builder backend(Backend opened) {
            backend = opened;
            return this;
        }

        /** The name of the main database; default {@code portal.localhost}. A catalog keeps the one it was made with. */
        @Override
        public Builder mainDatabase(String name) {
            mainDatabase = name;
            return this;
        }

        /** Where the main database is reached; kept by the first start, then a parameter ({@code web.base.url}). */
        @Override
        public Builder baseUrl(String url) {
            baseUrl = url;
            return this;
        }

        /**
         * Appended to database names without a dot; kept by the first start, then a parameter ({@code
         * saas_portal.base_saas_domain}). Default: the host of the base URL.
         */
        @Override
        public Builder baseDomain(String domain) {
            baseDomain = domain;
            return this;
        }

        /** The first administrator, made by the first start. Without this it is {@code admin}, and has no password. */
        @Override
        public Builder administrator(String login, String password) {
            administratorLogin = login;
            administratorPassword = password;
            return this;
        }

        /** Guards making and dropping of databases outside of plans; default: none, and that is switched off. */
        @Override
        public Builder masterPassword(String password) {
            masterPassword = password;
            return this;
        }

        /**
         * Names this process among those that share the catalog. A process that starts under the name of one that died
         * takes over its operations at once; under another name, after 20 seconds. Default: a random name.
         */
        @Override
        public Builder node(String name) {
            node = name;
            return this;
        }

        @Override
        public Builder clock(Clock newClock) {
            clock = newClock;
            return this;
        }

        /** Where all secrets and identities come from. */
        @Override
        public Builder random(SecureRandom newRandom) {
            random = newRandom;
            return this;
        }

        /** Nanoseconds from any origin that only grow; default {@link System#nanoTime}. For tests. */
        @Override
        public Builder ticker(LongSupplier newTicker) {
            ticker = newTicker;
            return this;
        }

        /** Adds a source of add-ons to those found with ServiceLoader and on the class path. */
        @Override
        public Builder addons(AddonSource source) {
            addonSources.add(source);
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
            fixes.put(name, fix);
            return this;
        }

        /**
         * Adds a listener to those found with ServiceLoader. Only {@link Saas#maintenance} tells them. To be the same on every
         * node, since each keeps events for those that it has.
         */
        @Override
        public Builder listener(SaasListener listener) {
            listeners.add(listener);
            return this;
        }

        /**
         * Runs what {@link Saas#later} begins, and while the control plane is being opened renews the leases of what a dead
         * process left; stays the host's. Without one, the maintenance does the former, and nobody the latter: what takes
         * longer than 20 seconds then may be done by another node at the same time.
         */
        @Override
        public Builder executor(Executor newExecutor) {
            executor = newExecutor;
            return this;
        }

        /** Makes copies of client databases harmless before they are opened, after those that were added before. */
        @Override
        public Builder neutraliser(Neutraliser neutraliser) {
            neutralisers.add(neutraliser);
            return this;
        }

        /** Called before a client database is removed for good, and must succeed for that; default: none. */
        @Override
        public Builder preDeletionBackup(PreDeletionBackup backup) {
            preDeletionBackup = backup;
            return this;
        }

        /** Adds a backend that servers may name to those found with ServiceLoader, and before them. */
        @Override
        public Builder provider(BackendProvider provider) {
            providers.add(provider);
            return this;
        }

        /**
         * Finds out whether a customer may have a host that is to be added to its client database; default: none, and only
         * administrators add hosts.
         */
        @Override
        public Builder domainVerifier(DomainVerifier verifier) {
            domainVerifier = verifier;
            return this;
        }

        /**
         * What the passwords of database servers are stored under, 16 characters at least; the same on every node, and not
         * kept with the catalog. Default: none, and a server with a password is refused.
         */
        @Override
        public Builder secretKey(String key) {
            secretKey = key;
            return this;
        }

        /** For tests, of which each would take longer to make a key than for all the rest. */
        Builder secretKeyRounds(int rounds) {
            secretKeyRounds = rounds;
            return this;
        }

        /**
         * From how many databases on a server the log warns, and how many it takes at most; defaults: 2,000 and 4,000.
         * Templates and spares count.
         */
        @Override
        public Builder databasesPerServer(int crowded, int most) {
            crowdedServer = crowded;
            fullServer = most;
            return this;
        }

        /** Rounds of PBKDF2 for new passwords; default 210,000. Stored passwords get them at the next log-in. */
        @Override
        public Builder passwordIterations(int rounds) {
            passwordIterations = rounds;
            return this;
        }

        /**
         * How many failed log-ins a minute are let through before even right passwords are refused for a while; 0: any
         * number. Defaults: 10 for a login, 100 for a client address. Of the master password as many as for a login from each client address, and as
         * many as for a client address altogether.
         */
        @Override
        public Builder failedSignIns(int perLogin, int perClientAddress) {
            failuresPerLogin = perLogin;
            failuresPerClientAddress = perClientAddress;
            return this;
        }

        /**
         * How many times an hour strangers at one client address may ask for an account before they are refused for a while; 0: any
         * number. Default: 20.
         */
        @Override
        public Builder signUps(int perClientAddress) {
            signUpsPerClientAddress = perClientAddress;
            return this;
        }

        /** How long the name of a deleted client database, or the old one of a renamed, stays taken; default 30 days. */
        @Override
        public Builder nameRetention(Duration duration) {
            nameRetention = duration;
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
            check();
            AddonRegistry addons = new AddonRegistry(addonSources());
            Backend given = backend;
            Backend used = given == null ? find() : given;
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
            Secrets secrets = new Secrets(random);
            Passwords passwords = new Passwords(passwordIterations, random);
            Throttle throttle = new Throttle(ticker, Duration.ofMinutes(1));
            ControlPlane plane = new ControlPlane(
                    used,
                    clock,
                    secrets,
                    passwords,
                    authenticator(passwords, secrets, throttle),
                    authenticator(passwords, secrets, throttle),
                    masterAuthenticator(passwords, secrets),
                    new SignUpLimit(new Throttle(ticker, Duration.ofHours(1)), signUpsPerClientAddress),
                    addons,
                    fixes,
                    mainDatabase,
                    node == null ? secrets.uuid().toString() : node,
                    nameRetention,
                    listeners(),
                    ticker,
                    executor,
                    new Providers(providers),
                    new Vault(secretKey, secretKeyRounds, random),
                    crowdedServer,
                    fullServer,
                    new Hooks(preDeletionBackup, domainVerifier, neutralisers));
            used.catalog().migrate();
            begin(plane);
            plane.installation();
            plane.sagas.recoverAtStart();
            AtomicBoolean closed = new AtomicBoolean();
            return new SaasView(plane, Actor.HOST, new MasterPassword(plane, masterPassword), () -> {
                if (closed.compareAndSet(false, true)) {
                    plane.fleet.close();
                    if (owned) {
                        used.close();
                    }
                }
            });
        }

        private <U> Authenticator<U> authenticator(Passwords passwords, Secrets secrets, Throttle throttle) {
            return new Authenticator<>(
                    passwords, secrets, throttle, failuresPerLogin, failuresPerClientAddress, ticker);
        }

        /**
         * All guess at the one master password, so that a limit for it as for a login would let any stranger keep the operator
         * out: that is the limit of each client address, and all together have the one that elsewhere a client address has.
         */
        private Authenticator<String> masterAuthenticator(Passwords passwords, Secrets secrets) {
            return new Authenticator<>(
                    passwords,
                    secrets,
                    new Throttle(ticker, Duration.ofMinutes(1)),
                    failuresPerClientAddress,
                    failuresPerLogin,
                    ticker);
        }

        private void check() {
            Map<String, String> problems = new TreeMap<>();
            if (backend == null && backendName == null) {
                problems.put("backend", "none is named");
            }
            problem(problems, "mainDatabase", () -> Texts.databaseName(mainDatabase, Set.of()));
            problem(problems, "baseUrl", () -> MainParameters.checkUrl(baseUrl));
            if (baseDomain != null && !Texts.isHost(baseDomain)) {
                problems.put("baseDomain", "a domain such as example.com; found " + Texts.describe(baseDomain));
            }
            if (baseDomain == null && !problems.containsKey("baseUrl") && !Texts.isHost(hostOfBaseUrl())) {
                problems.put("baseDomain", "is missing; the host of the base URL is not a name that could end others");
            }
            problem(problems, "administrator", () -> {
                if (Set.of(AccountUseCases.SYSTEM, Actor.HOST_LOGIN).contains(Texts.login(administratorLogin))) {
                    throw SaasException.invalid(ErrorCodes.ACCOUNT_INVALID, "The system or its host is called so");
                }
                Passwords.check(administratorPassword);
            });
            problem(problems, "masterPassword", () -> Passwords.check(masterPassword));
            if (node != null && (node.isBlank() || node.length() > Texts.MAX_NAME || Texts.hasControl(node))) {
                problems.put("node", "1 to " + Texts.MAX_NAME + " printable characters, found " + Texts.describe(node));
            }
            if (secretKey != null && secretKey.length() < Vault.SHORTEST_KEY) {
                problems.put("secretKey", Vault.SHORTEST_KEY + " characters at least, found " + secretKey.length());
            }
            if (crowdedServer < 1 || fullServer < crowdedServer) {
                problems.put(
                        "databasesPerServer",
                        "two numbers from 1 on, the second not below the first; found " + crowdedServer + " and "
                                + fullServer);
            }
            if (passwordIterations < MIN_ROUNDS) {
                problems.put("passwordIterations", "1 at least, found " + passwordIterations);
            }
            if (failuresPerLogin < 0 || failuresPerClientAddress < 0) {
                problems.put(
                        "failedSignIns",
                        "not negative, found " + failuresPerLogin + " and " + failuresPerClientAddress);
            }
            if (signUpsPerClientAddress < 0) {
                problems.put("signUps", "not negative, found " + signUpsPerClientAddress);
            }
            if (nameRetention.isNegative() || nameRetention.compareTo(MAX_RETENTION) > 0) {
                problems.put("nameRetention", "0 to " + MAX_RETENTION.toDays() + " days, found " + nameRetention);
            }
            if (!problems.isEmpty()) {
                List<String> lines = new ArrayList<>();
                problems.forEach((key, what) -> lines.add(key + ": " + what));
                throw SaasException.invalid(
                        ErrorCodes.SETTING_INVALID,
                        "Wrong settings of the control plane:\n  " + String.join("\n  ", lines));
            }
        }

        private String hostOfBaseUrl() {
            return URI.create(MainParameters.checkUrl(baseUrl)).getHost().toLowerCase(Locale.ROOT);
        }

        private static void problem(Map<String, String> problems, String key, Runnable rule) {
            try {
                rule.run();
            } catch (SaasException e) {
                problems.put(key, String.valueOf(e.getMessage()));
            }
        }

        private Backend find() {
            return new Providers(providers).get(backendName).open(Settings.of(backendSettings));
        }

        private List<AddonSource> addonSources() {
            List<AddonSource> sources = new ArrayList<>();
            ClassLoader loader = Thread.currentThread().getContextClassLoader();
            sources.add(AddonFolders.on(loader == null ? Allotment.class.getClassLoader() : loader));
            sources.addAll(found(ServiceLoader.load(AddonSource.class), "A source of add-ons"));
            sources.addAll(addonSources);
            return sources;
        }

        private List<SaasListener> listeners() {
            List<SaasListener> all = new ArrayList<>(found(ServiceLoader.load(SaasListener.class), "A listener"));
            all.addAll(listeners);
            Set<String> names = new HashSet<>();
            for (SaasListener each : all) {
                String name = Texts.name(each.name(), ErrorCodes.SETTING_INVALID, "A listener");
                if (!names.add(name)) {
                    throw SaasException.invalid(
                            ErrorCodes.SETTING_INVALID,
                            "There are two listeners " + Texts.describe(name)
                                    + "; what is still to be told is kept by name.");
                }
            }
            return all;
        }

        /** What is on the class path is meant to be used, so one that cannot be loaded is a mistake to be told. */
        private static <S> List<S> found(ServiceLoader<S> loader, String what) {
            List<S> services = new ArrayList<>();
            try {
                loader.forEach(services::add);
            } catch (ServiceConfigurationError e) {
                throw SaasException.invalid(
                        ErrorCodes.SETTING_INVALID, what + " on the class path cannot be loaded: " + e.getMessage());
            }
            return services;
        }

        /** What a first start makes. Two nodes that begin at once collide at a unique key, and the second finds it made. */
        private void begin(ControlPlane plane) {
            String password = administratorPassword;
            boolean fresh =
                    plane.catalog.transact(tx -> tx.records(RecordTypes.USERS).count(Filter.all())) == 0;
            String hash = fresh && password != null ? plane.passwords.hash(password) : null;
            try {
                plane.catalog.transact(tx -> {
                    if (tx.records(RecordTypes.USERS).count(Filter.all()) == 0) {
                        fill(tx, plane, hash);
                    }
                    return null;
                });
            } catch (SaasException e) {
                boolean othersWereFirst =
                        e.code().equals(ErrorCodes.RECORD_DUPLICATE) || e.code().equals(ErrorCodes.ACCOUNT_LOGIN_TAKEN);
                if (!othersWereFirst) {
                    throw e;
                }
            }
            requireSameMainDatabase(plane);
        }

        private void fill(Transaction tx, ControlPlane plane, @Nullable String administratorHash) {
            Instant now = plane.now();
            User system = user(AccountUseCases.SYSTEM, "System", false, now);
            AccountUseCases.insert(tx, system, null);
            AccountUseCases.insert(
                    tx, user(Texts.login(administratorLogin), "Administrator", true, now), administratorHash);
            String url = MainParameters.checkUrl(baseUrl);
            String host = hostOfBaseUrl();
            MemberRows.setParameter(tx, Parameter.BASE_URL, url, false);
            MemberRows.setParameter(tx, Parameter.BASE_DOMAIN, baseDomain == null ? host : baseDomain, false);
            MemberRows.setParameter(
                    tx, Parameter.DATABASE_UUID, plane.secrets.uuid().toString(), false);
            MemberRows.setParameter(tx, MAIN_DATABASE, mainDatabase, true);
            MemberRows.setParameter(tx, Parameter.NOTIFY_IN_ADVANCE, "2", false);
            MainParameters.set(tx, Parameter.ALLOW_UNINVITED, "True");
            tx.records(RecordTypes.SERVERS)
                    .insert(Server.builder(Server.DEFAULT_NAME).host(host).createdAt(now).build());
        }

        private static User user(String login, String name, boolean active, Instant now) {
            return new User(
                    new UserId(0),
                    login,
                    name,
                    null,
                    Role.ADMINISTRATOR,
                    active,
                    new CustomerId(0),
                    "en_US",
                    "UTC",
                    now,
                    null);
        }

        /** Clients know the main database by its name, so a catalog that was made with another one is not this one's. */
        private void requireSameMainDatabase(ControlPlane plane) {
            String stored = plane.catalog
                    .transact(tx -> MainParameters.value(tx, MAIN_DATABASE))
                    .orElse(mainDatabase);
            if (!stored.equals(mainDatabase)) {
                throw SaasException.invalid(
                        ErrorCodes.SETTING_INVALID,
                        "Wrong settings of the control plane:\n  mainDatabase: this catalog was made with \"" + stored
                                + "\", found \"" + mainDatabase + "\"");
            }
        }
    }
}
