// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is true whenever nothing is running, after any kill. Checked with plain SQL, without the library. */
final class Invariants {
    private static final String ENTITLEMENT = "saas_client.entitlement.";

    /** The events that successful operations publish, each once. */
    private static final Map<String, String> EVENTS = Map.ofEntries(
            Map.entry("CREATE_TENANT", "TENANT_CREATED"),
            Map.entry("DUPLICATE_TENANT", "TENANT_DUPLICATED"),
            Map.entry("ADOPT_TENANT", "TENANT_ADOPTED"),
            Map.entry("CONFIGURE_TENANT", "TENANT_CONFIGURED"),
            Map.entry("RENAME_TENANT", "TENANT_RENAMED"),
            Map.entry("MOVE_TENANT", "TENANT_MOVED"),
            Map.entry("RESTORE_IN_PLACE", "TENANT_RESTORED_IN_PLACE"),
            Map.entry("SWAP_TENANTS", "TENANT_SWAPPED"),
            Map.entry("SWITCH_PLAN", "TENANT_PLAN_SWITCHED"),
            Map.entry("RETAIN_TENANT", "TENANT_RETAINED"),
            Map.entry("RESTORE_TENANT", "TENANT_RESTORED"),
            Map.entry("DELETE_TENANT", "TENANT_DELETED"));

    /** Of an operation that was superseded after it had committed its change of the database. */
    private static final String SUPERSEDED_AFTER_COMMIT =
            "error_code = 'operation.superseded' AND result LIKE '%\"applied\":\"true\"%'";

    /** The events after which a tenant has the database of another time, or of another tenant. */
    private static final Set<String> REPLACED = Set.of("TENANT_RESTORED_IN_PLACE", "TENANT_SWAPPED");

    /** The events of tenants that are made from other ones. */
    private static final Set<String> MADE = Set.of("TENANT_DUPLICATED", "BACKUP_RESTORED");

