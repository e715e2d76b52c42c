// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.assertFault;
import static dev.allotment.odoo.OdooPortal.list;
import static dev.allotment.odoo.OdooPortal.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.allotment.Saas;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.spi.backup.StoredFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipInputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ClientBackupsTest {
    private static final String CLIENT = "saas_portal.client";
    private static final String MARK = "shop.mark";

    private final OdooPortal portal = new OdooPortal();
    private OdooPortal.Client client = new OdooPortal.Client(0, "", 0, 0);

    @BeforeEach
    void client() {
        client = portal.client("owner@example.com");
        mark(portal.saas, "first");
        portal.admin("saas_portal.plan", "write", list(plan()), Map.of("published", true));
    }

    private long plan() {
        return ((Number) ((List<?>) portal.read(CLIENT, client.id(), "plan_id").get("plan_id")).get(0)).longValue();
    }

    @AfterEach
    void close() {
        portal.close();
    }

    private void mark(Saas saas, String value) {
        saas.database(client.name()).parameters().set(MARK, value);
    }

    private Object admin(String method, Map<String, ?> arguments) {
        return portal.adminKw(CLIENT, method, list(list(client.id())), arguments);
    }

    private Object owner(String method, Map<String, ?> arguments) {
        return as(client.owner(), OdooPortal.PASSWORD, method, arguments);
    }

    private Object as(long uid, String password, String method, Map<String, ?> arguments) {
        return portal.executeKw(OdooPortal.DB, uid, password, CLIENT, method, list(list(client.id())), arguments);
    }

    private String backUp() {
        return (String) ((List<?>) admin("backup_database", Map.of())).get(0);
    }

    private static int code(ThrowingCallable call) {
        return OdooPortal.fault(call).code();
    }

    @Test
    void areMadeListedRestoredOnAnotherServerAndDeletedByAnAdministrator() {
        String backup = backUp();
        mark(portal.saas, "second");
        Object server = portal.admin("saas_portal.server", "create", Map.of("name", "second"));

        assertThat(rows(admin("backups", Map.of()))).singleElement().satisfies(row -> {
            assertThat(row)
                    .containsEntry("id", backup)
                    .containsEntry("name", client.name())
                    .containsEntry("plan", "Basic")
                    .containsEntry("create_date", "2026-03-01 12:00:00")
                    .containsEntry("made_by", "administrator")
                    .containsEntry("program_version", Saas.version())
                    .containsEntry("addons", Map.of())
                    .containsEntry(
                            "client_id",
                            portal.read(CLIENT, client.id(), "client_id").get("client_id"));
            assertThat((long) row.get("content_bytes")).isPositive();
            assertThat((long) row.get("stored_bytes")).isPositive();
        });
        Map<?, ?> restored = (Map<?, ?>) admin(
                "restore_backup",
                Map.of("backup", backup, "dbname", "old.localhost", "neutralise", false, "target_server", server));
        assertThat(restored.get("url").toString()).contains("access_token=");
        assertThat(portal.read(CLIENT, (long) restored.get("id"), "state", "server_id"))
                .containsEntry("state", "open")
                .containsEntry("server_id", list(server, "second"));
        assertThat(portal.saas.database("old.localhost").parameters().value(MARK))
                .hasValue("first");
        assertThat(portal.neutralised).isEmpty();
        assertThat(admin("delete_backup", Map.of("backup", backup))).isEqualTo(true);
        assertThat(admin("delete_backup", Map.of("backup", backup))).isEqualTo(true);
        assertThat(admin("backups", Map.of())).isEqualTo(list());
    }

    @Test
    void areRestoredInPlaceOnceForAKeyAlsoByTheOwner() {
        String backup = backUp();
        mark(portal.saas, "second");
        Map<String, Object> restoring = Map.of("backup", backup, "idempotency_key", "a");
        assertThat(owner("restore_in_place", restoring)).isEqualTo(true);
        assertThat(mark()).isEqualTo("first");
        mark(portal.saas, "third");
        assertThat(owner("restore_in_place", restoring)).isEqualTo(true);
        assertThat(mark()).isEqualTo("third");

        long operation = (long) admin("restore_in_place", Map.of("backup", backup, "async", true));
        assertThat(mark()).isEqualTo("third");
        assertThat(done(operation).get("kind")).isEqualTo("restore_in_place");
        assertThat(mark()).isEqualTo("first");
        assertThat(rows(admin("backups", Map.of())))
                .extracting(row -> row.get("made_by"))
                .containsExactlyInAnyOrder("administrator", "safety", "safety");
        portal.admin(CLIENT, "suspend", list(client.id()));
        assertThat(code(() -> owner("restore_in_place", Map.of("backup", backup))))
                .isEqualTo(2);
    }

    private String mark() {
        return portal.saas.database(client.name()).parameters().value(MARK).orElse("");
    }

    @Test
    void areRestoredAsDrillsByAdministratorsOnly() {
        String backup = backUp();
        assertThat((Map<?, ?>) admin("drill_backup", Map.of()))
                .isEqualTo(Map.of("backup", backup, "members", 3, "duration_ms", 0L));
        long operation = (long) admin("drill_backup", Map.of("backup", backup, "async", true));
        assertThat(done(operation).get("result")).isEqualTo("{\"members\": 3}");
        for (boolean async : new boolean[] {false, true}) {
            assertThat(code(() -> owner("drill_backup", Map.of("backup", backup, "async", async))))
                    .isEqualTo(4);
            assertThat(code(() -> owner("backup_database", Map.of("source_server", 1, "async", async))))
                    .isEqualTo(4);
        }
        assertFault(
                1,
                "backup of drill_backup of saas_portal.client must be a UUID.",
                () -> admin("drill_backup", Map.of("backup", "newest")));
        assertThat(code(() -> admin("backup_database", Map.of("source_server", 1))))
                .as("a server that is no source")
                .isEqualTo(2);
    }

    @Test
    void areForTheOwnerAndNoOtherAccount() {
        String backup = (String) ((List<?>) owner("backup_database", Map.of())).get(0);
        assertThat(rows(owner("backups", Map.of())))
                .extracting(row -> row.get("id"), row -> row.get("made_by"))
                .containsExactly(tuple(backup, "owner"));
        Map<?, ?> restored = (Map<?, ?>) owner("restore_backup", Map.of("backup", backup, "dbname", "old-shop"));
        assertThat(portal.read(CLIENT, (long) restored.get("id"), "name", "user_id"))
                .containsEntry("name", "old-shop.localhost")
                .containsEntry("user_id", list(client.owner(), "Client owner@example.com"));
        assertThat(portal.neutralised).containsExactly("old-shop.localhost");

        assertThat(code(() -> owner("delete_backup", Map.of("backup", backup)))).isEqualTo(4);
        assertThat(code(() -> owner("restore_backup", Map.of("backup", backup, "neutralise", false))))
                .isEqualTo(4);
        assertThat(code(() -> owner("restore_backup", Map.of("backup", backup, "target_server", 2))))
                .isEqualTo(4);
        long stranger = portal.signUp("stranger@example.com");
        for (String method : List.of("backups", "backup_database")) {
            assertFault(
                    4,
                    "You are not allowed to call '" + method + "' on 'saas_portal.client' records",
                    () -> as(stranger, OdooPortal.PASSWORD, method, Map.of()));
        }
        assertThat(code(() -> as(
                        stranger, OdooPortal.PASSWORD, "restore_backup", Map.of("backup", backup, "dbname", "stolen"))))
                .isEqualTo(4);
        assertThat(rows(admin("backups", Map.of()))).hasSize(1);
    }

    @Test
    void giveAnOwnerNoOpenDatabaseFromASuspendedOne() {
        String backup = backUp();
        portal.admin(CLIENT, "suspend", list(client.id()));
        assertThat(code(() -> owner("restore_backup", Map.of("backup", backup, "dbname", "open-shop"))))
                .isEqualTo(2);
        assertThat((List<?>) owner("backup_database", Map.of())).hasSize(1);
        assertThat((Map<?, ?>) admin("restore_backup", Map.of("backup", backup, "dbname", "copy.localhost")))
                .isNotEmpty();
    }

    @Test
    void areWithinTheScopeOfAnApiKey() {
        String backup = backUp();
        String reading = key("read-only");
        assertThat(rows(as(OdooPortal.ADMIN, reading, "backups", Map.of()))).hasSize(1);
        for (boolean async : new boolean[] {false, true}) {
            assertThat(code(() -> as(OdooPortal.ADMIN, reading, "backup_database", Map.of("async", async))))
                    .isEqualTo(4);
            assertThat(code(() ->
                            as(OdooPortal.ADMIN, reading, "restore_backup", Map.of("backup", backup, "async", async))))
                    .isEqualTo(4);
            assertThat(code(() -> as(
                            OdooPortal.ADMIN, reading, "restore_in_place", Map.of("backup", backup, "async", async))))
                    .isEqualTo(4);
        }
        String inside = key("plan:" + plan());
        assertThat((List<?>) as(OdooPortal.ADMIN, inside, "backup_database", Map.of()))
                .hasSize(1);
        assertThat((Map<?, ?>) as(OdooPortal.ADMIN, inside, "restore_backup", Map.of("backup", backup)))
                .isNotEmpty();
        assertThat(as(OdooPortal.ADMIN, inside, "restore_in_place", Map.of("backup", backup)))
                .isEqualTo(true);
        for (String method : List.of("delete_backup", "drill_backup")) {
            assertThat(code(() -> as(OdooPortal.ADMIN, inside, method, Map.of("backup", backup))))
                    .isEqualTo(4);
        }
        String outside = key("plan:" + portal.plan(Map.of("name", "Other")));
        for (String method :
                List.of("backups", "backup_database", "restore_backup", "restore_in_place", "drill_backup")) {
            Map<String, ?> arguments = method.startsWith("restore_") ? Map.of("backup", backup) : Map.of();
            assertThat(code(() -> as(OdooPortal.ADMIN, outside, method, arguments)))
                    .as(method)
                    .isEqualTo(4);
        }
        assertThat(rows(admin("backups", Map.of()))).hasSize(3);
    }

    @Test
    void exportsArePreparedAndReadInParts() throws IOException {
        Object operation = owner("prepare_export", Map.of("idempotency_key", "a"));
        assertThat(owner("prepare_export", Map.of("idempotency_key", "a"))).isEqualTo(operation);
        assertThat(owner("prepared_exports", Map.of())).isEqualTo(list());
        portal.saas.maintenance().run();
        Map<String, Object> export = rows(owner("prepared_exports", Map.of())).get(0);
        assertThat(export)
                .containsEntry("name", client.name())
                .containsEntry("expiration_date", "2026-03-08 12:00:00")
                .containsEntry("parts", 1L);
        String id = (String) export.get("id");
        assertThat(portal.read("saas_portal.operation", (long) operation, "result")
                        .get("result"))
                .isEqualTo("{\"export\": \"" + id + "\", \"bytes\": " + export.get("bytes") + "}");

        Map<String, Object> first = Map.of("export", id, "part", 0);
        byte[] archive = Base64.getDecoder().decode((String) owner("read_export", first));

        assertThat(archive).hasSize(Math.toIntExact((long) export.get("bytes")));
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
            assertThat(Objects.requireNonNull(zip.getNextEntry()).getName()).isEqualTo("README.txt");
        }
        for (int wrong : new int[] {-1, 1}) {
            assertThat(code(() -> owner("read_export", Map.of("export", id, "part", wrong))))
                    .isEqualTo(2);
        }
        long stranger = portal.signUp("stranger@example.com");
        assertThat(code(() -> as(stranger, OdooPortal.PASSWORD, "read_export", first)))
                .isEqualTo(4);
        assertThat(code(() -> as(OdooPortal.ADMIN, key("read-only"), "read_export", first)))
                .isEqualTo(4);
    }

    private String key(String scope) {
        return (String) portal.admin("res.users.apikeys", "generate", "admin", scope, scope, "2026-05-01");
    }

    @Test
    void areMadeAndRestoredOnceForAKeyAndInTheBackground() {
        Map<String, Object> making = Map.of("idempotency_key", "a", "async", true);
        long operation = (long) ((List<?>) admin("backup_database", making)).get(0);
        assertThat(admin("backup_database", making)).isEqualTo(list(operation));
        assertThat(admin("backups", Map.of())).isEqualTo(list());
        Map<?, ?> made = done(operation);
        Object backup = rows(admin("backups", Map.of())).get(0).get("id");
        assertThat(made.get("kind")).isEqualTo("back_up_tenant");
        assertThat(made.get("result")).isEqualTo("{\"backup\": \"" + backup + "\"}");
        assertThat(admin("backup_database", Map.of("idempotency_key", "a"))).isEqualTo(list(backup));

        Map<String, Object> restoring = new LinkedHashMap<>(Map.of("idempotency_key", "b", "async", true));
        restoring.put("backup", backup);
        Map<?, ?> started = (Map<?, ?>) admin("restore_backup", restoring);
        assertThat(started.get("url")).isEqualTo(false);
        assertThat(admin("restore_backup", restoring)).isEqualTo(started);
        done((long) started.get("operation_id"));
        Map<?, ?> again = (Map<?, ?>) admin("restore_backup", restoring);
        assertThat(again.get("id")).isEqualTo(started.get("id"));
        assertThat(again.get("url").toString()).contains("access_token=");
    }

    private Map<?, ?> done(long operation) {
        portal.saas.maintenance().run();
        Map<?, ?> result = (Map<?, ?>) portal.admin("saas_portal.operation", "await", list(operation), 0);
        assertThat(result.get("state")).as("%s", result).isEqualTo("done");
        return result;
    }

    @Test
    void areRefusedWithTheReason() {
        String backup = backUp();
        String none = "7e57d004-2b97-4e7a-b45f-5387367791cd";
        long other = portal.client("other@example.com").id();
        assertFault(
                1,
                "idempotency_key of backup_database of saas_portal.client is for one record, found a list of 2.",
                () -> portal.adminKw(
                        CLIENT, "backup_database", list(list(client.id(), other)), Map.of("idempotency_key", "a")));
        assertThat((List<?>) portal.admin(CLIENT, "backup_database", list(client.id(), other)))
                .hasSize(2);
        assertFault(
                1,
                "backup of restore_backup of saas_portal.client must be a UUID.",
                () -> admin("restore_backup", Map.of("backup", "newest")));
        assertFault(
                1,
                "backup of delete_backup of saas_portal.client must be the id of a backup, found a boolean.",
                () -> admin("delete_backup", Map.of("backup", false)));
        assertFault(
                2,
                "Backup " + none + " of this tenant does not exist.",
                () -> admin("restore_backup", Map.of("backup", none)));
        StoredFile content = portal.backups.list("").stream()
                .filter(file -> file.name().contains(backup) && file.name().endsWith(".content"))
                .findFirst()
                .orElseThrow();
        portal.backups.replace(content.name(), new byte[10]);
        assertThat(OdooPortal.fault(() -> admin("restore_backup", Map.of("backup", backup))))
                .hasMessageContaining(backup)
                .hasMessageNotContaining(content.name())
                .extracting(fault -> fault.code())
                .isEqualTo(2);
    }

    @Test
    void areRefusedWithoutAStore() {
        try (Saas storeless = Saas.builder()
                .backend(portal.backend)
                .mainDatabase(OdooPortal.DB)
                .passwordIterations(1)
                .clock(portal.clock)
                .addons(() -> OdooTestAddon.ALL)
                .open()) {
            OdooServices services = new OdooServices(storeless, OdooSettings.defaults(), portal.clock);
            assertThat(OdooPortal.fault(() -> services.call(
                            "object",
                            "execute_kw",
                            list(OdooPortal.DB, OdooPortal.ADMIN, "admin", CLIENT, "backups", list(list(client.id()))),
                            "192.0.2.1")))
                    .hasMessageContaining("store")
                    .extracting(fault -> fault.code())
                    .isEqualTo(2);
        }
    }

    @Test
    void swapsWithARestoredTenantIfTheCallerAgreesThatItIsNeutralised() {
        Object copy = ((Map<?, ?>) owner("restore_backup", Map.of("backup", backUp(), "dbname", "then"))).get("id");
        mark(portal.saas, "second");
        assertThat(OdooPortal.fault(() -> owner("swap_database", Map.of("other_id", copy))))
                .hasMessageContaining("is neutralised")
                .returns(2, OdooFault::code);

        assertThat(owner("swap_database", Map.of("other_id", copy, "neutralised", true)))
                .isEqualTo(true);

        assertThat(portal.saas.database(client.name()).parameters().value(MARK)).contains("first");
        assertThat(portal.read(CLIENT, (Long) copy, "state")).containsEntry("state", "pending");
        Object operation =
                admin("swap_database", Map.of("other_id", copy, "neutralised", true, "kept_hours", 24, "async", true));
        assertThat(operation).isInstanceOf(Long.class);
        assertFault(
                2,
                "The previous state of a tenant is kept for 24 to 8784 hours; found 1.",
                () -> admin("swap_database", Map.of("other_id", copy, "kept_hours", 1)));
    }
}
