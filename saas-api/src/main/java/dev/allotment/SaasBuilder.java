// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

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
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Collects the settings of a control plane and opens it. {@link Saas#builder} returns one.
 *
 * <p>Every setting but the backend has a default. A method that is called again replaces what was set before, unless
 * it says that it adds. Not safe for use by several threads.
 */
public interface SaasBuilder {
    /**
     * Sets the backend by name: {@code h2}, {@code postgres}, {@code memory}, or another one on the class path. It is
     * closed with the control plane. There is no default.
     *
     * @param settings see docs/configuration.md for the settings of each backend
     */
    SaasBuilder backend(String name, Map<String, String> settings);

    /** Sets a backend that the embedder opened. It stays open when the control plane is closed. */
    SaasBuilder backend(Backend opened);

    /**
     * Sets the name of the main database. Default: {@code portal.localhost}. A catalog keeps the name that it was
     * created with, and refuses another one.
     */
    SaasBuilder mainDatabase(String name);

    /**
     * Sets the URL of the main database. Default: {@code http://portal.localhost:8069}. The first start stores it as
     * the parameter {@link Parameter#BASE_URL}; later starts ignore it.
     */
    SaasBuilder baseUrl(String url);

    /**
     * Sets the domain that is appended to database names without a dot. Default: the host of the base URL. The first
     * start stores it as the parameter {@link Parameter#BASE_DOMAIN}; later starts ignore it.
     */
    SaasBuilder baseDomain(String domain);

    /**
     * Sets login and password of the first administrator, whom the first start creates. Default: {@code admin},
     * without a password.
     */
    SaasBuilder administrator(String login, String password);

    /**
     * Sets the master password. A caller that knows it gets a view with all rights, see {@link
     * Saas#withMasterPassword}; Odoo's service {@code db} uses this. Default: none, so no password is accepted.
     */
    SaasBuilder masterPassword(String password);

    /**
     * Sets the name of this process among those that share the catalog. Default: a random name. A process that starts
     * under the name of a dead one takes over its operations at once; under another name, after 20 seconds.
     */
    SaasBuilder node(String name);

    /** Sets the clock. Default: the system clock in UTC. */
    SaasBuilder clock(Clock clock);

    /** Sets the source of all secrets and identities. Default: a new {@link SecureRandom}. */
    SaasBuilder random(SecureRandom random);

    /**
     * Sets the source of elapsed time, for tests: nanoseconds from any origin that never decrease. Default: {@link
     * System#nanoTime}.
     */
    SaasBuilder ticker(LongSupplier ticker);

    /** Adds a source of add-ons to those found with ServiceLoader and on the class path. */
    SaasBuilder addons(AddonSource source);

    /** Adds a folder that contains a folder for each add-on. */
    SaasBuilder addons(Path folder);

    /** Adds a fix that configuration changes can name. Default: none. */
    SaasBuilder fix(String name, Fix fix);

    /**
     * Adds a listener to those found with ServiceLoader. Only {@link Saas#maintenance} calls listeners. All nodes
     * must have the same listeners.
     */
    SaasBuilder listener(SaasListener listener);

    /**
     * Sets the executor that runs what {@link Saas#async} starts, and operations of dead nodes that may take hours.
     * Default: none, so the maintenance runs them ({@link Maintenance#recover}). While the control plane is being
     * opened, the executor also renews the leases of operations that a dead process left. Without one, an operation
     * that takes longer than 20 seconds then may be run by another node at the same time. The control plane never shuts
     * the executor down.
     */
    SaasBuilder executor(Executor executor);

    /** Adds a neutraliser. Neutralisers run in the order in which they were added. Default: none. */
    SaasBuilder neutraliser(Neutraliser neutraliser);

    /** Adds an action on tenants that campaigns can name, see {@link CampaignChange#action}. Default: none. */
    SaasBuilder tenantAction(String name, TenantAction action);

    /** Sets the schema of the embedder's application, to which tenant databases are migrated. Default: none. */
    SaasBuilder tenantSchema(TenantSchema schema);

    /**
     * Sets the files of the embedder's application that belong to tenants. Backups and exports contain them, and
     * restores and copies bring them along. Register the same on every node. Default: none. Then a backup that contains
     * files is not restored ({@code backup.files-unsupported}).
     */
    SaasBuilder tenantFiles(TenantFiles files);

    /** Sets the backup that must succeed before a tenant database is removed for good. Default: none. */
    SaasBuilder preDeletionBackup(PreDeletionBackup backup);

    /**
     * Sets the store of the backups of tenants, which every node uses. It needs {@link #secretKey}. {@link Saas#close}
     * does not close it: a caller that opened it closes it after that. Default: none, so there are no backups.
     */
    SaasBuilder backupStore(BackupStore store);

    /**
     * Stores the backups of tenants in a folder, which exists already, and which every node can reach under this path.
     * While it is missing, everything that needs it fails with {@code backup.store-failed}. As {@link #backupStore},
     * with the store that this library contains.
     */
    SaasBuilder backupFolder(Path folder);

    /**
     * Sets how many backups of each tenant are kept. When one was made, the oldest ones are deleted. Those that owners
     * made are counted apart from those of administrators, and only when they are 7 days old. Default: 7.
     *
     * @param newest 1 at least
     */
    SaasBuilder keptBackups(int newest);

    /**
     * Sets within which time {@link Maintenance#makeBackups} restores the newest scheduled backup of each tenant as a
     * drill, as {@link Backups#drill} does: one a day at least, and as many as that time requires. Default: 30 days.
     *
     * @param within zero: it does no drills
     */
    SaasBuilder backupDrills(Duration within);

    /**
     * Sets whether a tenant is backed up before a configuration change updates or uninstalls its add-ons, and before
     * its tenant schema is migrated. If that fails, the tenant is not changed. The backup is kept for at least 7 days,
     * and does not count in {@link #keptBackups}. A campaign says itself whether it makes backups. It needs a {@link
     * #backupStore}. Default: false.
     */
    SaasBuilder backupBeforeChanges(boolean wanted);

    /** Adds a provider of backends for database servers. Added providers come before those found with ServiceLoader. */
    SaasBuilder provider(BackendProvider provider);

    /**
     * Sets the check whether a customer may use a host for a tenant. Default: none, so only administrators can add
     * hosts.
     */
    SaasBuilder domainVerifier(DomainVerifier verifier);

    /**
     * Sets the policy for passwords that users and administrators choose. Default: none, so every password of 1 to
     * 4,096 characters is accepted, as Odoo's clients expect.
     */
    SaasBuilder passwordPolicy(PasswordPolicy policy);

    /**
     * Sets the key that encrypts the passwords of database servers and the keys of backups: at least 16 characters, the
     * same on every node, stored apart from the catalog and the backups. Default: none, so a server with a password is
     * refused, and so are backups.
     */
    SaasBuilder secretKey(String key);

    /**
     * Sets a source of such keys instead, so that the key can be replaced while nodes run. The first key encrypts, and
     * each decrypts. First add the new key at the end on every node, then move it to the front, then call {@link
     * Servers#encryptPasswordsAgain} and {@link Backups#encryptKeysAgain}, and then remove the old key.
     *
     * @param keys asked at each use; thread-safe, and may read a file
     */
    SaasBuilder secretKeys(Supplier<List<String>> keys);

    /**
     * Sets how many databases a server may have, including templates and spares. Defaults: 2,000 and 4,000.
     *
     * @param warnAt from this number on, the log warns
     * @param max the maximum
     */
    SaasBuilder databasesPerServer(int warnAt, int max);

    /**
     * Sets the iterations of PBKDF2 for new passwords, 1,000,000 at most. Default: 210,000. A stored password gets them
     * at the next sign-in. A stored hash with more than 1,000,000 admits no password.
     */
    SaasBuilder passwordIterations(int iterations);

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
    SaasBuilder failedSignIns(int perLogin, int perClientAddress);

    /**
     * Sets how many sign-ups one client address may request in an hour; 0: no limit. Default: 20.
     */
    SaasBuilder signUps(int perClientAddress);

    /**
     * Sets the cool-down of names: how long the name of a deleted tenant, and the old name of a renamed one, stay
     * reserved. Default: 30 days.
     */
    SaasBuilder nameRetention(Duration duration);

    /**
     * Opens the control plane. Migrates the catalog, creates what a first start needs, and finishes or undoes what a
     * dead process left.
     *
     * @throws SaasException {@code setting.invalid} with all wrong settings, {@code backend.unknown}, {@code
     *     backend.unavailable}, {@code backend.in-use}, {@code backend.schema}, {@code addon.invalid}
     */
    Saas open();

    /**
     * Opens the control plane for a single task of an operator, while nodes run it. Unlike {@link #open}, it
     * creates and migrates nothing, and recovers no operation. The name of the node must not be that of another one;
     * the default is unique.
     *
     * @throws SaasException as {@link #open}; {@code backend.schema} also if the catalog is empty, or was last migrated
     *     by an older build
     */
    Saas attach();
}
