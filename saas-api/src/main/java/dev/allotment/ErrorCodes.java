// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/** The codes of {@link SaasException}; docs/errors.md says of each what it means and what to do. */
public final class ErrorCodes {
    public static final String SETTING_INVALID = "setting.invalid";
    public static final String BACKEND_UNKNOWN = "backend.unknown";
    public static final String BACKEND_UNAVAILABLE = "backend.unavailable";
    public static final String BACKEND_IN_USE = "backend.in-use";
    public static final String BACKEND_UNSUPPORTED = "backend.unsupported";
    public static final String BACKEND_FAILED = "backend.failed";
    public static final String BACKEND_SCHEMA = "backend.schema";
    public static final String BACKEND_CLOSED = "backend.closed";
    /** A unique key of a record type is taken; details: type, key (its fields' names, joined by commas). */
    public static final String RECORD_DUPLICATE = "record.duplicate";
    /** Details: type, id. */
    public static final String RECORD_MISSING = "record.missing";

    public static final String RECORD_INVALID = "record.invalid";
    public static final String RECORD_IN_USE = "record.in-use";
    public static final String QUERY_INVALID = "query.invalid";
    public static final String QUERY_UNKNOWN_FIELD = "query.unknown-field";

    public static final String ACCESS_DENIED = "access.denied";
    public static final String ACCESS_BUSY = "access.busy";
    public static final String ACCESS_NOT_ALLOWED = "access.not-allowed";
    public static final String ACCESS_CLIENT_UNKNOWN = "access.client-unknown";
    public static final String ACCESS_REDIRECT_INVALID = "access.redirect-invalid";
    public static final String ACCOUNT_LOGIN_TAKEN = "account.login-taken";
    public static final String ACCOUNT_SIGNUP_OFF = "account.signup-off";
    public static final String ACCOUNT_SIGNUP_UNCONFIRMED = "account.signup-unconfirmed";
    public static final String ACCOUNT_SIGNUP_TOO_OFTEN = "account.signup-too-often";
    public static final String ACCOUNT_INVALID = "account.invalid";
    public static final String ACCOUNT_IN_USE = "account.in-use";
    public static final String PLAN_INVALID = "plan.invalid";
    public static final String PLAN_NO_NAME_TEMPLATE = "plan.no-name-template";
    public static final String PLAN_IN_USE = "plan.in-use";
    public static final String PLAN_LIMIT_REACHED = "plan.limit-reached";
    public static final String PLAN_SWITCH_REFUSED = "plan.switch-refused";
    public static final String NEUTRALISER_FAILED = "neutraliser.failed";
    public static final String ALIAS_HOST_INVALID = "alias.host-invalid";
    public static final String ALIAS_HOST_TAKEN = "alias.host-taken";
    public static final String ALIAS_NOT_PROVEN = "alias.not-proven";
    public static final String ALIAS_LIMIT_REACHED = "alias.limit-reached";
    public static final String SERVER_INVALID = "server.invalid";
    public static final String SERVER_NONE = "server.none";
    public static final String SERVER_IN_USE = "server.in-use";
    public static final String SERVER_NOT_LOST = "server.not-lost";
    public static final String SERVER_FULL = "server.full";
    public static final String SERVER_KEY_MISSING = "server.key-missing";
    public static final String SERVER_KEY_WRONG = "server.key-wrong";
    public static final String TEMPLATE_IN_USE = "template.in-use";
    public static final String TEMPLATE_NOT_READY = "template.not-ready";
    public static final String TENANT_NAME_INVALID = "tenant.name-invalid";
    public static final String TENANT_NAME_TAKEN = "tenant.name-taken";
    public static final String TENANT_STATE = "tenant.state";
    public static final String TENANT_BUSY = "tenant.busy";
    public static final String DATABASE_UNKNOWN = "database.unknown";
    public static final String DATABASE_FOREIGN = "database.foreign";
    public static final String DATABASE_NOT_ADOPTABLE = "database.not-adoptable";
    public static final String DATABASE_NOT_TRANSFERABLE = "database.not-transferable";
    public static final String ADDON_UNKNOWN = "addon.unknown";
    public static final String ADDON_INVALID = "addon.invalid";
    public static final String ADDON_NEEDED = "addon.needed";
    public static final String ADDON_FAILED = "addon.failed";
    public static final String CONFIGURATION_INVALID = "configuration.invalid";
    public static final String USER_LIMIT_REACHED = "user.limit-reached";
    public static final String IDEMPOTENCY_MISMATCH = "idempotency.mismatch";
    public static final String OPERATION_IN_PROGRESS = "operation.in-progress";
    public static final String OPERATION_CANCELLED = "operation.cancelled";
    public static final String OPERATION_FAILED = "operation.failed";

    public static final String MAIL_FAILED = "mail.failed";
    public static final String MAIL_REFUSED = "mail.refused";

    private ErrorCodes() {}
}
