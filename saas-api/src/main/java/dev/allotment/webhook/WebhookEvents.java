// SPDX-License-Identifier: Apache-2.0
package dev.allotment.webhook;

import static dev.allotment.EventType.*;

import dev.allotment.EventType;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The events that webhook endpoints receive, and their names in messages. */
public final class WebhookEvents {
    /** The type of the message that {@link Webhooks#sendTest} sends. */
    public static final String TEST = "webhook.test";

    private static final List<String> NOUNS = List.of(
            "api_key",
            "backup",
            "campaign",
            "catalog",
            "customer",
            "erasure",
            "factor",
            "identity",
            "operation",
            "passkey",
            "password",
            "payment",
            "server",
            "support",
            "team",
            "template",
            "tenant",
            "usage",
            "webhook");

    private static final Set<EventType> FOR_CUSTOMERS = Collections.unmodifiableSet(EnumSet.of(
            TENANT_CREATED,
            TENANT_DUPLICATED,
            TENANT_ADOPTED,
            TENANT_CONFIGURED,
            TENANT_MIGRATED,
            TENANT_RENAMED,
            TENANT_DOMAIN_ADDED,
            TENANT_DOMAIN_REMOVED,
            TENANT_CHANGED,
            TENANT_PLAN_SWITCHED,
            TENANT_EXTENDED,
            TENANT_EXPIRING,
            TENANT_STORAGE_EXCEEDED,
            TENANT_SUSPENDED,
            TENANT_RESUMED,
            TENANT_RETAINED,
            TENANT_RESTORED,
            TENANT_DELETED,
            TENANT_RESTORED_IN_PLACE,
            TENANT_SWAPPED,
            TENANT_EXPORTED,
            CUSTOMER_EXPORTED,
            BACKUP_CREATED,
            BACKUP_RESTORED,
            BACKUP_DELETED,
            BACKUP_SKIPPED,
            PAYMENT_CHANGED,
            PAYMENT_DUE,
            TEAM_MEMBER_ADDED,
            TEAM_MEMBER_CHANGED,
            TEAM_MEMBER_REMOVED,
            TEAM_INVITATION_CREATED,
            TEAM_INVITATION_ACCEPTED,
            TEAM_INVITATION_DECLINED,
            TEAM_INVITATION_REVOKED,
            TEAM_FACTOR_CHANGED,
            IDENTITY_PROVIDER_CREATED,
            IDENTITY_PROVIDER_CHANGED,
            IDENTITY_PROVIDER_DELETED,
            IDENTITY_DOMAIN_VERIFIED,
            IDENTITY_DOMAIN_LAPSED,
            IDENTITY_DOMAIN_REMOVED,
            SUPPORT_ACCESS_REQUESTED,
            SUPPORT_ACCESS_GRANTED,
            SUPPORT_ACCESS_REFUSED,
            SUPPORT_ACCESS_WITHDRAWN,
            SUPPORT_ACCESS_REVOKED,
            SUPPORT_ACCESS_EXPIRED,
            SUPPORT_ACCESS_USED,
            SUPPORT_SETTING_CHANGED,
            WEBHOOK_DISABLED));

    private WebhookEvents() {}

    /**
     * Returns the types that endpoints of customers receive. Endpoints of operators receive all, but {@link
     * EventType#USAGE_CLOSED}, of which there is one for each tenant and day, only if they name it.
     */
    public static Set<EventType> forCustomers() {
        return FOR_CUSTOMERS;
    }

    /** Returns the name of a type in messages, such as {@code tenant.plan_switched}. */
    public static String name(EventType type) {
        String name = type.name().toLowerCase(Locale.ROOT);
        Optional<String> noun =
                NOUNS.stream().filter(each -> name.startsWith(each + "_")).findFirst();
        return noun.map(each -> each + "." + name.substring(each.length() + 1)).orElse(name);
    }
}
