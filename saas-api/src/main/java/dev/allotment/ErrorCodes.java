// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import dev.allotment.fleet.Server;

/**
 * The codes of {@link SaasException#code}: when each of them occurs, and what the caller or the operator can do.
 *
 * <p>Codes are stable. docs/errors.md also lists their categories.
 */
public final class ErrorCodes {
    /**
     * Settings are wrong; the message lists all of them, with the value found and the value expected. What to do:
     * correct them.
     */
    public static final String SETTING_INVALID = "setting.invalid";

    /**
     * No backend of that name is on the class path, or a library that it needs is missing; the message lists the
     * available ones, or names the missing class. What to do: add the jar, or correct the name.
     */
    public static final String BACKEND_UNKNOWN = "backend.unknown";

    /**
     * The database is unavailable, did not provide a connection or an answer in time, or made a transaction wait too
     * long; it refuses the control plane's password; it ran out of memory, locks or disk space; or a disk failed. What
     * to do: try again; check the database server and its password, and {@code pool.size} and
     * {@code client.connections} in docs/configuration.md.
     */
    public static final String BACKEND_UNAVAILABLE = "backend.unavailable";

    /**
     * Another process has the storage open, and this backend cannot share it. What to do: stop the other process, or
     * use PostgreSQL.
     */
    public static final String BACKEND_IN_USE = "backend.in-use";

    /**
     * This backend lacks the capability, or cannot connect to that server; or the database server has a version that
     * does not support this. What to do: check {@code Backend.capabilities()}, or the version of the server.
     */
    public static final String BACKEND_UNSUPPORTED = "backend.unsupported";

    /**
     * The database reported an unexpected error, or a transaction was used incorrectly. What to do: the cause has the
     * details; report it.
     */
    public static final String BACKEND_FAILED = "backend.failed";

    /**
     * The stored schema is too new for this build, differs from what its migrations create, or does not exist. What to
     * do: run the build that created it, or a newer one; never edit applied migrations.
     */
    public static final String BACKEND_SCHEMA = "backend.schema";

    /** The backend was used after {@code close()}. What to do: open another one. */
    public static final String BACKEND_CLOSED = "backend.closed";

    /**
     * A unique key is taken; details {@code type}, {@code key}. Use cases replace it with a more specific code. What
     * to do: choose another value.
     */
    public static final String RECORD_DUPLICATE = "record.duplicate";

    /**
     * The record does not exist, or this user may not see it; details {@code type}, {@code id}. What to do: correct
     * the id.
     */
    public static final String RECORD_MISSING = "record.missing";

    /**
     * A value that not every database can store (NUL, half a surrogate pair, years outside 1 to 9999), or stored data
     * that this build cannot read. What to do: correct the value.
     */
    public static final String RECORD_INVALID = "record.invalid";

    /**
     * A newer version of the program has stored the record, with a value that this version does not know; retryable;
     * details {@code type}, {@code field}. Lists leave such records out. What to do: repeat the request, which may
     * reach a node of the newer version, or upgrade this node.
     */
    public static final String RECORD_NEWER = "record.newer";

    /**
     * The record was changed after the caller had read it; details {@code type}, {@code id}. What to do: read it again,
     * and decide whether the change is still wanted.
     */
    public static final String RECORD_CHANGED = "record.changed";

    /**
     * Other records refer to this one, or a customer cannot be erased yet. What to do: remove or move them first; for
     * an erasure, the message says what to do.
     */
    public static final String RECORD_IN_USE = "record.in-use";

    /**
     * A filter compares a field with a value of another type, a pattern is matched against a field that is not text,
     * or bounds are negative. What to do: correct the query.
     */
    public static final String QUERY_INVALID = "query.invalid";

    /**
     * A filter or an order names a field that does not exist; details {@code field}, {@code type}. What to do: use
     * the field names of the Java record, such as {@code dbNameTemplate}.
     */
    public static final String QUERY_UNKNOWN_FIELD = "query.unknown-field";

    /**
     * The old password is wrong, or the acting user does not exist or is not active; the message does not say which.
     * What to do: authenticate.
     */
    public static final String ACCESS_DENIED = "access.denied";

