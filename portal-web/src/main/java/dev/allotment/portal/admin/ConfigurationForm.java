// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.ConfigurationChange;
import dev.allotment.ConfigurationResult;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import java.util.List;

/** The form that configures a tenant database, with the same parts in the same order as the call for programs. */
public final class ConfigurationForm {
    /** The number of parameters that the form has fields for. */
    public static final int PARAMETERS = 3;
    /** The number of record quotas that the form has fields for. */
    public static final int QUOTAS = 2;

    private static final String MORE_TO_GRANT = "grant-more";
    private static final String MORE_TO_REVOKE = "revoke-more";

    private ConfigurationForm() {}

    static ConfigurationChange read(PortalExchange exchange, Form form) {
        ConfigurationChange.Builder change = ConfigurationChange.builder()
                .update(chosen(exchange, form, "update"))
                .install(chosen(exchange, form, "install"))
                .uninstall(chosen(exchange, form, "uninstall"))
                .grantOwner(chosen(exchange, form, "grant"))
                .grantOwner(typed(exchange, form, MORE_TO_GRANT))
                .revoke(chosen(exchange, form, "revoke"))
                .revoke(typed(exchange, form, MORE_TO_REVOKE));
        if (!sent(exchange, form, "update-list").isEmpty()) {
            change.refreshAddons();
        }
        parameters(exchange, form, change);
        quotas(exchange, form, change);
        return change.build();
    }

    /** Reads a group of check boxes, which stay checked if another field is refused. */
    private static String[] chosen(PortalExchange exchange, Form form, String name) {
        List<String> values = exchange.params(name);
        values.forEach(value -> form.set(name + "-" + value, value));
        return values.toArray(String[]::new);
    }

    /** Reads the names of groups that an add-on of the same change brings. */
    private static String[] typed(PortalExchange exchange, Form form, String name) {
        return AdminInput.names(sent(exchange, form, name)).toArray(String[]::new);
    }

    /** Reports groups that do not exist. They do not prevent the other changes. */
    static void report(ConfigurationResult result, Form form) {
        refuse(form, MORE_TO_GRANT, result.unknownGroupsToGrant());
        refuse(form, MORE_TO_REVOKE, result.unknownGroupsToRevoke());
    }

    private static void refuse(Form form, String field, List<String> unknown) {
        if (!unknown.isEmpty()) {
            form.refuse(field, "Unknown group: " + String.join(", ", unknown) + ". All other changes were applied.");
        }
    }

    private static void parameters(PortalExchange exchange, Form form, ConfigurationChange.Builder change) {
        for (int i = 1; i <= PARAMETERS; i++) {
            String key = sent(exchange, form, "param-key-" + i);
            String value = sent(exchange, form, "param-value-" + i);
            boolean hidden = !sent(exchange, form, "param-hidden-" + i).isEmpty();
            if (!key.isEmpty() && hidden) {
                change.hiddenParameter(key, value);
            } else if (!key.isEmpty()) {
                change.parameter(key, value);
            }
        }
    }

    private static void quotas(PortalExchange exchange, Form form, ConfigurationChange.Builder change) {
        for (int i = 1; i <= QUOTAS; i++) {
            String model = sent(exchange, form, "limit-model-" + i);
            String max = sent(exchange, form, "limit-most-" + i);
            String domain = sent(exchange, form, "limit-domain-" + i);
            if (model.isEmpty()) {
                continue;
            }
            if (max.matches("[0-9]{1,9}")) {
                change.recordQuota(model, Integer.parseInt(max), domain.isEmpty() ? "[]" : domain);
            } else {
                form.refuse("limit-most-" + i, "The maximum for " + model + " must be a whole number.");
            }
        }
    }

    private static String sent(PortalExchange exchange, Form form, String field) {
        String value = exchange.param(field);
        form.set(field, value);
        return value;
    }
}
