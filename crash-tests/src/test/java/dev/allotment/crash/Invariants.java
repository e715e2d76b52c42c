// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What holds whenever nothing is under way, whatever was killed before; seen with plain SQL, past the library. */
final class Invariants {
    private static final String RUNNING = "SELECT * FROM allotment.operations WHERE state = 'RUNNING'";

    private final Ground ground;
    private final List<Map<String, @Nullable String>> tenants;
    private final List<Map<String, @Nullable String>> live;
    private final Map<String, UUID> expected = new HashMap<>();

    private Invariants(Ground ground, Connection catalog) throws SQLException {
        this.ground = ground;
        tenants = Rows.of(catalog, "SELECT * FROM allotment.tenants");
        live = tenants.stream()
                .filter(row -> !"DELETED".equals(row.get("state")))
                .toList();
    }

    /**
     * Compares catalog, databases and what was told.
     *
     * @param journal with all outcomes in it
     */
    static void check(Ground ground, Journal journal) throws Exception {
        try (Connection catalog = ground.catalog()) {
            Invariants all = new Invariants(ground, catalog);
            all.nothingIsUnderWay(catalog);
            all.catalogAndServerAgree(catalog);
            all.namesAreHeldByThoseThatBearThem(catalog);
            all.everythingWasDoneOnce(catalog, journal);
        }
    }

    /** How many operations are waiting for somebody to go on with them. */
    static int underWay(Ground ground) throws SQLException {
        try (Connection catalog = ground.catalog()) {
            return Rows.of(catalog, RUNNING).size();
        }
    }

    private void nothingIsUnderWay(Connection catalog) throws SQLException {
        assertThat(Rows.of(catalog, RUNNING))
                .as("operations that nobody goes on with")
                .isEmpty();
        assertThat(live).as("states of client databases").allSatisfy(row -> {
            assertThat(row.get("state")).isIn("OPEN", "PENDING");
            assertThat(row.get("suspended_for")).isEqualTo("OPEN".equals(row.get("state")) ? "[]" : "[\"manual\"]");
        });
        assertThat(Rows.column(catalog, "SELECT state FROM allotment.templates"))
                .containsOnly("READY");
        assertThat(Rows.column(catalog, "SELECT name FROM allotment.spares WHERE NOT ready"))
                .as("spares half made")
                .isEmpty();
    }

    private void catalogAndServerAgree(Connection catalog) throws Exception {
        live.forEach(this::expect);
        Rows.of(catalog, "SELECT name, uuid FROM allotment.templates").forEach(this::expect);
        Rows.of(catalog, "SELECT name, uuid FROM allotment.spares").forEach(this::expect);
        assertThat(ground.databases())
                .as("every client database, template and spare has its database, and there is no other")
                .containsExactlyInAnyOrderEntriesOf(expected);
        ground.assertNothingElse(expected);
        assertThat(ground.letIn())
                .as("who is open lets its application in, and nobody else does")
                .isEqualTo(live.stream()
                        .filter(row -> "OPEN".equals(row.get("state")))
                        .map(row -> text(row, "name"))
                        .collect(Collectors.toSet()));
        for (Map<String, @Nullable String> tenant : live) {
            UUID identity = UUID.fromString(text(tenant, "uuid"));
            try (Connection inside = ground.database(text(tenant, "name"), identity)) {
                insideAgrees(tenant, inside);
            }
        }
    }

    private void expect(Map<String, @Nullable String> row) {
        UUID before = expected.put(text(row, "name"), UUID.fromString(text(row, "uuid")));
        assertThat(before).as("who is called %s as well", row.get("name")).isNull();
    }

    private static void insideAgrees(Map<String, @Nullable String> tenant, Connection inside) throws SQLException {
        String name = text(tenant, "name");
        Map<String, String> parameters = new HashMap<>();
        for (Map<String, @Nullable String> row :
                Rows.of(inside, "SELECT \"key\", \"value\" FROM allotment.parameters")) {
            parameters.put(text(row, "key"), text(row, "value"));
        }
        assertThat(parameters)
                .as("what %s knows of itself", name)
                .containsEntry("database.uuid", text(tenant, "uuid"))
                .containsEntry("saas_client.max_users", text(tenant, "max_users"))
                .containsEntry("saas_client.suspended", "OPEN".equals(tenant.get("state")) ? "0" : "1");
        assertThat(Rows.column(inside, "SELECT login FROM allotment.members WHERE owner"))
                .as("owner of %s", name)
                .containsExactly(Victim.OWNER);
        wholeConfiguration(name, parameters, inside);
    }