    /**
     * Too many passwords are being checked or hashed at once, or for this client address; or too many wrong passwords
     * were sent for a user who makes an API key; or too many unknown API keys are sent, or come from the network of the
     * caller. Calls with a recently verified password or key still work.
     * What to do: try again; if it persists, look for a caller who guesses passwords, or reduce the iterations.
     */
    public static final String ACCESS_BUSY = "access.busy";

    /** This user does not have the right to do this. What to do: act as an administrator. */
    public static final String ACCESS_NOT_ALLOWED = "access.not-allowed";

    /**
     * The password is right, but it is not enough: the account has, or must have, a second factor.
     * What to do: use an API key instead of the password, or sign in at the portal.
     */
    public static final String ACCESS_FACTOR_NEEDED = "access.factor-needed";

    /**
     * In this session, the user has not proven within 15 minutes who it is.
     * What to do: request the password, or a code if the account has a second factor.
     */
    public static final String ACCESS_PROOF_NEEDED = "access.proof-needed";

    /** The account has a second factor already. What to do: turn it off first. */
    public static final String ACCESS_FACTOR_STATE = "access.factor-state";

    /**
     * The secrets of second factors are stored only encrypted, and this process does not have the secret key.
     * What to do: give every node the same secret key, or let an administrator reset the factor.
     */
    public static final String ACCESS_FACTOR_KEY_MISSING = "access.factor-key-missing";

    /**
     * Each member of the team needs a second factor or a passkey, and the account has none.
     * What to do: set one up.
     */
    public static final String ACCESS_FACTOR_MISSING = "access.factor-missing";

    /**
     * This installation has no passkeys: the module for them is missing, or the base URL is not an address that
     * browsers allow them for.
     * What to do: add the module {@code allotment-passkeys}, and set a base URL with {@code https} and the name of a
     * host.
     */
    public static final String ACCESS_PASSKEYS_UNAVAILABLE = "access.passkeys-unavailable";

    /**
     * The answer of the authenticator is wrong, too late, or was sent before.
     * What to do: try again.
     */
    public static final String ACCESS_PASSKEY_REFUSED = "access.passkey-refused";

    /** The account has as many passkeys as it can have. What to do: remove one. */
    public static final String ACCESS_PASSKEY_LIMIT = "access.passkey-limit";

    /** The name of a passkey is not valid. What to do: correct it; the message says what is allowed. */
    public static final String ACCESS_PASSKEY_INVALID = "access.passkey-invalid";

    /**
     * This installation has no identity providers, or cannot read TXT records.
     * What to do: add the module allotment-openid, which the server has.
     */
    public static final String IDENTITY_UNAVAILABLE = "identity.unavailable";

    /** An identity provider or a mail domain is not valid. What to do: correct it; the message says what is allowed. */
    public static final String IDENTITY_INVALID = "identity.invalid";

    /** There are as many identity providers, identities or mail domains as there can be. What to do: delete one. */
    public static final String IDENTITY_LIMIT_REACHED = "identity.limit-reached";

    /** Secrets of identity providers need a secret key. What to do: give every node the same one. */
    public static final String IDENTITY_KEY_MISSING = "identity.key-missing";

    /**
     * The identity provider cannot be reached, or does not answer as OpenID Connect says.
     * What to do: the message says what was wrong; correct the provider, or try again later.
     */
    public static final String IDENTITY_PROVIDER_FAILED = "identity.provider-failed";

    /** Too many sign-ins wait for the identity provider. What to do: try again in some seconds. */
    public static final String IDENTITY_PROVIDER_BUSY = "identity.provider-busy";

    /** The answer of an identity provider is late, or belongs to another browser or session. What to do: try again. */
    public static final String IDENTITY_EXPIRED = "identity.expired";

    /** The person was not signed in by the identity provider. What to do: try again, or sign in in another way. */
    public static final String IDENTITY_CANCELLED = "identity.cancelled";

    /** The answer of an identity provider cannot be trusted. What to do: try again; the log says what was wrong. */
    public static final String IDENTITY_REFUSED = "identity.refused";

