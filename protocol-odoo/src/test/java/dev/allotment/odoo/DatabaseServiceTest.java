// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.MASTER;
import static dev.allotment.odoo.OdooPortal.assertFault;
import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Saas;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.testing.MemoryBackend;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class DatabaseServiceTest {
    private final OdooPortal portal = new OdooPortal();

    @AfterEach
    void close() {
        portal.close();
    }

    @Test
    void answersVersionListAndExistWithoutAPassword() {
        portal.db("create_database", MASTER, "shop.example.com", false, "en_US", "secret");

        assertThat(portal.db("server_version")).isEqualTo("17.0");
        assertThat(portal.db("list")).isEqualTo(list(OdooPortal.DB, "shop.example.com"));
        assertThat(portal.db("list", true)).isEqualTo(list(OdooPortal.DB, "shop.example.com"));
        assertThat(portal.db("db_exist", "shop.example.com")).isEqualTo(true);
        assertThat(portal.db("db_exist", OdooPortal.DB)).isEqualTo(true);
        assertThat(portal.db("db_exist", "nowhere")).isEqualTo(false);
    }

    /** Callers need not sign in, so a call must not cost more, the more databases there are. */
    @Test
    void listsUpToTenThousandDatabases() {
        portal.db("create_database", MASTER, "shop.example.com", false, "en_US", "secret");
        // The main database and the shop are two of them.
        addTenants(2, 10_000);
        assertThat((List<?>) portal.db("list")).hasSize(10_000);

        addTenants(10_000, 10_001);
        assertFault(3, "Access Denied", () -> portal.db("list"));
        assertThat(portal.db("db_exist", "shop.example.com")).isEqualTo(true);
        assertThat(portal.db("db_exist", "nowhere")).isEqualTo(false);
    }

    private void addTenants(int from, int to) {
        portal.backend.catalog().transact(tx -> {
            StoredTenant one = tx.records(RecordTypes.TENANTS).find(1).orElseThrow();
            for (int i = from; i < to; i++) {
                tx.records(RecordTypes.TENANTS)
                        .insert(one.toBuilder()
                                .uuid(new UUID(1, i))
                                .name("many-" + i)
                                .build());
            }
            return null;
        });
    }

    @Test
    void refusesListAndExistIfListingIsOff() {
        try (OdooPortal silent = new OdooPortal(new OdooSettings("17.0", false))) {
            assertFault(3, "Access Denied", () -> silent.db("list"));
            assertFault(3, "Access Denied", () -> silent.db("db_exist", OdooPortal.DB));
            assertThat(silent.db("server_version")).isEqualTo("17.0");
        }
    }

    @Test
    void createsADatabaseOutsidePlansWhoseAdministratorIsUser2() {
        assertThat(portal.db(
                        "create_database", MASTER, "shop.example.com", false, "de_DE", "secret", "boss", "DE", "123"))
                .isEqualTo(true);

        assertThat(portal.common("authenticate", "shop.example.com", "boss", "secret", Map.of()))
                .isEqualTo(2L);
        assertThat(portal.execute("shop.example.com", 2, "secret", "res.users", "context_get"))
                .isEqualTo(Map.of("lang", "de_DE", "tz", "UTC", "uid", 2L));
        Object ids = portal.admin("saas_portal.client", "search", list(list("name", "=", "shop.example.com")));
        assertThat(portal.admin("saas_portal.client", "read", ids, list("plan_id", "partner_id", "user_id", "state")))
                .isEqualTo(list(
                        Map.of("id", 1L, "plan_id", false, "partner_id", false, "user_id", false, "state", "open")));
    }

    @Test
    void createsTheAdministratorAdminByDefault() {
        portal.db("create_database", MASTER, "shop.example.com", true, "en_US");

        assertThat(portal.common("login", "shop.example.com", "admin", "admin")).isEqualTo(2L);
    }

    @Test
    void refusesTakenAndWrongNamesAndLeavesNothingBehind() {
        portal.db("create_database", MASTER, "shop.example.com", false, "en_US", "secret");

        assertFault(
                2,
                "Database \"shop.example.com\" already exists; choose another name.",
                () -> portal.db("create_database", MASTER, "shop.example.com", false, "en_US", "secret"));
        for (String name :
                new String[] {"x\"; drop database y; --", "UPPER", "bad name/../x", OdooPortal.DB, "", "a".repeat(80)
                }) {
            assertThat(OdooPortal.fault(() -> portal.db("create_database", MASTER, name, false, "en_US", "secret"))
                            .code())
                    .as(name)
                    .isEqualTo(2);
        }
        assertThat(portal.db("list")).isEqualTo(list(OdooPortal.DB, "shop.example.com"));
    }

    @Test
    void duplicatesADatabaseWithItsUsers() {
        portal.db("create_database", MASTER, "shop.example.com", false, "en_US", "secret", "boss");

        assertThat(portal.db("duplicate_database", MASTER, "shop.example.com", "copy.example.com"))
                .isEqualTo(true);

        assertThat(portal.common("login", "copy.example.com", "boss", "secret")).isEqualTo(2L);
        assertFault(
                2,
                "Database \"nowhere\" does not exist",
                () -> portal.db("duplicate_database", MASTER, "nowhere", "other.example.com"));
    }

    @Test
    void renamesADatabaseWithItsContent() {
        portal.db("create_database", MASTER, "shop.example.com", false, "en_US", "secret");

        assertThat(portal.db("rename", MASTER, "shop.example.com", "store.example.com"))
                .isEqualTo(true);

        assertThat(portal.common("login", "store.example.com", "admin", "secret"))
                .isEqualTo(2L);
        assertThat(portal.db("db_exist", "shop.example.com")).isEqualTo(false);
        assertFault(
                2,
                "Database \"shop.example.com\" does not exist",
                () -> portal.db("rename", MASTER, "shop.example.com", "x.example.com"));
    }

    @Test
    void dropsADatabaseAndReturnsFalseForAnUnknownOne() {
        portal.db("create_database", MASTER, "shop.example.com", false, "en_US", "secret");

        assertThat(portal.db("drop", MASTER, "shop.example.com")).isEqualTo(true);
        assertThat(portal.db("drop", MASTER, "shop.example.com")).isEqualTo(false);
        assertThat(portal.db("list")).isEqualTo(list(OdooPortal.DB));
    }

    @Test
    void refusesToDropRenameOrCopyTheMainDatabase() {
        String refusal =
                "The main database \"" + OdooPortal.DB + "\" can be neither copied, renamed, dropped nor dumped.";

        assertFault(2, refusal, () -> portal.db("drop", MASTER, OdooPortal.DB));
        assertFault(2, refusal, () -> portal.db("rename", MASTER, OdooPortal.DB, "x.example.com"));
        assertFault(2, refusal, () -> portal.db("duplicate_database", MASTER, OdooPortal.DB, "x.example.com"));
        assertFault(2, refusal, () -> portal.db("dump", MASTER, OdooPortal.DB, "zip"));
    }

    @Test
    void dumpsADatabaseAndRestoresItWithAnotherIdentity() {
        portal.db("create_database", MASTER, "shop.example.com", false, "en_US", "secret", "boss");
        portal.execute("shop.example.com", 2, "secret", "ir.config_parameter", "set_param", "shop.setting", "kept");

        String dump = (String) portal.db("dump", MASTER, "shop.example.com", "zip");

        assertThat(portal.db("restore", MASTER, "other.example.com", dump)).isEqualTo(true);
        assertThat(portal.neutralised).isEmpty();
        assertThat(portal.common("login", "other.example.com", "boss", "secret"))
                .isEqualTo(2L);
        assertThat(portal.execute("other.example.com", 2, "secret", "ir.config_parameter", "get_param", "shop.setting"))
                .isEqualTo("kept");
        assertThat(portal.execute(
                        "other.example.com", 2, "secret", "ir.config_parameter", "get_param", "database.uuid"))
                .isNotEqualTo(portal.execute(
                        "shop.example.com", 2, "secret", "ir.config_parameter", "get_param", "database.uuid"));
        byte[] archive = Base64.getDecoder().decode((String) portal.db("dump", MASTER, "other.example.com"));
        assertThat(archive).startsWith('P', 'K');
        assertThat(portal.db("restore", MASTER, "copy.example.com", archive, true))
                .isEqualTo(true);
        assertThat(portal.neutralised).containsExactly("copy.example.com");
        assertThat(portal.db(
                        "restore",
                        MASTER,
                        "lines.example.com",
                        Base64.getMimeEncoder().encodeToString(archive),
                        false))
                .isEqualTo(true);
        assertThat(portal.db("list"))
                .isEqualTo(list(
                        "copy.example.com",
                        "lines.example.com",
                        "other.example.com",
                        OdooPortal.DB,
                        "shop.example.com"));
    }

    @Test
    void refusesDumpsThatItCannotMakeOrRestore() {
        portal.db("create_database", MASTER, "shop.example.com", false, "en_US", "secret");
        String dump = (String) portal.db("dump", MASTER, "shop.example.com");

        assertFault(2, "Database \"nowhere\" does not exist", () -> portal.db("dump", MASTER, "nowhere", "zip"));
        assertFault(
                2,
                "Dumps have the format zip here, and no other: this server does not run pg_dump.",
                () -> portal.db("dump", MASTER, "shop.example.com", "dump"));
        assertFault(
                2,
                "Database \"shop.example.com\" already exists; choose another name.",
                () -> portal.db("restore", MASTER, "shop.example.com", dump, false));
        assertFault(
                1,
                "data of restore must be bytes in base64, found a text.",
                () -> portal.db("restore", MASTER, "x.example.com", "a", false));
        assertThat(OdooPortal.fault(() -> portal.db("restore", MASTER, "x.example.com", "UEsDBA==", false)))
                .satisfies(fault -> assertThat(fault.code()).isEqualTo(2))
                .hasMessageStartingWith(
                        "This is not a dump that can be restored: it is no ZIP archive, or is cut off.");
        try (OdooPortal small = new OdooPortal(new OdooSettings("17.0", true, 2_000))) {
            small.db("create_database", MASTER, "shop.example.com", false, "en_US", "secret");
            assertThat(OdooPortal.fault(() -> small.db("dump", MASTER, "shop.example.com")))
                    .satisfies(fault -> assertThat(fault.code()).isEqualTo(2))
                    .hasMessageContaining("more than 684 bytes, which is too large for a dump")
                    .hasMessageContaining("./saas backup")
                    .hasMessageContaining("--max-body");
        }
        assertThat(portal.db("list")).isEqualTo(list(OdooPortal.DB, "shop.example.com"));
    }

    @Test
    void changesTheMasterPassword() {
        assertThat(portal.db("change_admin_password", MASTER, "a new master secret"))
                .isEqualTo(true);

        assertFault(3, "Access Denied", () -> portal.db("drop", MASTER, "nowhere"));
        assertThat(portal.db("drop", "a new master secret", "nowhere")).isEqualTo(false);
    }

    @Test
    void refusesAWrongMasterPasswordForEveryChange() {
        for (Object master : list("wrong", "", false, null)) {
            assertFault(
                    3, "Access Denied", () -> portal.db("create_database", master, "x.example.com", false, "en_US"));
            assertFault(3, "Access Denied", () -> portal.db("duplicate_database", master, "x", "y"));
            assertFault(3, "Access Denied", () -> portal.db("rename", master, "x", "y"));
            assertFault(3, "Access Denied", () -> portal.db("drop", master, "x"));
            assertFault(3, "Access Denied", () -> portal.db("dump", master, "x", "zip"));
            assertFault(3, "Access Denied", () -> portal.db("restore", master, "x", "", false));
            assertFault(3, "Access Denied", () -> portal.db("change_admin_password", master, "x"));
        }
    }

    @Test
    void throttlesOnlyTheAddressThatGuessesTheMasterPassword() {
        for (int i = 0; i < 20; i++) {
            assertFault(3, "Access Denied", () -> portal.db("drop", "guess", "nowhere"));
        }

        assertFault(3, "Access Denied", () -> portal.db("drop", MASTER, "nowhere"));
        assertThat(portal.services.call("db", "drop", list(MASTER, "nowhere"), "192.0.2.2"))
                .isEqualTo(false);
    }

    @Test
    void recordsTheClientAddressInTheAuditLog() {
        portal.services.call("db", "create_database", list(MASTER, "shop.example.com", false, "en_US"), "192.0.2.9");

        assertThat(portal.admin(
                        "saas_portal.event",
                        "search_count",
                        list(list("type", "=", "tenant_created"), list("peer", "=", "192.0.2.9"))))
                .isEqualTo(1L);
    }

    @Test
    void refusesEveryChangeIfThereIsNoMasterPassword() {
        try (Saas saas = Saas.builder()
                .backend(MemoryBackend.create())
                .passwordIterations(1)
                .open()) {
            OdooServices services = new OdooServices(saas, OdooSettings.defaults());

            for (Object master : list("", "admin", "False")) {
                assertFault(3, "Access Denied", () -> services.call("db", "drop", list(master, "nowhere"), null));
                assertFault(3, "Access Denied", () -> services.call("db", "dump", list(master, "nowhere"), null));
                assertFault(
                        3, "Access Denied", () -> services.call("db", "restore", list(master, "x", "UEsDBA=="), null));
            }
        }
    }

    @Test
    void listsTheMethodsForAnUnknownOne() {
        assertFault(
                1,
                "Service db has no method 'backup'; it has server_version, list, db_exist, create_database,"
                        + " duplicate_database, rename, drop, dump, restore and change_admin_password.",
                () -> portal.db("backup", MASTER, "x"));
    }
}