    /** Every configuration sets all of this, and says in each part which one it was: see {@link Work}. */
    private static void wholeConfiguration(String name, Map<String, String> parameters, Connection inside)
            throws SQLException {
        String number = parameters.get("probe.first");
        assertThat(parameters.get("probe.second")).as("second part in %s", name).isEqualTo(number);
        assertThat(Rows.column(inside, "SELECT max_records FROM allotment.record_limits WHERE model = 'probe.thing'"))
                .as("third part in %s", name)
                .isEqualTo(number == null ? List.of() : List.of(number));
        boolean installed = Rows.column(inside, "SELECT name FROM allotment.addons WHERE name = 'probe' AND installed")
                        .size()
                == 1;
        if (number != null) {
            assertThat(installed)
                    .as("add-on in %s after configuration %s", name, number)
                    .isEqualTo(Long.parseLong(number) % 2 == 1);
        }
        assertThat(Rows.column(
                        inside,
                        "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'probe%' ORDER BY 1"))
                .as("tables of the add-on in %s", name)
                .isEqualTo(installed ? List.of("probe_first", "probe_second") : List.of());
        assertThat(Rows.column(inside, "SELECT xml_id FROM allotment.groups WHERE addon = 'probe'"))
                .as("groups of the add-on in %s", name)
                .hasSize(installed ? 1 : 0);
    }

    private void namesAreHeldByThoseThatBearThem(Connection catalog) throws SQLException {
        Map<String, UUID> held = new HashMap<>();
        Map<String, UUID> kept = new HashMap<>();
        for (Map<String, @Nullable String> row : Rows.of(catalog, "SELECT * FROM allotment.held_names")) {
            (row.get("until") == null ? held : kept).put(text(row, "name"), UUID.fromString(text(row, "holder")));
        }
        assertThat(held).as("held names").containsExactlyInAnyOrderEntriesOf(expected);
        assertThat(kept)
                .as("names that are kept from others are those that were given up")
                .containsExactlyInAnyOrderEntriesOf(namesGivenUp(catalog));
    }

    /** Those of deleted databases, and those that databases had before they were renamed. */
    private Map<String, UUID> namesGivenUp(Connection catalog) throws SQLException {
        Map<String, UUID> given = new HashMap<>();
        Map<String, UUID> identities = new HashMap<>();
        for (Map<String, @Nullable String> row : tenants) {
            UUID identity = UUID.fromString(text(row, "uuid"));
            identities.put(text(row, "id"), identity);
            if ("DELETED".equals(row.get("state"))) {
                given.put(text(row, "name"), identity);
            }
        }
        for (Map<String, @Nullable String> row :
                Rows.of(catalog, "SELECT * FROM allotment.events WHERE type = 'TENANT_RENAMED'")) {
            given.put(detail(row, "from"), Objects.requireNonNull(identities.get(text(row, "tenant_id"))));
        }
        given.keySet().removeAll(expected.keySet());
        return given;
    }

    private void everythingWasDoneOnce(Connection catalog, Journal journal) throws SQLException {
        assertThat(tenants)
                .as("client databases are those that were asked for")
                .extracting(row -> Long.valueOf(text(row, "id")))
                .containsExactlyInAnyOrderElementsOf(journal.tenants());
        Map<String, List<String>> events = new HashMap<>();
        for (Map<String, @Nullable String> row :
                Rows.of(catalog, "SELECT * FROM allotment.events WHERE tenant_id IS NOT NULL ORDER BY id")) {
            events.computeIfAbsent(text(row, "tenant_id"), id -> new ArrayList<>())
                    .add(text(row, "type"));
        }
        assertThat(tenants).allSatisfy(row -> {
            List<String> own = events.getOrDefault(text(row, "id"), List.of());
            assertThat(own)
                    .as("beginnings of %s", row)
                    .filteredOn(type -> type.equals("TENANT_CREATED") || type.equals("TENANT_DUPLICATED"))
                    .hasSize(1);
            assertThat(own)
                    .as("ends of %s", row)
                    .filteredOn("TENANT_DELETED"::equals)
                    .hasSize("DELETED".equals(row.get("state")) ? 1 : 0);
        });
        assertThat(Rows.of(catalog, "SELECT * FROM allotment.deliveries"))
                .as("events not told")
                .isEmpty();
        Set<String> all = Set.copyOf(Rows.column(catalog, "SELECT uuid FROM allotment.events"));
        assertThat(journal.told()).as("events that were told").isEqualTo(all);
    }

    /** One of the details of an event. */
    private static String detail(Map<String, @Nullable String> event, String name) {
        Matcher found = Pattern.compile('"' + name + "\":\"([^\"]*)\"").matcher(text(event, "details"));
        assertThat(found.find()).as("detail %s of %s", name, event).isTrue();
        return found.group(1);
    }

    private static String text(Map<String, @Nullable String> row, String column) {
        return Objects.requireNonNull(row.get(column), column);
    }
}