    /**
     * No account is linked to the person.
     * What to do: sign in in another way, and link the account on its page.
     */
    public static final String IDENTITY_UNKNOWN_PERSON = "identity.unknown-person";

    /**
     * The person gets no account, because there is one with this address.
     * What to do: sign in to it in another way, and link it on its page.
     */
    public static final String IDENTITY_ACCOUNT_EXISTS = "identity.account-exists";

    /** Another account is linked to the person. What to do: remove that link first. */
    public static final String IDENTITY_LINKED = "identity.linked";

    /** The team requires a session of its identity provider. What to do: sign in with that. */
    public static final String IDENTITY_REQUIRED = "identity.required";

    /**
     * An identity provider cannot be required, because it has signed in no member of the team. What to do: sign in with
     * it.
     */
    public static final String IDENTITY_UNTESTED = "identity.untested";

    /**
     * The mail domain gives addresses to everyone, such as that of a mail provider.
     * What to do: add a domain whose addresses only the organisation gives.
     */
    public static final String IDENTITY_DOMAIN_PUBLIC = "identity.domain-public";

    /**
     * The TXT record that proves a mail domain is not there.
     * What to do: publish the record that the message names, and wait until it is visible.
     */
    public static final String IDENTITY_DOMAIN_UNPROVEN = "identity.domain-unproven";

    /** It could not be found out whether a TXT record exists. What to do: try again later. */
    public static final String IDENTITY_DOMAIN_UNCHECKED = "identity.domain-unchecked";

    /**
     * The mail domain is a verified one of another customer.
     * What to do: remove the TXT record of the other customer; its domain lapses after a week.
     */
    public static final String IDENTITY_DOMAIN_TAKEN = "identity.domain-taken";

    /**
     * The identity provider of a customer has opened the session, which is limited to that customer and cannot change
     * the account. What to do: sign in in another way.
     */
    public static final String IDENTITY_LIMITED_SESSION = "identity.limited-session";

    /**
     * A new API key has no valid name, scope or expiry. What to do: correct it; the message says what is allowed.
     */
    public static final String API_KEY_INVALID = "api-key.invalid";

    /** A user has as many API keys that have not expired as are allowed. What to do: revoke one. */
    public static final String API_KEY_LIMIT_REACHED = "api-key.limit-reached";

    /** The {@code client_id} of a sign-in request belongs to no tenant. What to do: correct it; never redirect. */
    public static final String ACCESS_CLIENT_UNKNOWN = "access.client-unknown";

    /** The redirect address is not one of the tenant's. What to do: correct it; never redirect. */
    public static final String ACCESS_REDIRECT_INVALID = "access.redirect-invalid";

    /**
     * Another account of this database has the login, or it is reserved for the system, the embedder or accounts that
     * were erased. What to do: choose another login.
     */
    public static final String ACCOUNT_LOGIN_TAKEN = "account.login-taken";

    /**
     * Self-service sign-up is off ({@code auth_signup.allow_uninvited}). What to do: have an administrator create the
     * account, or switch it on.
     */
    public static final String ACCOUNT_SIGNUP_OFF = "account.signup-off";

    /**
     * Email confirmation is required ({@code saas_portal.signup_confirmation}), which this kind of sign-up does not
     * offer. What to do: sign up on the portal's page, or have an administrator create the account.
     */
    public static final String ACCOUNT_SIGNUP_UNCONFIRMED = "account.signup-unconfirmed";

    /**
     * The client address has signed up more often in the last hour than {@code signUps} allows. What to do: wait, or
     * have an administrator create the account.
     */
    public static final String ACCOUNT_SIGNUP_TOO_OFTEN = "account.signup-too-often";

    /**
     * A login, name, address, password, language or time zone breaks a rule; the message names it. What to do:
     * correct it.
     */
    public static final String ACCOUNT_INVALID = "account.invalid";

    /**
     * The embedder's {@link dev.allotment.hook.PasswordPolicy} failed, so the password was not set. The log names the
     * exception. What to do: correct the policy.
     */
    public static final String ACCOUNT_POLICY_FAILED = "account.policy-failed";