    /** As databases write it: {@code 2026-01-31 23:59:59.5+00}, with any number of digits. */
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .appendPattern("yyyy-MM-dd HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendOffset("+HH:mm", "+00")
            .toFormatter(Locale.ROOT);

    private static final String RUNNING = "SELECT * FROM allotment.operations WHERE state = 'RUNNING'";

    /** After it was to be deleted or removed, or its suspension was due; nothing is due near it. */
    private final Instant now;

    private final List<Ground> grounds;
    private final List<Map<String, @Nullable String>> tenants;
    private final List<Map<String, @Nullable String>> live;
    /** Those that have a database. */
    private final List<Map<String, @Nullable String>> kept;

    /** The tenants with a superseded operation whose change of the database had been committed. */
    private final Set<String> superseded;

    /** Of all accounts, by id. */
    private final Map<String, String> logins = new HashMap<>();

    private final Map<String, UUID> expected = new HashMap<>();
    /** By tenant, the oldest first. */
    private final Map<String, List<Map<String, @Nullable String>>> events = new HashMap<>();

    private final List<Map<String, @Nullable String>> operations;

    private Invariants(List<Ground> grounds, Connection catalog, Instant now) throws SQLException {
        this.grounds = grounds;
        this.now = now;
        tenants = Rows.of(catalog, "SELECT * FROM allotment.tenants");
        kept = tenants.stream()
                .filter(row -> !"DELETED".equals(row.get("state")))
                .toList();
        live = kept.stream().filter(row -> !"RETAINED".equals(row.get("state"))).toList();
        superseded = Set.copyOf(Rows.column(
                catalog,
                "SELECT tenant_id FROM allotment.operations WHERE tenant_id IS NOT NULL AND "
                        + SUPERSEDED_AFTER_COMMIT));
        operations = Rows.of(catalog, "SELECT * FROM allotment.operations ORDER BY id");
        for (Map<String, @Nullable String> row : Rows.of(catalog, "SELECT id, login FROM allotment.users")) {
            logins.put(text(row, "id"), text(row, "login"));
        }
        for (Map<String, @Nullable String> row :
                Rows.of(catalog, "SELECT * FROM allotment.events WHERE tenant_id IS NOT NULL ORDER BY id")) {
            events.computeIfAbsent(text(row, "tenant_id"), id -> new ArrayList<>())
                    .add(row);
        }
    }

    /**
     * Compares the catalog, the databases and the delivered events.
     *
     * @param grounds all database servers; the first one has the catalog
     * @param journal with all outcomes in it
     * @param now what processes take the time to be
     */
    static void check(List<Ground> grounds, Journal journal, Instant now) throws Exception {
        check(grounds, null, journal, now);
    }

    /** Compares the files of the backups, too, if there is a folder of them. */
    static void check(List<Ground> grounds, @Nullable Path backups, Journal journal, Instant now) throws Exception {
        try (Connection catalog = grounds.get(0).catalog()) {
            Invariants all = new Invariants(grounds, catalog, now);
            all.nothingIsUnderWay(catalog);
            all.whatWasDueIsDone();
            all.templatesFollowTheirPlans(catalog);
            all.catalogAndServersAgree(catalog);
            all.namesAreHeldByThoseThatBearThem(catalog);
            all.adoptedOrAsTheyWere(catalog);
            all.everythingWasDoneOnce(catalog, journal);
            all.eachOperationTellsOnce(catalog);
            all.whatWasReportedIsThere(journal);
            all.erasedCustomersHaveLeftNothing(catalog, journal);
            if (backups != null) {
                all.backupsAreWhole(catalog, backups, journal);
            }
        }
    }

    /** Returns the number of unfinished operations. */
    static int underWay(Ground ground) throws SQLException {
        try (Connection catalog = ground.catalog()) {
            return Rows.of(catalog, RUNNING).size();
        }
    }

    /**
     * Checks right after a kill, before anything is repaired, that no database that is being restored, copied, moved or
     * swapped admits its application unless it is complete.
     */
    static void halfMadeDatabasesAreClosed(List<Ground> grounds) throws Exception {
        try (Connection catalog = grounds.get(0).catalog()) {
            Set<String> interrupted = new HashSet<>(Rows.column(
                    catalog,
                    "SELECT tenant_id FROM allotment.operations WHERE state = 'RUNNING' AND kind IN ("
                            + "'RESTORE_BACKUP', 'RESTORE_IN_PLACE', 'DUPLICATE_TENANT', 'MOVE_TENANT', 'SWAP_TENANTS')"
                            + " UNION SELECT other_tenant_id FROM allotment.operations"
                            + " WHERE state = 'RUNNING' AND other_tenant_id IS NOT NULL"));
            List<Map<String, @Nullable String>> tenants = Rows.of(catalog, "SELECT * FROM allotment.tenants");
            for (Ground ground : grounds) {
                Map<String, UUID> databases = ground.databases();
                for (String name : ground.letIn()) {
                    UUID identity = Objects.requireNonNull(databases.get(name));
                    Map<String, @Nullable String> tenant = tenants.stream()
                            .filter(row -> identity.toString().equals(row.get("uuid")))
                            .findFirst()
                            .orElseThrow(() ->
                                    new AssertionError("Database " + name + " is open, and belongs to no tenant"));
                    if (interrupted.contains(text(tenant, "id"))) {
                        assertComplete(ground, catalog, tenant, name);
                    }
                }
            }
        }
    }

    private static void assertComplete(
            Ground ground, Connection catalog, Map<String, @Nullable String> tenant, String name) throws SQLException {
        UUID identity = UUID.fromString(text(tenant, "uuid"));
        Set<String> operations = Set.copyOf(Rows.column(
                catalog,
                "SELECT kind FROM allotment.operations WHERE state = 'RUNNING' AND tenant_id = " + text(tenant, "id")));
        try (Connection inside = ground.database(name, identity)) {
            assertThat(Rows.column(
                            inside, "SELECT \"value\" FROM allotment.parameters WHERE \"key\" = 'database.uuid'"))
                    .as("identity in the open database %s of %s during %s", name, tenant, operations)
                    .containsExactly(identity.toString());
            assertThat(Rows.column(inside, "SELECT login FROM allotment.members WHERE owner"))
                    .as("owner in the open database %s of %s during %s", name, tenant, operations)
                    .hasSize(1);
            if (operations.contains("RESTORE_BACKUP") || operations.contains("DUPLICATE_TENANT")) {
                assertThat(Rows.column(
                                inside,
                                "SELECT \"value\" FROM allotment.parameters WHERE \"key\" = '" + Victim.TALLY + "'"))
                        .as("copies up to the open database %s of %s", name, tenant)
                        .singleElement()
                        .satisfies(tally -> assertThat(tally).endsWith(identity.toString()));
            }
        }
    }

    private void nothingIsUnderWay(Connection catalog) throws SQLException {
        assertThat(Rows.of(catalog, RUNNING)).as("unfinished operations").isEmpty();
        assertThat(live)
                .as("states of tenants")
                .allSatisfy(row -> assertThat(row.get("state"))
                        .isEqualTo("[]".equals(row.get("suspended_for")) ? "OPEN" : "SUSPENDED"));
        assertThat(Rows.column(catalog, "SELECT state FROM allotment.templates"))
                .containsOnly("READY");
        assertThat(Rows.column(catalog, "SELECT name FROM allotment.spares WHERE NOT ready"))
                .as("spares half made")
                .isEmpty();
    }

    /** Suspensions, their ends, and deletions. */
    private void whatWasDueIsDone() {
        assertThat(live).allSatisfy(row -> {
            Instant expiry = instant(row, "expires_at");
            boolean over = expiry != null && !expiry.isAfter(now);
            boolean trial = isTrue(row, "trial");
            List<String> causes = causes(row);
            assertThat(causes).as("causes of suspension of %s", row).isSubsetOf("manual", "expired", "swapped");
            assertThat(causes.contains("expired"))
                    .as("suspended because it has expired: %s", row)
                    .isEqualTo(over && (trial || isTrue(row, "block_on_expiration")));
            assertThat(trial
                            && expiry != null
                            && !expiry.plus(Duration.ofDays(1)).isAfter(now))
                    .as("a trial that was to be deleted: %s", row)
                    .isFalse();
            assertThat(causes.contains("swapped") && over)
                    .as("a previous state that was to be deleted: %s", row)
                    .isFalse();
            assertThat(row.get("retained_until")).as("kept until when: %s", row).isNull();
        });
        assertThat(kept)
                .filteredOn(row -> "RETAINED".equals(row.get("state")))
                .as("deleted ones that are kept")
                .allSatisfy(row -> assertThat(Objects.requireNonNull(instant(row, "retained_until")))
                        .isAfter(now));
    }

    private static List<String> causes(Map<String, @Nullable String> tenant) {
        List<String> causes = new ArrayList<>();
        Matcher each = Pattern.compile("[a-z]+").matcher(text(tenant, "suspended_for"));
        while (each.find()) {
            causes.add(each.group());
        }
        return causes;
    }

    /** Adopted templates have no fingerprint, and are not changed. */
    private void templatesFollowTheirPlans(Connection catalog) throws SQLException {
        assertThat(Rows.of(catalog, """
                        SELECT p.id, t.name, p.tz, t.tz AS of_template FROM allotment.plans p
                        LEFT JOIN allotment.templates t ON t.id = p.template_id
                        WHERE p.template_id IS NOT NULL AND (t.id IS NULL OR (t.hash <> '' AND t.tz <> p.tz))
                        """))
                .as("plans whose template is not theirs, or out of date")
                .isEmpty();
        assertThat(Rows.of(catalog, """
                        SELECT family, version, server_id FROM allotment.templates
                        GROUP BY family, version, server_id HAVING COUNT(*) > 1
                        """))
                .as("templates built twice on a server")
                .isEmpty();
        String editions = """
                SELECT 1 FROM allotment.plans p JOIN allotment.templates u ON u.id = p.template_id
                WHERE u.family = t.family AND u.version = t.version
                """;
        assertThat(Rows.of(
                        catalog,
                        "SELECT s.name FROM allotment.spares s JOIN allotment.templates t ON t.id = s.template_id"
                                + " WHERE NOT EXISTS (" + editions + ")"))
                .as("spares of templates that no plan has")
                .isEmpty();
        assertThat(Rows.of(
                        catalog,
                        "SELECT t.name FROM allotment.templates t JOIN allotment.templates later"
                                + " ON later.family = t.family AND later.version > t.version"
                                + " WHERE NOT EXISTS (" + editions + ") AND later.created_at <= CAST('"
                                + now.minus(Duration.ofMinutes(11)) + "' AS TIMESTAMP WITH TIME ZONE)"))
                .as("old template versions that were not removed")
                .isEmpty();
    }

    private void catalogAndServersAgree(Connection catalog) throws Exception {
        Map<String, Map<String, UUID>> byServer = new HashMap<>();
        for (String from : List.of(
                "allotment.tenants x JOIN allotment.servers s ON s.id = x.server_id AND x.state <> 'DELETED'",
                "allotment.templates x JOIN allotment.servers s ON s.id = x.server_id",
                "allotment.spares x JOIN allotment.servers s ON s.id = x.server_id")) {
            for (Map<String, @Nullable String> row :
                    Rows.of(catalog, "SELECT x.name, x.uuid, s.name AS server FROM " + from)) {
                UUID identity = UUID.fromString(text(row, "uuid"));
                byServer.computeIfAbsent(text(row, "server"), server -> new HashMap<>())
                        .put(text(row, "name"), identity);
                assertThat(expected.put(text(row, "name"), identity))
                        .as("who is called %s as well", row.get("name"))
                        .isNull();
            }
        }
        assertThat(expected.values())
                .as("identities of databases on all servers")
                .doesNotHaveDuplicates();
        Map<String, String> servers = new HashMap<>();
        for (Map<String, @Nullable String> row : Rows.of(catalog, "SELECT id, name FROM allotment.servers")) {
            servers.put(text(row, "id"), text(row, "name"));
        }
        for (Ground ground : grounds) {
            Map<String, UUID> here = byServer.getOrDefault(ground.server(), Map.of());
            assertThat(ground.databases())
                    .as(
                            "every tenant, template and spare on server %s has its database, and no other database exists",
                            ground.server())
                    .containsExactlyInAnyOrderEntriesOf(here);
            ground.assertNothingElse(here);
            assertThat(ground.letIn())
                    .as("open databases, and only those, accept their application")
                    .isEqualTo(live.stream()
                            .filter(row -> "OPEN".equals(row.get("state")))
                            .map(row -> text(row, "name"))
                            .filter(here::containsKey)
                            .collect(Collectors.toSet()));
            for (Map<String, @Nullable String> tenant : kept) {
                if (ground.server().equals(servers.get(text(tenant, "server_id")))) {
                    UUID identity = UUID.fromString(text(tenant, "uuid"));
                    try (Connection inside = ground.database(text(tenant, "name"), identity)) {
                        insideAgrees(tenant, inside);
                    }
                }
            }
        }
    }

    private void insideAgrees(Map<String, @Nullable String> tenant, Connection inside) throws SQLException {
        String name = text(tenant, "name");
        Map<String, String> parameters = new HashMap<>();
        for (Map<String, @Nullable String> row :
                Rows.of(inside, "SELECT \"key\", \"value\" FROM allotment.parameters")) {
            parameters.put(text(row, "key"), text(row, "value"));
        }
        assertThat(parameters).as("what %s knows of itself", name).containsEntry("database.uuid", text(tenant, "uuid"));
        // A deleted one gets the values of the catalog when it is restored.
        if (!"RETAINED".equals(tenant.get("state"))) {
            assertThat(parameters)
                    .as("what %s knows of itself", name)
                    .containsEntry("saas_client.max_users", text(tenant, "max_users"))
                    .containsEntry("saas_client.suspended", "OPEN".equals(tenant.get("state")) ? "0" : "1");
            assertThat(new TreeMap<>(parameters)
                            .entrySet().stream()
                                    .filter(each -> each.getKey().startsWith(ENTITLEMENT))
                                    .map(each -> '"' + each.getKey().substring(ENTITLEMENT.length()) + "\":\""
                                            + each.getValue() + '"')
                                    .collect(Collectors.joining(",", "{", "}")))
                    .as("entitlements in %s", name)
                    .isEqualTo(tenant.get("entitlements"));
        }
        assertThat(Rows.column(inside, "SELECT login FROM allotment.members WHERE owner"))
                .as("owner of %s", name)
                .containsExactly(logins.get(text(tenant, "owner_id")));
        wholeConfiguration(tenant, parameters, inside);
        harmless(tenant, parameters);
        for (Map<String, @Nullable String> adopted : events(tenant, "TENANT_ADOPTED")) {
            assertThat(Rows.column(inside, "SELECT text FROM notes"))
                    .as("what was in %s before it was adopted", name)
                    .containsExactly(detail(adopted, "name"));
        }
    }

    /** Every configuration sets all of this, and says in each part which one it was: see {@link CrashWork}. */
    private void wholeConfiguration(
            Map<String, @Nullable String> tenant, Map<String, String> parameters, Connection inside)
            throws SQLException {
        String name = text(tenant, "name");
        String number = parameters.get("probe.first");
        assertThat(parameters.get("probe.second")).as("second part in %s", name).isEqualTo(number);
        if (!hasOlderParameters(tenant)) {
            assertThat(Rows.column(
                            inside, "SELECT max_records FROM allotment.record_limits WHERE model = 'probe.thing'"))
                    .as("third part in %s", name)
                    .isEqualTo(number == null ? List.of() : List.of(number));
        }
        boolean installed = Rows.column(inside, "SELECT name FROM allotment.addons WHERE name = 'probe' AND installed")
                        .size()
                == 1;
        Boolean wanted = wantsProbe(tenant, number);
        // What a superseded operation had committed in the database stays there, and its result says so.
        if (wanted != null && !superseded.contains(text(tenant, "id"))) {
            assertThat(installed)
                    .as("add-on in %s after configuration %s and %s", name, number, events.get(text(tenant, "id")))
                    .isEqualTo(wanted);
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

    /**
     * Whether it has the parameters of another time or tenant, and was not configured since: it keeps its record quotas
     * when it is brought back to a backup or swapped.
     */
    private boolean hasOlderParameters(Map<String, @Nullable String> tenant) {
        boolean older = false;
        for (Map<String, @Nullable String> event : events.getOrDefault(text(tenant, "id"), List.of())) {
            String type = text(event, "type");
            if (REPLACED.contains(type)) {
                older = true;
            } else if (MADE.contains(type)) {
                older = wasReplaced(detail(event, "source"));
            } else if (type.equals("TENANT_CONFIGURED")) {
                older = false;
            }
        }
        return older;
    }

    /** Whether a tenant, or one that it was made from, has ever had the database of another time or tenant. */
    private boolean wasReplaced(String uuid) {
        return tenants.stream()
                .filter(row -> uuid.equals(row.get("uuid")))
                .flatMap(row -> events.getOrDefault(text(row, "id"), List.of()).stream())
                .anyMatch(event -> REPLACED.contains(text(event, "type"))
                        || (MADE.contains(text(event, "type")) && wasReplaced(detail(event, "source"))));
    }

    /**
     * Whether the last change left the add-on in it.
     *
     * @param number of its last configuration
     * @return null: it came with what it was made from
     */
    private @Nullable Boolean wantsProbe(Map<String, @Nullable String> tenant, @Nullable String number) {
        Boolean wanted = null;
        boolean configured = false;
        for (Map<String, @Nullable String> event : events.getOrDefault(text(tenant, "id"), List.of())) {
            String type = text(event, "type");
            if (type.equals("TENANT_CONFIGURED")) {
                configured = true;
            } else if (REPLACED.contains(type)) {
                // It has what the backup or the other tenant has.
                configured = false;
                wanted = null;
            } else if (type.equals("TENANT_PLAN_SWITCHED")
                    && detail(event, "installed").equals("probe")) {
                configured = false;
                wanted = true;
            } else if (type.equals("TENANT_PLAN_SWITCHED")
                    && detail(event, "removed").equals("probe")) {
                configured = false;
                wanted = false;
            }
        }
        if (configured) {
            return Long.parseLong(Objects.requireNonNull(
                                    number, () -> "configured, without a number: " + history(tenant)))
                            % 2
                    == 1;
        }
        return wanted;
    }

    /** Everything that was done with a tenant. */
    private String history(Map<String, @Nullable String> tenant) {
        String id = text(tenant, "id");
        return tenant + "\n" + lines(events.get(id)) + "\n"
                + lines(operations.stream()
                        .filter(row -> id.equals(row.get("tenant_id")))
                        .toList());
    }

    private static String lines(@Nullable List<Map<String, @Nullable String>> rows) {
        return rows == null ? "" : rows.stream().map(String::valueOf).collect(Collectors.joining("\n"));
    }

    /**
     * A copy was neutralized once, after its source was read. Tenants that were swapped may have the database of a
     * copy, or of what it was made from.
     */
    private void harmless(Map<String, @Nullable String> tenant, Map<String, String> parameters) {
        List<String> tally = List.of(parameters.getOrDefault(Victim.TALLY, "").split(","));
        String own = text(tenant, "uuid");
        boolean copied = !events(tenant, "TENANT_DUPLICATED").isEmpty()
                || !events(tenant, "BACKUP_RESTORED").isEmpty();
        assertThat(tally).as("copies up to %s", tenant).doesNotHaveDuplicates();
        if (!events(tenant, "TENANT_SWAPPED").isEmpty()) {
            return;
        }
        assertThat(tally.contains(own)).as("made harmless: %s", tenant).isEqualTo(copied);
        if (copied) {
            assertThat(tally.get(tally.size() - 1)).isEqualTo(own);
            assertThat(parameters).containsEntry("saas_client.neutralised", "tally");
        }
    }

    private List<Map<String, @Nullable String>> events(Map<String, @Nullable String> tenant, String type) {
        return events.getOrDefault(text(tenant, "id"), List.of()).stream()
                .filter(each -> type.equals(each.get("type")))
                .toList();
    }

    private void namesAreHeldByThoseThatBearThem(Connection catalog) throws SQLException {
        Map<String, UUID> held = new HashMap<>();
        Map<String, UUID> quarantined = new HashMap<>();
        for (Map<String, @Nullable String> row : Rows.of(catalog, "SELECT * FROM allotment.reserved_names")) {
            (row.get("until") == null ? held : quarantined)
                    .put(text(row, "name"), UUID.fromString(text(row, "holder")));
        }
        assertThat(held).as("reserved names").containsExactlyInAnyOrderEntriesOf(expected);
        assertThat(quarantined)
                .as("names that are kept from others are those that were given up")
                .containsExactlyInAnyOrderEntriesOf(namesGivenUp(catalog));
    }

    /** Those of deleted databases, and those that databases had before they were renamed. */
    private Map<String, UUID> namesGivenUp(Connection catalog) throws SQLException {
        Map<String, UUID> given = new HashMap<>();
        Map<String, UUID> identities = new HashMap<>();
        for (Map<String, @Nullable String> row : tenants) {
            UUID identity = UUID.fromString(text(row, "uuid"));
            if (isErased(row)) {
                // Its names are free at once.
                continue;
            }
            identities.put(text(row, "id"), identity);
            if ("DELETED".equals(row.get("state"))) {
                given.put(text(row, "name"), identity);
            }
        }
        for (Map<String, @Nullable String> row :
                Rows.of(catalog, "SELECT * FROM allotment.events WHERE type = 'TENANT_RENAMED'")) {
            UUID identity = identities.get(text(row, "tenant_id"));
            if (identity != null) {
                given.put(detail(row, "from"), identity);
            }
        }
        given.keySet().removeAll(expected.keySet());
        return given;
    }

    private void everythingWasDoneOnce(Connection catalog, Journal journal) throws SQLException {
        assertThat(tenants)
                .as("tenants are those that were requested")
                // If its owner was erased before its creation was reported, a repeat finds neither.
                .filteredOn(row -> !isErased(row) || journal.tenants().contains(Long.valueOf(text(row, "id"))))
                .extracting(row -> Long.valueOf(text(row, "id")))
                .containsExactlyInAnyOrderElementsOf(journal.tenants());
        assertThat(tenants).allSatisfy(row -> {
            boolean deleted = "DELETED".equals(row.get("state"));
            List<String> own = events.getOrDefault(text(row, "id"), List.of()).stream()
                    .map(event -> text(event, "type"))
                    .toList();
            assertThat(own)
                    .as("beginnings of %s", row)
                    .filteredOn(
                            List.of("TENANT_CREATED", "TENANT_DUPLICATED", "TENANT_ADOPTED", "BACKUP_RESTORED")
                                    ::contains)
                    .hasSize(1);
            assertThat(own)
                    .as("ends of %s", row)
                    .filteredOn("TENANT_DELETED"::equals)
                    .hasSize(deleted ? 1 : 0);
            assertThat(own.contains("TENANT_BACKED_UP"))
                    .as("saved before it was removed: %s", row)
                    .isEqualTo(deleted);
            assertThat(journal.saved().contains(text(row, "uuid")))
                    .as("backup of %s", row)
                    .isEqualTo(deleted);
            events(row, "TENANT_DELETED")
                    .forEach(event -> assertThat(detail(event, "backup"))
                            .isEqualTo(isErased(row) ? "erased" : "kept as " + row.get("uuid")));
            int keeps = events(row, "TENANT_RETAINED").size()
                    - events(row, "TENANT_RESTORED").size();
            assertThat(keeps).as("deleted, and not taken back: %s", row).isBetween(0, 1);
            if (!deleted) {
                assertThat(keeps).as("kept: %s", row).isEqualTo("RETAINED".equals(row.get("state")) ? 1 : 0);
            }
            // Resuming a tenant that is not suspended is recorded, too.
            long expired = causing(row, "TENANT_SUSPENDED", "expired") - causing(row, "TENANT_RESUMED", "expired");
            assertThat(expired)
                    .as("suspended, and not resumed, by its time: %s", row)
                    .isEqualTo(causes(row).contains("expired") ? 1 : 0);
        });
        assertThat(Rows.of(catalog, "SELECT * FROM allotment.deliveries"))
                .as("events that were not delivered")
                .isEmpty();
        Set<String> all = Set.copyOf(Rows.column(catalog, "SELECT uuid FROM allotment.events"));
        assertThat(journal.told()).as("delivered events").isEqualTo(all);
    }

    /** Whether the customer of a tombstone was erased. */
    private static boolean isErased(Map<String, @Nullable String> tenant) {
        return text(tenant, "name").equals("erased-" + text(tenant, "id"));
    }

    /** What a process has reported is on record, whatever was killed afterwards. */
    private void whatWasReportedIsThere(Journal journal) {
        journal.replaced()
                .forEach((tenant, keys) -> assertThat(events.getOrDefault(tenant, List.of()))
                        .as("restores in place of tenant %s, of which %s were reported", tenant, keys)
                        .filteredOn(event -> "TENANT_RESTORED_IN_PLACE".equals(event.get("type")))
                        .hasSizeGreaterThanOrEqualTo(keys.size()));
        journal.swapped()
                .forEach((tenant, keys) -> assertThat(events.getOrDefault(tenant, List.of()))
                        .as("swaps of tenant %s, of which %s were reported", tenant, keys)
                        .filteredOn(event -> "TENANT_SWAPPED".equals(event.get("type")))
                        .hasSizeGreaterThanOrEqualTo(keys.size()));
    }

    /** Each customer is as it was, or is gone with everything that names it. */
    private void erasedCustomersHaveLeftNothing(Connection catalog, Journal journal) throws SQLException {
        Set<String> left = logins.values().stream()
                .filter(login -> login.startsWith(Victim.ERASABLE))
                .map(login -> login.substring(0, login.indexOf('@')))
                .collect(Collectors.toSet());
        assertThat(left)
                .as("customers, without those whose erasure was reported")
                .noneMatch(journal.erased()::contains);
        Pattern word = Pattern.compile(Victim.ERASABLE + "k[0-9a-z]+");
        Set<String> addresses = journal.erased().stream().map(Victim::address).collect(Collectors.toSet());
        for (String table : Rows.column(
                catalog, "SELECT table_name FROM information_schema.tables WHERE lower(table_schema) = 'allotment'")) {
            for (Map<String, @Nullable String> row : Rows.of(catalog, "SELECT * FROM allotment." + table)) {
                for (String value : row.values()) {
                    if (value != null) {
                        assertThat(word.matcher(value).results().map(MatchResult::group))
                                .as("customers that a row of %s names: %s", table, row)
                                .isSubsetOf(left);
                        assertThat(addresses)
                                .as("address in %s: %s", table, row)
                                .noneMatch(value::equals);
                    }
                }
            }
        }
    }

    private long causing(Map<String, @Nullable String> tenant, String type, String cause) {
        return events(tenant, type).stream()
                .filter(event -> detail(event, "cause").equals(cause))
                .count();
    }

    /** Of the databases that others have made: each is as it was, or was adopted by one. */
    private void adoptedOrAsTheyWere(Connection catalog) throws SQLException {
        Set<String> left = new HashSet<>();
        Set<String> put = new HashSet<>();
        for (Ground ground : grounds) {
            left.addAll(ground.foreign());
            put.addAll(ground.put());
        }
        List<String> adopted = new ArrayList<>();
        for (Map<String, @Nullable String> row : Rows.of(
                catalog,
                "SELECT * FROM allotment.events WHERE type IN ('TENANT_ADOPTED', 'TEMPLATE_BUILT') ORDER BY id")) {
            String name = detail(row, "TENANT_ADOPTED".equals(row.get("type")) ? "name" : "template");
            if (put.contains(name)) {
                adopted.add(name);
            }
        }
        put.removeAll(left);
        assertThat(adopted)
                .as("databases of others that are not as they were")
                .containsExactlyInAnyOrderElementsOf(put);
    }

    /**
     * What ended well is on record once for each time, and what did not is not; what had nothing to do has ended as it
     * was stored, and publishes nothing. A superseded switch of the plan or restore in place that had committed in the
     * database is on record, too: the catalog follows the database.
     */
    private void eachOperationTellsOnce(Connection catalog) throws SQLException {
        Map<String, Integer> ended = new TreeMap<>();
        Map<String, Integer> told = new TreeMap<>();
        for (Map<String, @Nullable String> row : Rows.of(
                catalog,
                "SELECT kind, tenant_id, other_tenant_id FROM allotment.operations"
                        + " WHERE state = 'DONE' AND updated_at > created_at"
                        + " OR kind IN ('SWITCH_PLAN', 'RESTORE_IN_PLACE') AND " + SUPERSEDED_AFTER_COMMIT)) {
            String event = EVENTS.get(text(row, "kind"));
            if (event != null) {
                ended.merge(event + " of " + text(row, "tenant_id"), 1, Integer::sum);
                String other = row.get("other_tenant_id");
                if (other != null) {
                    ended.merge(event + " of " + other, 1, Integer::sum);
                }
            }
        }
        events.forEach((tenant, all) -> all.forEach(row -> {
            if (EVENTS.containsValue(text(row, "type"))) {
                told.merge(text(row, "type") + " of " + tenant, 1, Integer::sum);
            }
        }));
        assertThat(told).as("events, by what operations did").isEqualTo(ended);
        assertThat(tenants).allSatisfy(row -> {
            List<Map<String, @Nullable String>> moves = events(row, "TENANT_PLAN_SWITCHED");
            if (!moves.isEmpty()) {
                assertThat(row.get("plan_id") + "/" + row.get("plan_version"))
                        .as("plan of %s", row)
                        .isEqualTo(detail(moves.get(moves.size() - 1), "to"));
            }
        });
    }

    /**
     * Each manifest has its content, each content its manifest, and each of them its tenant. A backup that was reported
     * is there until it is deleted.
     */
    private void backupsAreWhole(Connection catalog, Path backups, Journal journal) throws IOException, SQLException {
        Set<String> ofTenants = kept.stream().map(row -> text(row, "uuid")).collect(Collectors.toSet());
        Set<String> manifests = new HashSet<>();
        Set<String> contents = new HashSet<>();
        try (Stream<Path> files = Files.walk(backups)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = backups.relativize(file).toString();
                if (name.startsWith(".unfinished-")) {
                    // What a killed process was writing has no name yet, and is removed after a day.
                    continue;
                }
                assertThat(name.substring(0, name.indexOf('/')))
                        .as("the tenant of the backup %s", name)
                        .isIn(ofTenants);
                if (!name.endsWith("/key.json")) {
                    assertThat(name).as("files of backups").containsPattern("\\.(json|[0-9]+\\.content)$");
                    (name.endsWith(".json") ? manifests : contents).add(name.substring(0, name.indexOf('.')));
                    if (name.endsWith(".json")) {
                        assertContent(file);
                    }
                }
            }
        }
        assertThat(contents).as("contents of backups, by their manifests").isEqualTo(manifests);
        Set<String> deleted = Rows.of(catalog, "SELECT * FROM allotment.events WHERE type = 'BACKUP_DELETED'").stream()
                .map(event -> detail(event, "backup"))
                .collect(Collectors.toSet());
        journal.backups().forEach((backup, tenant) -> {
            if (ofTenants.contains(tenant) && !deleted.contains(backup)) {
                assertThat(manifests)
                        .as("backup %s of tenant %s, which was reported", backup, tenant)
                        .anyMatch(name -> name.startsWith(tenant) && name.endsWith(backup));
            }
        });
    }

    /** The content is that of which the manifest has the hash. */
    private static void assertContent(Path manifest) throws IOException {
        String text = Files.readString(manifest);
        Path content = manifest.resolveSibling(Path.of(value(text, "content")).getFileName());
        assertThat(HexFormat.of().formatHex(sha256().digest(Files.readAllBytes(content))))
                .as("the content of %s", manifest)
                .isEqualTo(value(text, "sha256"));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String value(String json, String key) {
        Matcher found = Pattern.compile('"' + key + "\":\"([^\"]*)\"").matcher(json);
        assertThat(found.find()).as("%s in %s", key, json).isTrue();
        return found.group(1);
    }

    /** One of the details of an event. */
    private static String detail(Map<String, @Nullable String> event, String name) {
        return value(text(event, "details"), name);
    }

    private static boolean isTrue(Map<String, @Nullable String> row, String column) {
        return text(row, column).toLowerCase(Locale.ROOT).startsWith("t");
    }

    private static @Nullable Instant instant(Map<String, @Nullable String> row, String column) {
        String value = row.get(column);
        return value == null ? null : OffsetDateTime.parse(value, TIME).toInstant();
    }

    private static String text(Map<String, @Nullable String> row, String column) {
        return Objects.requireNonNull(row.get(column), column);
    }
}
