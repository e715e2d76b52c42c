// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/**
 * A named setting of the main database or of a tenant. Immutable.
 *
 * <p>The {@link RecordField} constants name the fields for filters and sort keys. The others name the parameters that
 * have a meaning.
 *
 * @param id 0 before it is stored
 * @param key unique in its database, such as {@code saas_portal.base_saas_domain}
 * @param value the text
 * @param hidden whether members of a tenant cannot see it
 */
public record Parameter(long id, String key, String value, boolean hidden) {
    public static final RecordField<Parameter, Long> ID = RecordField.of("id");
    public static final RecordField<Parameter, String> KEY = RecordField.of("key");
    public static final RecordField<Parameter, String> VALUE = RecordField.of("value");
    public static final RecordField<Parameter, Boolean> HIDDEN = RecordField.of("hidden");

    /** Whether strangers may sign up at the main database: true or false. A new catalog has true. */
    public static final String ALLOW_UNINVITED = "auth_signup.allow_uninvited";

    /**
     * Odoo's newer name of {@link #ALLOW_UNINVITED}: {@code b2c} or {@code b2b}. Each of the two follows the other.
     */
    public static final String INVITATION_SCOPE = "auth_signup.invitation_scope";

    /**
     * Whether strangers must confirm their email address before they get an account: true or false (the default). If
     * true, use {@link Accounts#requestSignUp}; portal users cannot open accounts for others.
     */
    public static final String SIGNUP_CONFIRMATION = "saas_portal.signup_confirmation";

    /**
     * Whether every account with {@link Role#ADMINISTRATOR} must have a second factor: true or false (the default).
     * Sessions of those that have none are not valid any more.
     */
    public static final String REQUIRE_FACTOR = "saas_portal.require_second_factor";

    /**
     * The language of those who have not chosen one, and whose browser wants none that there is: such as {@code de}.
     * Default: English.
     */
    public static final String LANGUAGE = "saas_portal.language";

    /** How many members and pending invitations the team of a customer has at most; 0: no limit. Default: 50. */
    public static final String TEAM_LIMIT = "saas_portal.team_limit";

    /** The domain that is appended to database names without a dot, to form their host. */
    public static final String BASE_DOMAIN = "saas_portal.base_saas_domain";

    /** The URL of the main database. Scheme and port also apply to the URLs of tenants. */
    public static final String BASE_URL = "web.base.url";

    /** The identity of a database, which never changes. */
    public static final String DATABASE_UUID = "database.uuid";

    /**
     * How many days the database of a deleted tenant is retained: 7 in a new installation. 0, or not set: it is
     * removed at
     * once.
     */
    public static final String RETENTION_DAYS = "saas_portal.retention_days";

    /** How many days the audit log goes back; 0: for ever. Default: 730. */
    public static final String EVENT_RETENTION_DAYS = "saas_portal.event_retention_days";

    /** How many days an operation is kept after it has finished; 0: for ever. Default: 365. */
    public static final String OPERATION_RETENTION_DAYS = "saas_portal.operation_retention_days";

    /** How many days {@link Usage} goes back; 0: for ever. Default: 1096. */
    public static final String USAGE_RETENTION_DAYS = "saas_portal.usage_retention_days";

    /** After how many days the delivery of an event to a listener is given up; 0: never. Default: 30. */
    public static final String DELIVERY_RETENTION_DAYS = "saas_portal.delivery_retention_days";

    /** How many days before the expiry the owner is notified; 0: never. */
    public static final String NOTIFY_IN_ADVANCE = "saas_portal.expiration_notify_in_advance";

    /** In a tenant: the limit of regular users. */
    public static final String MAX_USERS = "saas_client.max_users";

    /** In a tenant: the storage limit, in megabytes. */
    public static final String STORAGE_LIMIT_MB = "saas_client.total_storage_limit";

    /** In a tenant: 1 while it is suspended. */
    public static final String SUSPENDED = "saas_client.suspended";

    /**
     * In a copy of a tenant: the names of the neutralisers that ran, joined by commas; names of add-ons have the
     * prefix {@code addon:}.
     */
    public static final String NEUTRALISED = "saas_client.neutralised";

    /** In a configuration change: whether the tenant is a trial, {@code True} or {@code False}. */
    public static final String TRIAL = "saas_client.trial";

    /** In a tenant: when it expires, {@code YYYY-MM-DD HH:MM:SS} in UTC. */
    public static final String EXPIRATION = "saas_client.expiration_datetime";

    /**
     * In a tenant: what the keys of its {@linkplain Tenant#entitlements entitlements} start with, before the name. The
     * value is the text of the entitlement. Members can see them. Only the plan of the tenant changes them.
     */
    public static final String ENTITLEMENT = "saas_client.entitlement.";

    /** Returns this parameter with another value. */
    public Parameter withValue(String newValue) {
        return new Parameter(id, key, newValue, hidden);
    }

    /** Returns this parameter, hidden or not. */
    public Parameter withHidden(boolean newHidden) {
        return new Parameter(id, key, value, newHidden);
    }
}