    /**
     * The account owns a tenant; it is the last active administrator, or that of the caller; or it is the owner, the
     * administrator or the system user of a database. What to do: delete the tenant first; appoint another
     * administrator, or ask one; those users of a database cannot be removed.
     */
    public static final String ACCOUNT_IN_USE = "account.in-use";

    /** Fields of the plan are wrong; the message lists all of them. What to do: correct them. */
    public static final String PLAN_INVALID = "plan.invalid";

    /** No name was given, and the plan has no name template. What to do: give a name, or set the template. */
    public static final String PLAN_NO_NAME_TEMPLATE = "plan.no-name-template";

    /** The plan has tenants. What to do: delete or move them first. */
    public static final String PLAN_IN_USE = "plan.in-use";

    /**
     * The customer has the maximum number of databases, or of trials, of this plan; details {@code limit}, {@code
     * plan}. What to do: raise the limit, or delete one.
     */
    public static final String PLAN_LIMIT_REACHED = "plan.limit-reached";

    /**
     * A tenant exceeds the limits of the target plan or version, or add-ons would be removed with their data; the
     * message says which; details {@code name}, {@code plan}. What to do: make room, or force the switch.
     */
    public static final String PLAN_SWITCH_REFUSED = "plan.switch-refused";

    /**
     * The entitlements of a plan cannot be changed while a node of an older version is listed. What to do: update or
     * stop the node, and try again; if it died, after ten minutes.
     */
    public static final String PLAN_OLDER_NODE = "plan.older-node";

    /**
     * A neutraliser failed, or the node that made the copy does not know it: the embedder's neutraliser is not
     * registered there, or an installed add-on does not exist there. The copy was dropped; details {@code
     * neutraliser}, {@code addon:} and its name for an add-on. What to do: the cause has the reason; fix it and copy
     * again.
     */
    public static final String NEUTRALISER_FAILED = "neutraliser.failed";

    /**
     * The tenant schema of the embedder could not be migrated in a database; details {@code database}, {@code version},
     * and {@code migration} if it is known. A new tenant was removed. Another one keeps its state. What to do:
     * administrators read the reason in the message of the operation, and the cause has it; fix it and repeat the
     * request.
     */
    public static final String SCHEMA_FAILED = "schema.failed";

    /**
     * A campaign was stopped, because more tenants failed than it allows; details {@code done}, {@code failed}. What to
     * do: fix what the message says, and resume or retry the campaign.
     */
    public static final String CAMPAIGN_STOPPED = "campaign.stopped";

    /**
     * A running campaign cannot be retried, and what it switches cannot be switched back. What to do: pause or cancel
     * it first, or wait until it has ended.
     */
    public static final String CAMPAIGN_RUNNING = "campaign.running";

    /** No action on tenants has this name on this node; details {@code action}. What to do: register it. */
    public static final String CAMPAIGN_ACTION_UNKNOWN = "campaign.action-unknown";

    /**
     * The action of a campaign failed for a tenant; details {@code action}, {@code name}. What to do: administrators
     * read the reason in the message of the operation, and the cause has it; fix it and retry the campaign.
     */
    public static final String CAMPAIGN_ACTION_FAILED = "campaign.action-failed";

    /** The embedder has registered no tenant schema. What to do: register one at the builder. */
    public static final String SCHEMA_NONE = "schema.none";

    /**
     * The host is not a DNS name with a dot, is one that the provider uses for its own services and databases, or is
     * below the host of a tenant of another customer or of a database server. What to do: choose a domain of the
     * customer's.
     */
    public static final String DOMAIN_HOST_INVALID = "domain.host-invalid";

    /**
     * The host belongs to another tenant, or did until recently; details {@code host}. What to do: choose another.
     */
    public static final String DOMAIN_HOST_TAKEN = "domain.host-taken";

    /**
     * The domain verifier does not confirm that the customer owns the host; details {@code host}, {@code
     * instructions}. What to do: follow the instructions, then repeat the request.
     */
    public static final String DOMAIN_NOT_PROVEN = "domain.not-proven";

    /** The tenant has 50 custom domains. What to do: remove one. */
    public static final String DOMAIN_LIMIT_REACHED = "domain.limit-reached";

