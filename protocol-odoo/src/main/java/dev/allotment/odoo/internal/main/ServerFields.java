// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Saas;
import dev.allotment.fleet.Server;
import dev.allotment.fleet.ServerStatus;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.value.OdooJson;
import dev.allotment.odoo.internal.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The fields of {@code saas_portal.server}: address, capacity and health of a database server. */
final class ServerFields {
    static final String PASSWORD = "db_password";

    private static final String URL = "url";
    private static final String USER = "user";

    private ServerFields() {}

    static void addTo(ModelTableBuilder<Saas, Server> fields) {
        fields.text(
                        "backend",
                        "Backend",
                        "backend",
                        Server::backend,
                        (server, backend) -> server.toBuilder().backend(backend).build())
                .field(setting("db_url", "Database URL", URL))
                .field(setting("db_user", "Database User", USER))
                .field(Field.<Saas, Server>of(
                                PASSWORD,
                                FieldType.CHAR,
                                "Database Password",
                                null,
                                ModelTableBuilder.plain(server -> null))
                        .written((server, password) -> {
                            password.optionalText();
                            return server;
                        }))
                .field(Field.<Saas, Server>of(
                                "db_settings",
                                FieldType.TEXT,
                                "Other Settings",
                                null,
                                ModelTableBuilder.plain(server -> OdooJson.write(others(server))))
                        .written((server, value) -> with(server, value)))
                .integer(
                        "capacity",
                        "Planned Databases",
                        "capacity",
                        Server::capacity,
                        (server, capacity) ->
                                server.toBuilder().capacity(capacity).build())
                .integer(
                        "weight",
                        "Weight",
                        "weight",
                        Server::weight,
                        (server, weight) -> server.toBuilder().weight(weight).build())
                .flag(
                        "draining",
                        "Draining",
                        "draining",
                        Server::draining,
                        (server, draining) ->
                                server.toBuilder().draining(draining).build())
                .flag(
                        "source",
                        "Source",
                        "source",
                        Server::source,
                        (server, source) -> server.toBuilder()
                                .state(source ? Server.State.SOURCE : Server.State.IN_USE)
                                .build())
                .flag("lost", "Given up as Lost", "lost", Server::lost)
                .field(OdooAttributes.struct(
                        "labels",
                        "Labels",
                        Server::labels,
                        (server, labels) -> server.toBuilder().labels(labels).build()))
                .field(status("databases", FieldType.INTEGER, "Databases", ServerStatus::databases))
                .field(status(
                        "healthy",
                        FieldType.BOOLEAN,
                        "Healthy",
                        status -> status.health().up()))
                .field(status(
                        "health",
                        FieldType.CHAR,
                        "Health",
                        status -> status.health().message()));
    }

    /** Returns the password among the written values, or null if there is none. */
    static @Nullable String password(Map<String, Object> values) {
        return new Value(OdooFault.Kind.VALIDATION, "The password of a server", values.get(PASSWORD)).optionalText();
    }

    private static Field<Saas, Server> setting(String field, String label, String key) {
        return Field.<Saas, Server>of(
                        field,
                        FieldType.CHAR,
                        label,
                        null,
                        ModelTableBuilder.plain(server -> server.settings().get(key)))
                .written((server, value) -> {
                    Map<String, String> settings = new HashMap<>(server.settings());
                    String text = value.optionalText();
                    if (text == null) {
                        settings.remove(key);
                    } else {
                        settings.put(key, text);
                    }
                    return server.toBuilder().settings(settings).build();
                });
    }

    private static Map<String, String> others(Server server) {
        Map<String, String> others = new TreeMap<>(server.settings());
        others.remove(URL);
        others.remove(USER);
        return others;
    }

    private static Server with(Server server, Value value) {
        Map<String, String> settings = new HashMap<>();
        for (String key : List.of(URL, USER)) {
            String kept = server.settings().get(key);
            if (kept != null) {
                settings.put(key, kept);
            }
        }
        if (!value.absent()) {
            value.struct().forEach((key, each) -> {
                if (!key.equals(URL) && !key.equals(USER)) {
                    settings.put(key, new Value(value.fault(), "setting " + key, each).scalarText());
                }
            });
        }
        return server.toBuilder().settings(settings).build();
    }

    /** Returns the status that maintenance last found, so that no caller waits for a server that does not answer. */
    private static Field<Saas, Server> status(
            String field, FieldType type, String label, Function<ServerStatus, Object> read) {
        return Field.of(field, type, label, null, (caller, servers, named) -> {
            Map<Object, ServerStatus> statuses = caller.view().servers().statuses().stream()
                    .collect(Collectors.toMap(status -> status.server().id(), status -> status));
            List<Object> values = new ArrayList<>();
            for (Server server : servers) {
                ServerStatus status = statuses.get(server.id());
                Object value = status == null ? null : read.apply(status);
                values.add(value == null || value.equals("") ? false : value);
            }
            return values;
        });
    }
}
