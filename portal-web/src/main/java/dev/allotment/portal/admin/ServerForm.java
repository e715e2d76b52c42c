// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.fleet.Server;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Converts between a database server and the form that edits it. The password has its own field, which is never filled
 * in.
 */
final class ServerForm {
    private static final String[] FIELDS = {
        "name",
        "backend",
        "settings",
        "host",
        "capacity",
        "weight",
        "clients-host",
        "version",
        "sequence",
        "labels",
        "active",
        "draining"
    };

    private ServerForm() {}

    static Form sent(PortalExchange exchange) {
        return Form.sent(exchange, FIELDS);
    }

    static Form of(Server server) {
        return new Form()
                .set("name", server.name())
                .set("backend", server.backend() == null ? "" : server.backend())
                .set("settings", text(server.settings()))
                .set("host", server.host())
                .set("capacity", Integer.toString(server.capacity()))
                .set("weight", Integer.toString(server.weight()))
                .set("clients-host", server.clientsHostTemplate() == null ? "" : server.clientsHostTemplate())
                .set("version", server.odooVersion())
                .set("sequence", Integer.toString(server.sequence()))
                .set("labels", Labels.text(server.labels()))
                .set("active", server.active() ? "true" : "")
                .set("draining", server.draining() ? "true" : "");
    }

    private static String text(Map<String, String> settings) {
        return new TreeMap<>(settings)
                .entrySet().stream()
                        .map(each -> each.getKey() + " = " + each.getValue())
                        .collect(Collectors.joining("\n"));
    }

    /**
     * Applies the form to a server, except for name and backend, which cannot be changed; refuses what cannot be
     * parsed.
     */
    static Server apply(Form form, Server server) {
        String template = form.value("clients-host");
        return server.toBuilder()
                .settings(settings(form))
                .host(form.value("host"))
                .capacity(form.number("capacity", "The capacity"))
                .weight(form.number("weight", "The weight"))
                .clientsHostTemplate(template.isEmpty() ? null : template)
                .odooVersion(form.value("version"))
                .sequence(form.number("sequence", "The sort order"))
                .labels(Labels.sent(form, "labels"))
                .active(form.ticked("active"))
                .draining(form.ticked("draining"))
                .build();
    }

    /** Creates a server from the form. */
    static Server create(Form form) {
        form.require("name", "Enter a name.");
        String backend = form.value("backend");
        return apply(form, Server.builder(form.value("name")).build()).toBuilder()
                .backend(backend.isEmpty() ? null : backend)
                .build();
    }

    private static Map<String, String> settings(Form form) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String line : form.value("settings").lines().map(String::strip).toList()) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                settings.put(
                        line.substring(0, equals).strip(),
                        line.substring(equals + 1).strip());
            } else if (!line.isEmpty()) {
                form.refuse(
                        "settings",
                        "Each line must be a setting such as url = jdbc:postgresql://db2.example.com/postgres.");
                break;
            }
        }
        return settings;
    }
}
