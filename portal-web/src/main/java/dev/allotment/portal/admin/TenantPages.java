// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.AddonRemoval;
import dev.allotment.ErrorCodes;
import dev.allotment.MaintenanceWindow;
import dev.allotment.Permission;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import dev.allotment.portal.web.VisitorHandler;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The tenants: the list, and what an administrator can do with one of them. */
final class TenantPages {
    static final String PATH = "/admin/databases";
    static final String SECTION = "admin-databases";
    private static final String EXPIRE_NOW = "expire-now";
    private static final String CONFIRMED = "confirmed";
    static final String WINDOW = "window";
    static final String TAGS = "tags";
    static final String TAGS_SEEN = "tags-seen";
    static final Map<String, String> NOTICES = Map.of(
            "tagged",
            "Tags changed.",
            "configured",
            "Changes applied.",
            "suspended",
            "The database is suspended: its application is closed until you resume it.",
            "resumed",
            "Resumed.",
            "still-suspended",
            "Still suspended for another reason.",
            "extended",
            "End date changed.",
            "renamed",
            "Renamed.",
            "synced",
            "Users and sizes have been recounted.",
            "deleted",
            "Deleted.",
            "restored",
            "Restored with all its data.");

    void add(Routes routes) {
        routes.showOperator(PATH, TenantList::show);
        routes.showOperator(PATH + "/{id}", TenantPages::show);
        routes.acceptAdministrator(PATH + "/{id}/configure", TenantPages::configure);
        new SuspendPages().add(routes);
        routes.acceptOperator(PATH + "/{id}/resume", Permission.SUSPEND_TENANTS, TenantPages::resume);
        routes.acceptAdministrator(
                PATH + "/{id}/sync",
                act("synced", (visitor, tenant) -> visitor.saas().tenants().sync(tenant.id())));
        routes.acceptAdministrator(
                PATH + "/{id}/restore",
                act("restored", (visitor, tenant) -> visitor.saas().tenants().restore(tenant.id())));
        routes.acceptAdministrator(PATH + "/{id}/extend", TenantPages::extend);
        routes.acceptAdministrator(PATH + "/{id}/rename", TenantPages::rename);
        routes.acceptAdministrator(PATH + "/{id}/tags", TenantPages::tag);
        routes.acceptAdministrator(PATH + "/{id}/attribute", TenantPages::setAttribute);
        routes.acceptAdministrator(PATH + "/{id}/window", TenantPages::setWindow);
        routes.acceptAdministrator(PATH + "/{id}/delete", TenantPages::delete).proven();
    }

    /** Returns the tenant that a path names. */
    static Tenant tenant(PortalExchange exchange, Visitor visitor) {
        return visitor.saas().tenants().get(new TenantId(exchange.pathId("id")));
    }

