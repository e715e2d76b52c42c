// SPDX-License-Identifier: Apache-2.0
package dev.allotment.mail;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** The kinds of emails, with the placeholders that their texts may use. */
enum MailKind {
    TENANT_CREATED("database", "url"),
    TENANT_EXPIRING("database", "url", "date"),
    TENANT_STORAGE_EXCEEDED("database", "url", "used", "limit"),
    TENANT_SUSPENDED_EXPIRED("database", "date"),
    TENANT_SUSPENDED_STORAGE("database", "limit"),
    TENANT_SUSPENDED_UNPAID("database", "pay"),
    TENANT_SUSPENDED_MANUAL("database"),
    TENANT_SUSPENDED_REASON("database", "reason"),
    TENANT_RESUMED("database", "url"),
    TENANT_EXTENDED("database", "url", "date"),
    TENANT_UNLIMITED("database", "url"),
    TENANT_RETAINED("database", "date"),
    TENANT_DELETED("database"),
    PAYMENT_DUE("pay", "date"),
    TENANT_PAYMENT_DUE("database", "pay", "date"),
    PASSWORD_RESET("link"),
    PASSWORD_CHANGED,
    NEW_DEVICE("browser", "address", "date"),
    FACTOR_SET,
    FACTOR_TURNED_OFF,
    FACTOR_RESET,
    FACTOR_CODE_USED("left"),
    PASSKEY_ADDED,
    PASSKEY_REMOVED,
    IDENTITY_LINKED,
    IDENTITY_UNLINKED,
    INVITATION("link", "inviter", "product"),
    SIGN_UP("link"),
    ALREADY_REGISTERED("link"),
    EMAIL_CHANGED,
    ERASURE_REQUESTED,
    ERASURE_TO_DECIDE("link", "date"),
    WEBHOOK_DISABLED("webhook"),
    TEAM_INVITATION("link", "inviter", "customer", "role", "date"),
    TEAM_ROLE_CHANGED("customer", "role"),
    TEAM_REMOVED("customer"),
    TEAM_OWNER("customer", "owner"),
    SUPPORT_REQUESTED("operator", "database", "what", "reason", "link", "date"),
    SUPPORT_GRANTED("operator", "database", "what", "link", "date"),
    SUPPORT_REFUSED("operator", "database", "what", "link"),
    SUPPORT_USED("operator", "database", "what", "link", "date"),
    BRAND_PREVIEW;

    private final Set<String> placeholders = new TreeSet<>(Set.of("user", "portal"));

    MailKind(String... own) {
        placeholders.addAll(Set.of(own));
    }

    Set<String> placeholders() {
        return placeholders;
    }

    /** Returns the start of the names of its files, such as {@code tenant-created}. */
    String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
