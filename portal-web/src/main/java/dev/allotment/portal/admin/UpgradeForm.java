// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Upgrade;
import dev.allotment.portal.web.Exchange;
import dev.allotment.portal.web.Form;

/** The form that configures a client database: the same parts, in the same order, as the call that programs make. */
public final class UpgradeForm {
    /** How many parameters the form has room for. */
    public static final int PARAMETERS = 3;
    /** How many limits the form has room for. */
    public static final int LIMITS = 2;

    private UpgradeForm() {}

    static Upgrade read(Exchange exchange, Form form) {
        Upgrade.Builder upgrade = Upgrade.builder()
                .update(exchange.params("update").toArray(String[]::new))
                .install(exchange.params("install").toArray(String[]::new))
                .uninstall(exchange.params("uninstall").toArray(String[]::new))
                .grantOwner(exchange.params("grant").toArray(String[]::new))
                .revoke(exchange.params("revoke").toArray(String[]::new));
        if (exchange.ticked("update-list")) {
            upgrade.updateAddonsList();
        }
        parameters(exchange, form, upgrade);
        limits(exchange, form, upgrade);
        return upgrade.build();
    }

    private static void parameters(Exchange exchange, Form form, Upgrade.Builder upgrade) {
        for (int i = 1; i <= PARAMETERS; i++) {
            String key = kept(exchange, form, "param-key-" + i);
            String value = kept(exchange, form, "param-value-" + i);
            boolean hidden = !kept(exchange, form, "param-hidden-" + i).isEmpty();
            if (!key.isEmpty() && hidden) {
                upgrade.hiddenParam(key, value);
            } else if (!key.isEmpty()) {
                upgrade.param(key, value);
            }
        }
    }

    private static void limits(Exchange exchange, Form form, Upgrade.Builder upgrade) {
        for (int i = 1; i <= LIMITS; i++) {
            String model = kept(exchange, form, "limit-model-" + i);
            String most = kept(exchange, form, "limit-most-" + i);
            String domain = kept(exchange, form, "limit-domain-" + i);
            if (model.isEmpty()) {
                continue;
            }
            if (most.matches("[0-9]{1,9}")) {
                upgrade.limitRecords(model, Integer.parseInt(most), domain.isEmpty() ? "[]" : domain);
            } else {
                form.refuse("limit-most-" + i, "The number of records of " + model + " is a whole number.");
            }
        }
    }

    private static String kept(Exchange exchange, Form form, String field) {
        String value = exchange.param(field);
        form.set(field, value);
        return value;
    }
}