    /** Fields of the server are wrong, or its name is taken. What to do: correct them. */
    public static final String SERVER_INVALID = "server.invalid";

    /**
     * No active database server accepts the new database, or the chosen one has just been deleted. What to do:
     * register a server, or activate one.
     */
    public static final String SERVER_NONE = "server.none";

    /**
     * No server that takes new databases has all labels that the tenant, its customer or its plan requires, or the
     * chosen one lacks some; details {@code labels}, for callers that see attributes. What to do: choose another
     * server, or change the labels of a server, or the attributes that require them: see {@link Server#REQUIRED_LABEL}.
     */
    public static final String SERVER_LABELS_MISSING = "server.labels-missing";

    /**
     * A tenant would be reached at another host on the server that it is to be moved to. What to do: give both servers
     * the same template for the hosts of tenants.
     */
    public static final String SERVER_OTHER_HOSTS = "server.other-hosts";

    /**
     * The server has tenants, spares or templates, a plan is bound to it, or an operation works on it. What to do: the
     * message names what is left, and says what to do about each.
     */
    public static final String SERVER_IN_USE = "server.in-use";

    /**
     * Only a lost server can be given up; this one responds, has not been down for ten minutes, or is reached through
     * the catalog's backend. What to do: set it inactive or draining; give it up later if it is lost for good.
     */
    public static final String SERVER_NOT_LOST = "server.not-lost";

    /**
     * Every server that could take the new database has reached the maximum. What to do: register another one, or
     * delete databases that are not needed.
     */
    public static final String SERVER_FULL = "server.full";

    /**
     * A server has a password, and this process has no secret key to encrypt or decrypt it. What to do: give every
     * process the same secret key: {@code secretKey(…)} of the builder, {@code --secret-key}.
     */
    public static final String SERVER_KEY_MISSING = "server.key-missing";

    /**
     * The password of a server was stored with another secret key. What to do: start with that key, or set the
     * password again.
     */
    public static final String SERVER_KEY_WRONG = "server.key-wrong";

    /**
     * A plan uses the template, or a tenant is being created from it. What to do: first set the plan to another
     * template; in the second case, try again.
     */
    public static final String TEMPLATE_IN_USE = "template.in-use";

    /**
     * The template is still being built, or is on another server than the plan. What to do: wait, or choose another
     * one.
     */
    public static final String TEMPLATE_NOT_READY = "template.not-ready";

    /**
     * The name is not one or more lowercase DNS labels joined by dots, is longer than 63 bytes, is used by the database
     * server or the control plane itself, or gives the tenant a host below that of another customer. What to do:
     * choose another name.
     */
    public static final String TENANT_NAME_INVALID = "tenant.name-invalid";

    /**
     * Another database has the name, or had it and the name is still reserved; details {@code name}. What to do:
     * choose another name.
     */
    public static final String TENANT_NAME_TAKEN = "tenant.name-taken";

    /**
     * The tenant is not in a state that allows this; details {@code name}, {@code state}. What to do: resume it, or
     * wait until it has been created.
     */
    public static final String TENANT_STATE = "tenant.state";

    /**
     * Two tenants cannot exchange their databases; details {@code name}, {@code with}. What to do: the message says
     * what has to be changed first.
     */
    public static final String TENANT_NOT_SWAPPABLE = "tenant.not-swappable";

    /**
     * A tenant would get a database that is neutralised: it would send no email and run no jobs; details {@code name},
     * {@code neutralised}. What to do: restore the backup without neutralising it, or confirm the swap.
     */
    public static final String TENANT_NEUTRALISED = "tenant.neutralised";

    /**
     * Another operation is running on the tenant, or has replaced or deleted its files while they were read. What to
     * do: repeat the request when that has finished.
     */
    public static final String TENANT_BUSY = "tenant.busy";

    /** No database of that name exists. What to do: correct the name. */
    public static final String DATABASE_UNKNOWN = "database.unknown";

    /**
     * A database of that name exists, but was not created for this tenant; it is not touched. What to do: an operator
     * has to find out what it belongs to.
     */
    public static final String DATABASE_FOREIGN = "database.foreign";

