// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import dev.allotment.backup.Backups;
import dev.allotment.brand.Brand;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.Maintenance;
import dev.allotment.fleet.Servers;
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
import dev.allotment.hook.TxtRecords;
import dev.allotment.hook.WorkObserver;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backup.BackupStore;
import dev.allotment.spi.core.SaasProvider;
import dev.allotment.spi.core.SaasSettings;
import dev.allotment.webhook.WebhookTargets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Collects the settings of a control plane and opens it. {@link Saas#builder} returns one.
 *
 * <p>Every setting but the backend has a default. A method that is called again replaces what was set before, unless
 * it says that it adds. Not safe for use by several threads.
 */
public final class SaasBuilder {
    private final SaasProvider core;

    private @Nullable String backendName;
    private Map<String, String> backendSettings = Map.of();
    private @Nullable Backend backend;
    private final List<BackendProvider> providers = new ArrayList<>();

    private String mainDatabase = "portal.localhost";
    private String baseUrl = "http://portal.localhost:8069";
    private @Nullable String baseDomain;
    private String administratorLogin = "admin";
    private @Nullable String administratorPassword;

    private @Nullable String node;
    private Clock clock = Clock.systemUTC();
    private SecureRandom random = new SecureRandom();
    private LongSupplier ticker = System::nanoTime;
    private @Nullable Executor executor;

    private @Nullable String masterPassword;
    private Supplier<List<String>> secretKeys = List::of;
    private int passwordIterations = 210_000;
    private @Nullable PasswordPolicy passwordPolicy;

    private int failedSignInsPerLogin = 10;
    private int failedSignInsPerClientAddress = 100;
    private int signUpsPerClientAddress = 20;
    private int databasesWarnAt = 2000;
    private int databasesMax = 4000;
    private Duration nameRetention = Duration.ofDays(30);

    private @Nullable BackupStore backupStore;
    private @Nullable Path backupFolder;
    private int keptBackups = 7;
    private Duration backupDrillsWithin = Duration.ofDays(30);
    private boolean backupBeforeChanges;

    private final List<AddonSource> addonSources = new ArrayList<>();
    private final List<Path> addonFolders = new ArrayList<>();
    private final Map<String, Fix> fixes = new HashMap<>();
    private final Map<String, TenantAction> tenantActions = new HashMap<>();
    private final List<SaasListener> listeners = new ArrayList<>();
    private final List<WorkObserver> observers = new ArrayList<>();
    private final List<Neutraliser> neutralisers = new ArrayList<>();

    private @Nullable TenantSchema tenantSchema;
    private @Nullable TenantFiles tenantFiles;
    private @Nullable DomainVerifier domainVerifier;
    private @Nullable PreDeletionBackup preDeletionBackup;
    private WebhookTargets webhookTargets = WebhookTargets.publicAddresses();
    private WebhookTargets identityTargets = WebhookTargets.publicAddresses();
    private @Nullable TxtRecords txtRecords;

    private Brand brand = Brand.NONE;
    private String brandStylesheet = "";

    private SaasBuilder(SaasProvider core) {
        this.core = core;
    }

    /** Starts a builder of the core on the class path or the module path: see {@link Saas#builder}. */
    static SaasBuilder ofFoundCore() {
        return of(ServiceLoader.load(SaasProvider.class, SaasProvider.class.getClassLoader())
                .findFirst()
                .or(() -> ServiceLoader.load(SaasProvider.class).findFirst())
                .orElseThrow(() -> new IllegalStateException(
                        "No implementation of dev.allotment.spi.core.SaasProvider was found. Add"
                                + " dev.allotment:saas-core to the class path or the module path.")));
    }

    /** Starts a builder of a given core, for tests of the core. */
    @Internal
    public static SaasBuilder of(SaasProvider core) {
        return new SaasBuilder(core);
    }

    /** Refuses null at once, because the cause of a null that is noticed later is hard to find. */
    private static <T> T required(T value, String parameter) {
        return Objects.requireNonNull(value, parameter);
    }

    /**
     * Sets the backend by name: {@code h2}, {@code postgres}, {@code memory}, or another one on the class path. It is
     * closed with the control plane. There is no default.
     *
     * @param settings see docs/configuration.md for the settings of each backend
     */
    public SaasBuilder backend(String name, Map<String, String> settings) {
        backendName = required(name, "name");
        backendSettings = Map.copyOf(required(settings, "settings"));
        backend = null;
        return this;
    }

    /** Sets a backend that the embedder opened. It stays open when the control plane is closed. */
    public SaasBuilder backend(Backend opened) {
        backend = required(opened, "opened");
        return this;
    }

    /**
     * Sets the name of the main database. Default: {@code portal.localhost}. A catalog keeps the name that it was
     * created with, and refuses another one.
     */
    public SaasBuilder mainDatabase(String name) {
        mainDatabase = name;
        return this;
    }

    /**
     * Sets the URL of the main database. Default: {@code http://portal.localhost:8069}. The first start stores it as
     * the parameter {@link Parameter#BASE_URL}; later starts ignore it.
     */
    public SaasBuilder baseUrl(String url) {
        baseUrl = url;
        return this;
    }

    /**
     * Sets the domain that is appended to database names without a dot. Default: the host of the base URL. The first
     * start stores it as the parameter {@link Parameter#BASE_DOMAIN}; later starts ignore it.
     */
    public SaasBuilder baseDomain(String domain) {
        baseDomain = domain;
        return this;
    }

    /**
     * Sets login and password of the first administrator, whom the first start creates. Default: {@code admin},
     * without a password.
     */
    public SaasBuilder administrator(String login, String password) {
        administratorLogin = login;
        administratorPassword = password;
        return this;
    }

    /**
     * Sets the master password. A caller that knows it gets a view with all rights, see {@link
     * Saas#withMasterPassword}; Odoo's service {@code db} uses this. Default: none, so no password is accepted.
     */
    public SaasBuilder masterPassword(String password) {
        masterPassword = password;
        return this;
    }

    /**
     * Sets the name of this process among those that share the catalog. Default: a random name. A process that starts
     * under the name of a dead one takes over its operations at once; under another name, after 20 seconds.
     */
    public SaasBuilder node(String name) {
        node = name;
        return this;
    }

    /** Sets the clock. Default: the system clock in UTC. */
    public SaasBuilder clock(Clock clock) {
        this.clock = required(clock, "clock");
        return this;
    }

    /** Sets the source of all secrets and identities. Default: a new {@link SecureRandom}. */
    public SaasBuilder random(SecureRandom random) {
        this.random = required(random, "random");
        return this;
    }

    /**
     * Sets the source of elapsed time, for tests: nanoseconds from any origin that never decrease. Default: {@link
     * System#nanoTime}.
     */
    public SaasBuilder ticker(LongSupplier ticker) {
        this.ticker = required(ticker, "ticker");
        return this;
    }

    /** Adds a source of add-ons to those found with ServiceLoader and on the class path. */
    public SaasBuilder addons(AddonSource source) {
        addonSources.add(required(source, "source"));
        return this;
    }

    /** Adds a folder that contains a folder for each add-on. */
    public SaasBuilder addons(Path folder) {
        addonFolders.add(required(folder, "folder"));
        return this;
    }

    /** Adds a fix that configuration changes can name. Default: none. */
    public SaasBuilder fix(String name, Fix fix) {
        fixes.put(required(name, "name"), required(fix, "fix"));
        return this;
    }

    /**
     * Adds a listener to those found with ServiceLoader. Only {@link Saas#maintenance} calls listeners. All nodes
     * must have the same listeners.
     */
    public SaasBuilder listener(SaasListener listener) {
        listeners.add(required(listener, "listener"));
        return this;
    }

    /** Adds an observer of the operations that this process works on, for traces and logs. Default: none. */
    public SaasBuilder observer(WorkObserver observer) {
        observers.add(required(observer, "observer"));
        return this;
    }

    /**
     * Sets where webhooks may be sent to. Default: public addresses only, by {@code https}.
     */
    public SaasBuilder webhookTargets(WebhookTargets targets) {
        webhookTargets = required(targets, "targets");
        return this;
    }

    /**
     * Sets where identity providers may be, for customers and for everyone. Default: public addresses only, by {@code
     * https}.
     */
    public SaasBuilder identityTargets(WebhookTargets targets) {
        identityTargets = required(targets, "targets");
        return this;
    }

    /**
     * Sets what reads the TXT records with which customers prove their mail domains. Default: the one of the
     * module {@code allotment-openid}, which asks the resolver of this computer.
     */
    public SaasBuilder txtRecords(TxtRecords records) {
        txtRecords = required(records, "records");
        return this;
    }

    /**
     * Sets the executor that runs what {@link Saas#async} starts, and operations of dead nodes that may take hours.
     * Default: none, so the maintenance runs them ({@link Maintenance#recover}). While the control plane is being
     * opened, the executor also renews the leases of operations that a dead process left. Without one, an operation
     * that takes longer than 20 seconds then may be run by another node at the same time. The control plane never shuts
     * the executor down.
     */
    public SaasBuilder executor(Executor executor) {
        this.executor = required(executor, "executor");
        return this;
    }

    /** Adds a neutraliser. Neutralisers run in the order in which they were added. Default: none. */
    public SaasBuilder neutraliser(Neutraliser neutraliser) {
        neutralisers.add(required(neutraliser, "neutraliser"));
        return this;
    }

    /** Adds an action on tenants that campaigns can name, see {@link CampaignChange#action}. Default: none. */
    public SaasBuilder tenantAction(String name, TenantAction action) {
        tenantActions.put(required(name, "name"), required(action, "action"));
        return this;
    }

    /** Sets the schema of the embedder's application, to which tenant databases are migrated. Default: none. */
    public SaasBuilder tenantSchema(TenantSchema schema) {
        tenantSchema = required(schema, "schema");
        return this;
    }

    /**
     * Sets the files of the embedder's application that belong to tenants. Backups and exports contain them, and
     * restores and copies bring them along. Register the same on every node. Default: none. Then a backup that contains
     * files is not restored ({@code backup.files-unsupported}).
     */
    public SaasBuilder tenantFiles(TenantFiles files) {
        tenantFiles = required(files, "files");
        return this;
    }

    /** Sets the backup that must succeed before a tenant database is removed for good. Default: none. */
    public SaasBuilder preDeletionBackup(PreDeletionBackup backup) {
        preDeletionBackup = required(backup, "backup");
        return this;
    }

    /**
     * Sets the store of the backups of tenants, which every node uses. It needs {@link #secretKey}. {@link Saas#close}
     * does not close it: a caller that opened it closes it after that. Default: none, so there are no backups.
     */
    public SaasBuilder backupStore(BackupStore store) {
        backupStore = required(store, "store");
        backupFolder = null;
        return this;
    }

    /**
     * Stores the backups of tenants in a folder, which exists already, and which every node can reach under this path.
     * While it is missing, everything that needs it fails with {@code backup.store-failed}. As {@link #backupStore},
     * with the store that this library contains.
     */
    public SaasBuilder backupFolder(Path folder) {
        backupFolder = required(folder, "folder");
        backupStore = null;
        return this;
    }

    /**
     * Sets how many backups of each tenant are kept. When one was made, the oldest ones are deleted. Those that owners
     * made are counted apart from those of administrators, and only when they are 7 days old. Default: 7.
     *
     * @param newest 1 at least
     */
    public SaasBuilder keptBackups(int newest) {
        keptBackups = newest;
        return this;
    }

    /**
     * Sets within which time {@link Maintenance#makeBackups} restores the newest scheduled backup of each tenant as a
     * drill, as {@link Backups#drill} does: one a day at least, and as many as that time requires. Default: 30 days.
     *
     * @param within zero: it does no drills
     */
    public SaasBuilder backupDrills(Duration within) {
        backupDrillsWithin = within;
        return this;
    }

    /**
     * Sets whether a tenant is backed up before a configuration change updates or uninstalls its add-ons, and before
     * its tenant schema is migrated. If that fails, the tenant is not changed. The backup is kept for at least 7 days,
     * and does not count in {@link #keptBackups}. A campaign says itself whether it makes backups. It needs a {@link
     * #backupStore}. Default: false.
     */
    public SaasBuilder backupBeforeChanges(boolean wanted) {
        backupBeforeChanges = wanted;
        return this;
    }

    /** Adds a provider of backends for database servers. Added providers come before those found with ServiceLoader. */
    public SaasBuilder provider(BackendProvider provider) {
        providers.add(required(provider, "provider"));
        return this;
    }

    /**
     * Sets the check whether a customer may use a host for a tenant. Default: none, so only administrators can add
     * hosts.
     */
    public SaasBuilder domainVerifier(DomainVerifier verifier) {
        domainVerifier = required(verifier, "verifier");
        return this;
    }

    /**
     * Sets the policy for passwords that users and administrators choose. Default: none, so every password of 1 to
     * 4,096 characters is accepted, as Odoo's clients expect.
     */
    public SaasBuilder passwordPolicy(PasswordPolicy policy) {
        passwordPolicy = required(policy, "policy");
        return this;
    }

    /**
     * Sets the brand that the portal, the pages of tenants and emails have as long as no administrator has applied
     * another one. Set the same on every node. Default: none.
     */
    public SaasBuilder brand(Brand value) {
        brand = required(value, "value");
        return this;
    }

    /**
     * Sets a stylesheet that the portal and the pages of tenants load last, in addition to the brand that counts. Set
     * the same on every node. Default: none.
     *
     * @param css at most 262,144 characters; it can load files of the page's own origin only
     */
    public SaasBuilder brandStylesheet(String css) {
        brandStylesheet = required(css, "css");
        return this;
    }

    /**
     * Sets the key that encrypts the passwords of database servers and the keys of backups: at least 16 characters, the
     * same on every node, stored apart from the catalog and the backups. Default: none, so a server with a password is
     * refused, and so are backups.
     */
    public SaasBuilder secretKey(String key) {
        String given = required(key, "key");
        return secretKeys(() -> List.of(given));
    }

    /**
     * Sets a source of such keys instead, so that the key can be replaced while nodes run. The first key encrypts, and
     * each decrypts. First add the new key at the end on every node, then move it to the front, then call {@link
     * Servers#rotateServerPasswords} and {@link Backups#rotateBackupKeys}, and then remove the old key.
     *
     * @param keys asked at each use; thread-safe, and may read a file
     */
    public SaasBuilder secretKeys(Supplier<List<String>> keys) {
        secretKeys = required(keys, "keys");
        return this;
    }

    /**
     * Sets how many databases a server may have, including templates and spares. Defaults: 2,000 and 4,000.
     *
     * @param warnAt from this number on, the log warns
     * @param max the maximum
     */
    public SaasBuilder databasesPerServer(int warnAt, int max) {
        databasesWarnAt = warnAt;
        databasesMax = max;
        return this;
    }

    /**
     * Sets the iterations of PBKDF2 for new passwords, 1,000,000 at most. Default: 210,000. A stored password gets them
     * at the next sign-in. A stored hash with more than 1,000,000 admits no password.
     */
    public SaasBuilder passwordIterations(int iterations) {
        passwordIterations = iterations;
        return this;
    }

    /**
     * Sets how many sign-ins may fail in a minute before even correct passwords are refused for a while; 0: no limit.
     * Defaults: 10 and 100. IPv6 addresses count by their /64. All client addresses together may have ten times the
     * first limit of failures for a login in an hour; this does not apply to those from which the login signed in
     * within 30 days. A call with a recently verified password from such an address is not refused for failures of its
     * login. The master password counts as a login.
     *
     * @param perLogin from one client address
     * @param perClientAddress for all logins. Correct passwords are hashed at most twice as often, and then {@code
     *     access.busy}
     */
    public SaasBuilder failedSignIns(int perLogin, int perClientAddress) {
        failedSignInsPerLogin = perLogin;
        failedSignInsPerClientAddress = perClientAddress;
        return this;
    }

    /**
     * Sets how many sign-ups one client address may request in an hour; 0: no limit. Default: 20.
     */
    public SaasBuilder signUps(int perClientAddress) {
        signUpsPerClientAddress = perClientAddress;
        return this;
    }

    /**
     * Sets the cool-down of names: how long the name of a deleted tenant, and the old name of a renamed one, stay
     * reserved. Default: 30 days.
     */
    public SaasBuilder nameRetention(Duration duration) {
        nameRetention = duration;
        return this;
    }

    /**
     * Opens the control plane. Migrates the catalog, creates what a first start needs, and finishes or undoes what a
     * dead process left.
     *
     * @throws SaasException {@code setting.invalid} with all wrong settings, {@code backend.unknown}, {@code
     *     backend.unavailable}, {@code backend.in-use}, {@code backend.schema}, {@code addon.invalid}
     */
    public Saas open() {
        return core.open(settings(), false);
    }

    /**
     * Opens the control plane for a single task of an operator, while nodes run it. Unlike {@link #open}, it
     * creates and migrates nothing, and recovers no operation. The name of the node must not be that of another one;
     * the default is unique.
     *
     * @throws SaasException as {@link #open}; {@code backend.schema} also if the catalog is empty, or was last migrated
     *     by an older build
     */
    public Saas attach() {
        return core.open(settings(), true);
    }

    private SaasSettings settings() {
        return new SaasSettings(
                new SaasSettings.Backends(backendName, backendSettings, backend, List.copyOf(providers)),
                new SaasSettings.Installation(
                        mainDatabase, baseUrl, baseDomain, administratorLogin, administratorPassword),
                new SaasSettings.Node(node, clock, random, ticker, executor),
                new SaasSettings.Secrets(masterPassword, secretKeys, passwordIterations, passwordPolicy),
                new SaasSettings.Limits(
                        failedSignInsPerLogin,
                        failedSignInsPerClientAddress,
                        signUpsPerClientAddress,
                        databasesWarnAt,
                        databasesMax,
                        nameRetention),
                new SaasSettings.Backups(
                        backupStore, backupFolder, keptBackups, backupDrillsWithin, backupBeforeChanges),
                new SaasSettings.Extensions(
                        List.copyOf(addonSources),
                        List.copyOf(addonFolders),
                        Map.copyOf(fixes),
                        Map.copyOf(tenantActions),
                        List.copyOf(listeners),
                        List.copyOf(neutralisers),
                        List.copyOf(observers)),
                new SaasSettings.Application(
                        tenantSchema,
                        tenantFiles,
                        domainVerifier,
                        preDeletionBackup,
                        webhookTargets,
                        identityTargets,
                        txtRecords),
                new SaasSettings.Appearance(brand, brandStylesheet));
    }
}
