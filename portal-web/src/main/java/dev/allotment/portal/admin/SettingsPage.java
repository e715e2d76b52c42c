// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.ErrorCodes;
import dev.allotment.MainRecords;
import dev.allotment.Parameter;
import dev.allotment.Parameters;
import dev.allotment.SaasException;
import dev.allotment.portal.account.SignUpSetting;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The settings of the portal. Each is a parameter of the main database. */
final class SettingsPage {
    private static final String PATH = "/admin/settings";
    private static final String SECTION = "admin-settings";
    /** What is expected in a field, in the words of the page. The core names the parameters. */
    private static final Map<String, String> EXPECTED = Map.of(
            "base-url",
                    "Enter the address of the portal, such as https://portal.example.com, without a path. Browsers"
                            + " must be able to reach the portal there.",
            "base-domain", "Enter a domain such as example.com.",
            "notify", "Enter a number of days, such as 7; 0 for never.",
            "retention", "Enter a number of days, such as 30; 0 to delete databases at once.");

    private static final Map<String, String> NOTICES = Map.of("saved", "Settings saved.");

    private final boolean mail;

    SettingsPage(boolean mail) {
        this.mail = mail;
    }

    void add(Routes routes) {
        routes.showOperator(PATH, this::show);
        routes.acceptAdministrator(PATH, this::save);
    }

    private void show(PortalExchange exchange, Visitor visitor) throws IOException {
        Parameters parameters = visitor.saas().parameters();
        Form form = new Form()
                .set("external-signup", SignUpSetting.open(exchange.site()) ? "true" : "")
                .set("confirmation", SignUpSetting.confirmed(exchange.site()) ? "true" : "")
                .set(
                        "factor",
                        parameters
                                .value(Parameter.REQUIRE_FACTOR)
                                .filter("true"::equals)
                                .orElse(""))
                .set("base-url", parameters.value(Parameter.BASE_URL).orElse(""))
                .set("base-domain", parameters.value(Parameter.BASE_DOMAIN).orElse(""))
                .set("notify", parameters.value(Parameter.NOTIFY_IN_ADVANCE).orElse(""))
                .set("retention", parameters.value(Parameter.RETENTION_DAYS).orElse("0"));
        render(exchange, 200, form);
    }

    private void save(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = Form.sent(
                exchange,
                "external-signup",
                "confirmation",
                "factor",
                "base-url",
                "base-domain",
                "notify",
                "retention");
        Map<String, Setting> settings = new LinkedHashMap<>();
        settings.put("base-url", new Setting(Parameter.BASE_URL, form.value("base-url")));
        settings.put("base-domain", new Setting(Parameter.BASE_DOMAIN, form.value("base-domain")));
        settings.put("notify", new Setting(Parameter.NOTIFY_IN_ADVANCE, form.value("notify")));
        settings.put("retention", new Setting(Parameter.RETENTION_DAYS, form.value("retention")));
        settings.put(
                "external-signup",
                new Setting(Parameter.ALLOW_UNINVITED, form.ticked("external-signup") ? "True" : "False"));
        settings.put(
                "confirmation",
                new Setting(Parameter.SIGNUP_CONFIRMATION, form.ticked("confirmation") ? "true" : "false"));
        settings.put("factor", new Setting(Parameter.REQUIRE_FACTOR, form.ticked("factor") ? "true" : "false"));
        try {
            visitor.saas().inTransaction(records -> {
                settings.forEach((field, setting) -> set(records, form, field, setting));
                if (!form.isFine()) {
                    // Nothing of this form is stored.
                    throw SaasException.invalid(ErrorCodes.CONFIGURATION_INVALID, "Some settings are wrong.");
                }
                return settings;
            });
        } catch (SaasException e) {
            if (form.isFine()) {
                throw e;
            }
        }
        exchange.site().baseUrl().forget();
        if (form.isFine()) {
            exchange.redirect(PATH + "?done=saved");
        } else {
            render(exchange, 422, form);
        }
    }

    private static void set(MainRecords records, Form form, String field, Setting setting) {
        try {
            records.parameters().set(setting.key(), setting.value());
        } catch (SaasException e) {
            form.refuse(field, EXPECTED.getOrDefault(field, AdminInput.refusal(e)));
        }
    }

    private void render(PortalExchange exchange, int status, Form form) throws IOException {
        exchange.render(
                status,
                "admin/settings",
                exchange.page("Settings", SECTION, NOTICES.get(exchange.param("done"))),
                new SettingsView(form, mail));
    }

    private record Setting(String key, String value) {}
}
