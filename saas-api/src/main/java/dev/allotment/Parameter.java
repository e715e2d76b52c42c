// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/**
 * A named setting, of the main database or of a client database.
 *
 * @param id 0 before it is stored
 * @param key unique in its database, such as {@code saas_portal.base_saas_domain}
 * @param hidden whether the users of a client database do not get to see it
 */
public record Parameter(long id, String key, String value, boolean hidden) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<Parameter, Long> ID = RecordField.of("id");

    /** The field {@code key}, for filters and sort keys. */
    public static final RecordField<Parameter, String> KEY = RecordField.of("key");

    /** The field {@code value}, for filters and sort keys. */
    public static final RecordField<Parameter, String> VALUE = RecordField.of("value");

    /** The field {@code hidden}, for filters and sort keys. */
    public static final RecordField<Parameter, Boolean> HIDDEN = RecordField.of("hidden");

    /** Whether strangers may sign up at the main database: true or false; a new catalog says true. */
    public static final String ALLOW_UNINVITED = "auth_signup.allow_uninvited";
    /** Odoo's newer name of {@link #ALLOW_UNINVITED}: {@code b2c} or {@code b2b}. Each follows the other. */
    public static final String INVITATION_SCOPE = "auth_signup.invitation_scope";
    /**
     * Whether strangers have to show that an address is theirs before they get an account: true or false, the default. With it,
     * {@link Accounts#requestSignUp} is the way, and portal users may not open accounts for others.
     */
    public static final String SIGNUP_CONFIRMATION = "saas_portal.signup_confirmation";
    /** Appended to database names without a dot to make their host. */
    public static final String BASE_DOMAIN = "saas_portal.base_saas_domain";
    /** Where the main database is reached; gives scheme and port of the clients' URLs too. */
    public static final String BASE_URL = "web.base.url";
    /** Identity of the database, for life. */
    public static final String DATABASE_UUID = "database.uuid";
    /** Days for which the database of a deleted tenant is kept; 0, the default: it is removed at once. */
    public static final String RETENTION_DAYS = "saas_portal.retention_days";
    /** Days before expiry at which the owner is told; 0: never. */
    public static final String NOTIFY_IN_ADVANCE = "saas_portal.expiration_notify_in_advance";
    /** In a client database: its limit of regular users. */
    public static final String MAX_USERS = "saas_client.max_users";
    /** In a client database: its limit of storage, in megabytes. */
    public static final String STORAGE_LIMIT_MB = "saas_client.total_storage_limit";
    /** In a client database: 1 while it is suspended. */
    public static final String SUSPENDED = "saas_client.suspended";
    /** In a copy of a client database: what has made it harmless, joined by commas; names of add-ons begin with {@code addon:}. */
    public static final String NEUTRALISED = "saas_client.neutralised";
    /** In a configuration of a client database: whether it is a trial, {@code True} or {@code False}. */
    public static final String TRIAL = "saas_client.trial";
    /** In a client database: when it expires, {@code YYYY-MM-DD HH:MM:SS} in UTC. */
    public static final String EXPIRATION = "saas_client.expiration_datetime";

    public Parameter withValue(String newValue) {
        return new Parameter(id, key, newValue, hidden);
    }

    public Parameter withHidden(boolean newHidden) {
        return new Parameter(id, key, value, newHidden);
    }
}
