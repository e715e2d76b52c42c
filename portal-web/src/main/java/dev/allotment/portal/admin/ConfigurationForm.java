// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.ConfigurationChange;
import dev.allotment.ConfigurationResult;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Form;
import java.util.List;

/** The form that configures a client database: the same parts, in the same order, as the call that programs make. */
public final class ConfigurationForm {
    /** How many parameters the form has room for. */
    public static final int PARAMETERS = 3;
    /** How many limits the form has room for. */
    public static final int LIMITS = 2;

    private static final String MORE_TO_GRANT = "grant-more";
    private static final String MORE_TO_REVOKE = "revoke-more";

    private ConfigurationForm() {}

    static ConfigurationChange read(PortalExchange exchange, Form form) {
        ConfigurationChange.Builder upgrade = ConfigurationChange.builder()
                .update(chosen(exchange, form, "update"))
                .install(chosen(exchange, form, "install"))
                .uninstall(chosen(exchange, form, "uninstall"))
                .grantOwner(chosen(exchange, form, "grant"))
                .grantOwner(typed(exchange, form, MORE_TO_GRANT))
                .revoke(chosen(exchange, form, "revoke"))
                .revoke(typed(exchange, form, MORE_TO_REVOKE));
        if (!kept(exchange, form, "update-list").isEmpty()) {
            upgrade.refreshAddons();
        }
        parameters(exchange, form, upgrade);
        limits(exchange, form, upgrade);
        return upgrade.build();
    }

    /** What is ticked among many, which stays ticked where something else is refused. */
    private static String[] chosen(PortalExchange exchange, Form form, String name) {
        List<String> values = exchange.params(name);
        values.forEach(value -> form.set(name + "-" + value, value));
        return values.toArray(String[]::new);
    }

    /** Groups that are not there yet, since they come with an add-on of the same call. */
    private static String[] typed(PortalExchange exchange, Form form, String name) {
        return AdminPages.names(kept(exchange, form, name)).toArray(String[]::new);
    }

    /** Tells of groups that there are not, which keep nothing else from being done. */
    static void tell(ConfigurationResult upgraded, Form form) {
        refuse(form, MORE_TO_GRANT, upgraded.unknownGroupsToGrant());
        refuse(form, MORE_TO_REVOKE, upgraded.unknownGroupsToRevoke());
    }

    private static void refuse(Form form, String field, List<String> unknown) {
        if (!unknown.isEmpty()) {
            form.refuse(field, "There is no group " + String.join(", ", unknown) + ". Everything else is done.");
        }
    }

    private static void parameters(PortalExchange exchange, Form form, ConfigurationChange.Builder upgrade) {
        for (int i = 1; i <= PARAMETERS; i++) {
            String key = kept(exchange, form, "param-key-" + i);
            String value = kept(exchange, form, "param-value-" + i);
            boolean hidden = !kept(exchange, form, "param-hidden-" + i).isEmpty();
            if (!key.isEmpty() && hidden) {
                upgrade.hiddenParameter(key, value);
            } else if (!key.isEmpty()) {
                upgrade.parameter(key, value);
            }
        }
    }

    private static void limits(PortalExchange exchange, Form form, ConfigurationChange.Builder upgrade) {
        for (int i = 1; i <= LIMITS; i++) {
            String model = kept(exchange, form, "limit-model-" + i);
            String most = kept(exchange, form, "limit-most-" + i);
            String domain = kept(exchange, form, "limit-domain-" + i);
            if (model.isEmpty()) {
                continue;
            }
            if (most.matches("[0-9]{1,9}")) {
                upgrade.recordQuota(model, Integer.parseInt(most), domain.isEmpty() ? "[]" : domain);
            } else {
                form.refuse("limit-most-" + i, "The number of records of " + model + " is a whole number.");
            }
        }
    }

    private static String kept(PortalExchange exchange, Form form, String field) {
        String value = exchange.param(field);
        form.set(field, value);
        return value;
    }
}