    /**
     * The database cannot be adopted; the message gives the reason. What to do: fix that, or leave the database
     * alone.
     */
    public static final String DATABASE_NOT_ADOPTABLE = "database.not-adoptable";

    /**
     * The database cannot be copied to another server; the message names the objects that prevent it. What to do:
     * remove them, or copy on the same server.
     */
    public static final String DATABASE_NOT_TRANSFERABLE = "database.not-transferable";

    /**
     * No add-on of that name was found; details {@code addon}. What to do: add it to the class path or the folder of
     * add-ons.
     */
    public static final String ADDON_UNKNOWN = "addon.unknown";

    /** An add-on is malformed; the message says which and how. What to do: correct it, see docs/writing-an-addon.md. */
    public static final String ADDON_INVALID = "addon.invalid";

    /**
     * Another installed add-on depends on the one to uninstall; details {@code addon}, {@code by}. What to do:
     * uninstall both.
     */
    public static final String ADDON_NEEDED = "addon.needed";

    /**
     * A script failed, and the whole configuration change was rolled back; details {@code addon}, {@code script}.
     * What to do: the cause has the database's message.
     */
    public static final String ADDON_FAILED = "addon.failed";

    /**
     * A parameter, a record quota, a fix, the time of a login or an idempotency key breaks a rule; the message names
     * it. What to do: correct it.
     */
    public static final String CONFIGURATION_INVALID = "configuration.invalid";

    /**
     * The tenant database has the maximum number of regular users. What to do: raise {@code saas_client.max_users},
     * or deactivate a user.
     */
    public static final String USER_LIMIT_REACHED = "user.limit-reached";

    /** The key was used for another request. What to do: use a new key for a new request. */
    public static final String IDEMPOTENCY_MISMATCH = "idempotency.mismatch";

    /**
     * The request with this key is being processed, or another node has taken the operation over. What to do: repeat
     * the request to get its result.
     */
    public static final String OPERATION_IN_PROGRESS = "operation.in-progress";

    /**
     * A later operation has changed the database, so this one may not change it any more: another node has finished
     * this one, or an older catalog was restored. Nothing was changed. What to do: repeat the request; see
     * docs/disaster-recovery.md.
     */
    public static final String OPERATION_TAKEN_OVER = "operation.taken-over";

    /** The operation was cancelled and undone. What to do: repeat the request, if it is still wanted. */
    public static final String OPERATION_CANCELLED = "operation.cancelled";

    /**
     * The operation has started and failed, and is neither finished nor undone: it is tried again. Whether it takes
     * effect is not known yet. What to do: repeat the request with the same idempotency key, or request the operation's
     * result; if it keeps failing, correct the cause, cancel the operation, or abandon it.
     */
    public static final String OPERATION_UNFINISHED = "operation.unfinished";

    /**
     * A suspension or deletion of the tenant has superseded the operation. Its result {@code applied} says whether it
     * had changed the tenant database before. What to do: repeat the request when the tenant is open again, if it is
     * still wanted.
     */
    public static final String OPERATION_SUPERSEDED = "operation.superseded";

    /**
     * An administrator has abandoned the operation. Its message says why, and what it may have left behind. What to do:
     * compare the catalog with the servers ({@code check}), and repair what is left.
     */
    public static final String OPERATION_ABANDONED = "operation.abandoned";

    /**
     * The operation has finished, or is a paused campaign, so it cannot be retried. What to do: repeat the request that
     * started it; a campaign is resumed or retried itself.
     */
    public static final String OPERATION_ENDED = "operation.ended";

    /** The operation lost its process and was undone. What to do: repeat the request. */
    public static final String OPERATION_FAILED = "operation.failed";

    /**
     * The catalog is a copy, so nothing may be changed with it; or another catalog of the same control plane changes
     * the databases on this server. What to do: decide what it is, see docs/disaster-recovery.md.
     */
    public static final String CATALOG_CLONE = "catalog.clone";

    /**
     * A node works on the catalog, so its place cannot be left. What to do: stop all nodes, and try again; if a node
     * died, after a minute.
     */
    public static final String CATALOG_IN_USE = "catalog.in-use";

