// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.fleet.Server;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.DomainConditions;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.Leaf;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.Unchanged;
import dev.allotment.odoo.internal.shared.KeptFields;
import dev.allotment.odoo.internal.value.Value;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * The fields of a server as Odoo SaaS Tools knows it: an application with a database, which the portal calls over
 * HTTP. Here one program serves all databases, so such an application needs no registration. If a script registers one,
 * the database server of the catalog is changed.
 */
final class ServerApplication {
    private static final String NAME = "application";
    private static final String CLIENT_ID = "client_id";
    private static final String SCHEME = "request_scheme";
    private static final String PORT = "request_port";
    private static final String PASSWORD = "password";
    private static final Map<String, FieldType> TYPES = Map.of(
            NAME,
            FieldType.CHAR,
            "local_host",
            FieldType.CHAR,
            "local_port",
            FieldType.CHAR,
            "local_request_scheme",
            FieldType.CHAR,
            "verify_ssl",
            FieldType.BOOLEAN);
    private static final Set<String> OTHERS = Set.of(CLIENT_ID, SCHEME, PORT, PASSWORD);

    static final KeptFields<Saas, Server> KEPT =
            new KeptFields<>(ServerModel.NAME, server -> server.id().value(), Saas::parameters, TYPES);

    private ServerApplication() {}

    static void addTo(ModelTableBuilder<Saas, Server> fields) {
        fields.field(KEPT.field(NAME, "Registered as"))
                .field(KEPT.field("local_host", "Local host or IP address"))
                .field(KEPT.field("local_port", "Local port"))
                .field(KEPT.field("local_request_scheme", "Local scheme"))
                .field(KEPT.field("verify_ssl", "Verify SSL"))
                .field(checked(
                        SCHEME,
                        FieldType.CHAR,
                        "Scheme",
                        (saas, server) -> baseUrl(saas).getScheme()))
                .field(checked(PORT, FieldType.INTEGER, "Port", (saas, server) -> port(baseUrl(saas))))
                .field(checked(CLIENT_ID, FieldType.CHAR, "Database UUID", (saas, server) -> {
                    String uuid = uuid(saas, KEPT.value(saas, server.id().value(), NAME));
                    return uuid.isEmpty() ? (Object) false : uuid;
                }))
                .field(Field.<Saas, Server>of(
                                PASSWORD,
                                FieldType.CHAR,
                                "Superuser password",
                                null,
                                ModelTableBuilder.plain(server -> null))
                        .written((server, value) -> {
                            value.optionalText();
                            return server;
                        }));
    }

    /** Returns a field that {@link #check} compares when it is written. */
    private static Field<Saas, Server> checked(
            String field, FieldType type, String label, BiFunction<Saas, Server, Object> read) {
        return Field.<Saas, Server>of(
                        field,
                        type,
                        label,
                        null,
                        ModelTableBuilder.each((caller, server) -> read.apply(caller.system(), server)))
                .written((server, value) -> server);
    }

    /** Whether these values describe an application, and no database server that is to be added. */
    static boolean isRegistered(Map<String, Object> values) {
        return !values.containsKey("backend")
                && values.keySet().stream().anyMatch(field -> TYPES.containsKey(field) || OTHERS.contains(field));
    }

    /** Returns the database server of the catalog. */
    static Server catalogs(Saas saas) {
        return saas.servers()
                .list(Query.where(Filter.equal(Server.NAME, Server.DEFAULT_NAME)))
                .get(0);
    }

    /** Returns the values of a registration as those of a change of a server. */
    static Map<String, Object> change(Map<String, Object> registered) {
        Map<String, Object> values = new LinkedHashMap<>(registered);
        Object name = values.remove("name");
        values.put(NAME, name == null ? false : name);
        return values;
    }

    /** Refuses values for the addresses of databases and the server's own database that are not the present ones. */
    static void check(Saas saas, long server, Map<String, Object> values) {
        URI base = baseUrl(saas);
        Map<String, Object> present = new LinkedHashMap<>();
        present.put(SCHEME, base.getScheme());
        present.put(PORT, port(base));
        Object name = values.getOrDefault(NAME, KEPT.value(saas, server, NAME));
        present.put(CLIENT_ID, uuid(saas, String.valueOf(name)));
        present.forEach((field, value) -> {
            if (values.containsKey(field)) {
                Unchanged.require(
                        new Value(OdooFault.Kind.VALIDATION, "Field '" + field + "'", values.get(field)),
                        value,
                        field.equals(CLIENT_ID)
                                ? "it is the UUID of the database that has the server's name"
                                : "the parameter web.base.url decides on the scheme and port of all databases");
            }
        });
    }

    /** Finds a server by its name, or by the name that a script registered. */
    static Filter<Object> named(OdooCaller<Saas> caller, Leaf leaf) {
        Filter<Object> byName = DomainConditions.text("name", leaf);
        Server catalogs = catalogs(caller.system());
        String registered = KEPT.value(caller.system(), catalogs.id().value(), NAME);
        return !registered.isEmpty()
                        && !leaf.operator().negative()
                        && leaf.values().contains(registered)
                ? Filter.or(byName, Filter.untyped(Filter.equal(Server.ID, catalogs.id())))
                : byName;
    }

    private static URI baseUrl(Saas saas) {
        return URI.create(saas.parameters().value(Parameter.BASE_URL).orElse("http://localhost"));
    }

    private static int port(URI url) {
        return url.getPort() >= 0 ? url.getPort() : "https".equals(url.getScheme()) ? 443 : 80;
    }

    private static String uuid(Saas saas, String name) {
        Optional<Tenant> tenant =
                name.isEmpty() ? Optional.empty() : saas.tenants().findByName(name);
        return tenant.map(each -> each.uuid().toString()).orElse("");
    }
}