    private static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        render(exchange, visitor, 200, tenant(exchange, visitor), new Forms());
    }

    private static void render(PortalExchange exchange, Visitor visitor, int status, Tenant tenant, Forms forms)
            throws IOException {
        TenantView view =
                TenantDetails.of(visitor.saas(), tenant, exchange.site().clock().instant(), forms);
        exchange.render(
                status,
                "admin/database",
                exchange.page(tenant.name(), SECTION, NOTICES.get(exchange.param("done"))),
                view);
    }

    private static void done(PortalExchange exchange, Tenant tenant, String what) throws IOException {
        exchange.redirect(PATH + "/" + tenant.id() + "?done=" + what);
    }

    private static VisitorHandler act(String what, Action action) {
        return (exchange, visitor) -> {
            Tenant tenant = tenant(exchange, visitor);
            action.apply(visitor, tenant);
            done(exchange, tenant, what);
        };
    }

    /** Runs a change; shows a refusal next to the form that requested it. */
    private static void attempt(
            PortalExchange exchange, Visitor visitor, String what, Function<Forms, Form> form, Change change)
            throws IOException {
        Tenant tenant = tenant(exchange, visitor);
        Forms forms = new Forms();
        try {
            change.apply(tenant, form.apply(forms));
        } catch (SaasException e) {
            form.apply(forms).refuse("", AdminInput.refusal(e));
        }
        if (form.apply(forms).isFine()) {
            done(exchange, tenant, what);
        } else {
            render(exchange, visitor, 422, tenant, forms);
        }
    }

    private static void resume(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant =
                visitor.saas().tenants().resume(tenant(exchange, visitor).id());
        done(exchange, tenant, tenant.state() == TenantState.SUSPENDED ? "still-suspended" : "resumed");
    }

    private static void configure(PortalExchange exchange, Visitor visitor) throws IOException {
        if (asksBeforeUninstalling(exchange, visitor)) {
            return;
        }
        attempt(exchange, visitor, "configured", Forms::configure, (tenant, form) -> {
            var change = ConfigurationForm.read(exchange, form);
            if (form.isFine()) {
                ConfigurationForm.report(visitor.saas().configuration().apply(tenant.id(), change), form);
            }
        });
    }

    /** Shows what uninstalling add-ons would delete, unless this was confirmed or is refused anyway. */
    private static boolean asksBeforeUninstalling(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = tenant(exchange, visitor);
        Forms forms = new Forms();
        Form form = forms.configure();
        List<AddonRemoval> removals;
        try {
            List<String> leaving = ConfigurationForm.read(exchange, form).uninstallAddons();
            if (leaving.isEmpty() || !form.isFine()) {
                return false;
            }
            removals = visitor.saas().configuration().previewUninstall(tenant.id(), leaving);
        } catch (SaasException e) {
            form.refuse("", AdminInput.refusal(e));
            render(exchange, visitor, 422, tenant, forms);
            return true;
        }
        String confirmed = removals.stream().map(AddonRemoval::addon).sorted().collect(Collectors.joining(","));
        if (removals.isEmpty() || exchange.param(CONFIRMED).equals(confirmed)) {
            return false;
        }
        List<UninstallView.Field> fields = exchange.paramNames().stream()
                .filter(name -> !name.equals("form") && !name.equals(CONFIRMED))
                .flatMap(name -> exchange.params(name).stream().map(value -> new UninstallView.Field(name, value)))
                .toList();
        exchange.render(
                "admin/uninstall",
                exchange.page("Uninstall add-ons?", SECTION),
                new UninstallView(tenant.id().value(), tenant.name(), removals, confirmed, fields));
        return true;
    }

    private static void extend(PortalExchange exchange, Visitor visitor) throws IOException {
        attempt(exchange, visitor, "extended", Forms::extend, (tenant, form) -> {
            form.set("until", exchange.param("until"))
                    .set("reason", exchange.param("reason"))
                    .set(EXPIRE_NOW, exchange.param(EXPIRE_NOW));
            form.require("reason", "Enter a reason. It is shown in the audit log.");
            Instant until = null;
            if (!form.value("until").isEmpty()) {
                try {
                    until = LocalDate.parse(form.value("until"))
                            .plusDays(1)
                            .atStartOfDay()
                            .toInstant(ZoneOffset.UTC);
                } catch (DateTimeException e) {
                    form.refuse("until", "Enter a date such as 2030-12-31, or leave it blank for no end date.");
                }
            }
            if (until != null && !until.isAfter(exchange.site().clock().instant()) && !form.ticked(EXPIRE_NOW)) {
                form.refuse(
                        "until",
                        "This date is in the past: the database would expire at once, and may be suspended within"
                                + " seconds. Correct the date, or tick \"Expire the database now\".");
            }
            if (form.isFine()) {
                visitor.saas().tenants().extend(tenant.id(), until, form.value("reason"));
            }
        });
    }

    private static void rename(PortalExchange exchange, Visitor visitor) throws IOException {
        attempt(exchange, visitor, "renamed", Forms::rename, (tenant, form) -> {
            form.set("new-name", exchange.param("new-name"));
            visitor.saas().tenants().rename(tenant.id(), form.value("new-name"));
        });
    }

    /** Refuses the tags if they were changed after the page was shown: two administrators do not undo each other. */
    private static void tag(PortalExchange exchange, Visitor visitor) throws IOException {
        attempt(exchange, visitor, "tagged", Forms::tags, (tenant, form) -> {
            String seen = exchange.param(TAGS_SEEN);
            form.set(TAGS, exchange.param(TAGS)).set(TAGS_SEEN, seen);
            visitor.saas().tenants().update(tenant.id(), each -> {
                String stored = String.join(", ", each.tags());
                if (!stored.equals(seen)) {
                    form.set(TAGS_SEEN, stored);
                    throw SaasException.conflict(
                            ErrorCodes.RECORD_CHANGED,
                            "The tags were changed after you opened this page, to: "
                                    + (stored.isEmpty() ? "none" : stored) + ". Save again to replace them.");
                }
                return each.toBuilder().tags(AdminInput.names(form.value(TAGS))).build();
            });
        });
    }

    private static void setAttribute(PortalExchange exchange, Visitor visitor) throws IOException {
        attempt(exchange, visitor, "configured", Forms::attribute, (tenant, form) -> {
            form.set("key", exchange.param("key")).set("value", exchange.param("value"));
            String value = form.value("value");
            visitor.saas()
                    .tenants()
                    .update(
                            tenant.id(),
                            each -> each.toBuilder()
                                    .attribute(form.value("key"), value.isEmpty() ? null : value)
                                    .build());
        });
    }

    private static void setWindow(PortalExchange exchange, Visitor visitor) throws IOException {
        attempt(exchange, visitor, "configured", Forms::window, (tenant, form) -> {
            MaintenanceWindow window = AdminInput.window(form.set(WINDOW, exchange.param(WINDOW)), WINDOW);
            if (form.isFine()) {
                visitor.saas()
                        .tenants()
                        .update(
                                tenant.id(),
                                each -> each.toBuilder()
                                        .maintenanceWindow(window)
                                        .build());
            }
        });
    }

    private static void delete(PortalExchange exchange, Visitor visitor) throws IOException {
        attempt(exchange, visitor, "deleted", Forms::delete, (tenant, form) -> {
            if (exchange.param("confirm").equals(tenant.name())) {
                visitor.saas().tenants().delete(tenant.id());
            } else {
                form.refuse("confirm", "Enter the database's name exactly as shown above.");
            }
        });
    }

    /** An action without a form. */
    @FunctionalInterface
    private interface Action {
        Tenant apply(Visitor visitor, Tenant tenant);
    }

    /** A change that a form requests. */
    @FunctionalInterface
    private interface Change {
        void apply(Tenant tenant, Form form);
    }

    /** The forms of the page. */
    record Forms(Form configure, Form extend, Form tags, Form attribute, Form window, Form rename, Form delete) {
        Forms() {
            this(new Form(), new Form(), new Form(), new Form(), new Form(), new Form(), new Form());
        }
    }
}