    /**
     * A repair was asked to drop a database or login that a check does not report as an orphan. Nothing was repaired.
     * What to do: check again, and use the names that it reports.
     */
    public static final String REPAIR_UNKNOWN = "repair.unknown";

    /**
     * This node makes or sends as many exports and dumps as it may at once, as many as it may for this account, or
     * already makes one of this tenant. Nothing was exported. What to do: try again later, or on another node.
     */
    public static final String EXPORT_BUSY = "export.busy";

    /**
     * The passphrase of an encrypted export is too short, too long or has control characters. Nothing was exported.
     * What to do: choose another one.
     */
    public static final String EXPORT_PASSPHRASE_INVALID = "export.passphrase-invalid";

    /**
     * An archive is not a dump of this program, or it is cut off, or was changed since it was made. Nothing was
     * restored. What to do: send the archive exactly as it was made.
     */
    public static final String DUMP_INVALID = "dump.invalid";

    /**
     * A dump would be, or is, larger than a dump may be. Nothing was dumped or restored. What to do: make a backup or
     * an export instead, or raise the limit ({@code --max-body} of the server).
     */
    public static final String DUMP_TOO_LARGE = "dump.too-large";

    /**
     * A dump was not made by this control plane, or was changed since, and the databases on the server could do harm
     * with it. Nothing was restored. What to do: import a backup, see docs/backups.md, or use a server of another kind.
     */
    public static final String DUMP_UNTRUSTED = "dump.untrusted";

    /** The embedder has set no store for backups. What to do: set one, see docs/backups.md. */
    public static final String BACKUP_NO_STORE = "backup.no-store";

    /**
     * The store of the backups is unavailable, full or too slow, or refuses the control plane. Nothing was changed.
     * What to do: check the store and its free space, and repeat the request.
     */
    public static final String BACKUP_STORE_FAILED = "backup.store-failed";

    /**
     * A backup in the store is incomplete, or was changed, exchanged or mixed with others since it was made. Nothing
     * was restored. What to do: use another backup, and find out what changes the store.
     */
    public static final String BACKUP_DAMAGED = "backup.damaged";

    /**
     * A backup or a dump was made by a newer version of the program. Nothing was restored. What to do: restore it with
     * that version, or a newer one.
     */
    public static final String BACKUP_NEWER = "backup.newer";

    /**
     * The backups of the customer's databases on this plan take as much space as the plan allows; details {@code limit}
     * in megabytes, {@code name}. There is no new backup. What to do: delete older backups, or raise the limit.
     */
    public static final String BACKUP_LIMIT_REACHED = "backup.limit-reached";

    /**
     * A backup or a dump contains files of the application, and the embedder has registered none ({@link
     * SaasBuilder#tenantFiles}). Nothing was restored. What to do: register them on every node.
     */
    public static final String BACKUP_FILES_UNSUPPORTED = "backup.files-unsupported";

    /**
     * The embedder's {@link dev.allotment.hook.TenantFiles} failed. The operation that needed it is undone or tried
     * again. What to do: find the reason in the log or the cause of the exception, fix it, and repeat the request.
     */
    public static final String FILES_FAILED = "files.failed";

    /**
     * The embedder's {@link dev.allotment.hook.TenantFiles} listed a name that files may not have, names that are not
     * in order, or too many files, or too long names, for an export. There is no backup, export or copy. What to do:
     * list other names, see {@link dev.allotment.hook.TenantFiles}.
     */
    public static final String FILES_INVALID = "files.invalid";

    /**
     * Backups are encrypted, and this process has no secret key. What to do: give every node the same one, see
     * docs/backups.md.
     */
    public static final String BACKUP_KEY_MISSING = "backup.key-missing";

    /**
     * The backups of a tenant were encrypted with another secret key. What to do: start the process with that key.
     */
    public static final String BACKUP_KEY_WRONG = "backup.key-wrong";

    /**
     * The mail server is unavailable or too slow, does not encrypt, rejects user and password, or did not accept the
     * message. What to do: try again later; see docs/configuration.md#email.
     */
    public static final String MAIL_FAILED = "mail.failed";

    /**
     * The address is not an email address, or the mail server says that it does not exist. What to do: correct the
     * address.
     */
    public static final String MAIL_REFUSED = "mail.refused";

    /**
     * A correction of usage has a number below 0, a maximum below its last value, or no reason. What to do: correct it.
     */
    public static final String USAGE_INVALID = "usage.invalid";

    /** The day has not been closed yet, so that its usage still changes. What to do: correct it after it was closed. */
    public static final String USAGE_DAY_OPEN = "usage.day-open";

    /**
     * A webhook endpoint has no valid URL, description, event types, usage or token. What to do: correct it; the
     * message says what is allowed.
     */
    public static final String WEBHOOK_INVALID = "webhook.invalid";

    /** A customer has as many webhook endpoints as are allowed. What to do: delete one. */
    public static final String WEBHOOK_LIMIT_REACHED = "webhook.limit-reached";

    /**
     * The process has no secret key, or not the one that encrypted the secret of a webhook endpoint. What to do: give
     * every node the key; see docs/webhooks.md.
     */
    public static final String WEBHOOK_KEY_MISSING = "webhook.key-missing";

    /** A webhook endpoint is disabled. What to do: enable it, and try again. */
    public static final String WEBHOOK_DISABLED = "webhook.disabled";

    /**
     * A report of a payment system has no valid reference, address to pay, or times. What to do: correct it; the
     * message says what is allowed.
     */
    public static final String PAYMENT_INVALID = "payment.invalid";

    /** A customer has not paid, so it cannot create a database. What to do: pay first; the portal shows where. */
    public static final String PAYMENT_REQUIRED = "payment.required";

    /**
     * An invitation has no valid address or number of days, or names a tenant that the customer does not have. What to
     * do: correct it; the message says what is allowed.
     */
    public static final String TEAM_INVALID = "team.invalid";

    /** A customer would be left without an owner. What to do: make another member an owner first. */
    public static final String TEAM_LAST_OWNER = "team.last-owner";

    /**
     * A team has as many members and pending invitations as are allowed. What to do: remove a member or revoke an
     * invitation; an administrator can raise the limit.
     */
    public static final String TEAM_FULL = "team.full";

    /** A customer has sent too many invitations. What to do: try again later. */
    public static final String TEAM_TOO_MANY_INVITATIONS = "team.too-many-invitations";

    /** An invitation does not exist, or was accepted, declined or revoked, or has expired. What to do: request one. */
    public static final String TEAM_INVITATION_ENDED = "team.invitation-ended";

    /**
     * An invitation was sent to another address than the login of the account that accepts it. What to do: sign in with
     * the other account, or confirm that this one shall accept.
     */
    public static final String TEAM_OTHER_ADDRESS = "team.other-address";

    /**
     * A brand has a value that is not allowed, or a colour with too little contrast; the message says what is wrong
     * with each part. What to do: correct it; for a colour, the message names the nearest one that is allowed.
     */
    public static final String BRAND_INVALID = "brand.invalid";

    /** There is no draft of a brand to apply. What to do: save one. */
    public static final String BRAND_NO_DRAFT = "brand.no-draft";

    /**
     * Another brand was applied since the draft was saved. What to do: look at the present one, and save the draft
     * again.
     */
    public static final String BRAND_CHANGED = "brand.changed";

    /**
     * A request for support access has no valid reason or member, or the number of hours is not allowed. What to do:
     * correct it; the message says what is allowed.
     */
    public static final String SUPPORT_INVALID = "support.invalid";

    /**
     * A support access is in a state in which this cannot be done, for example because another member of the team has
     * answered it before. What to do: look at its state, and request access again if it has ended.
     */
    public static final String SUPPORT_STATE = "support.state";

    /** An operator has the same right for the tenant already, or waits for the answer. What to do: use that request. */
    public static final String SUPPORT_ALREADY_REQUESTED = "support.already-requested";

    /**
     * A database has no active member with the login that a support access names. What to do: request access as another
     * member.
     */
    public static final String SUPPORT_MEMBER_MISSING = "support.member-missing";

    private ErrorCodes() {}
}
