// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class UsageModelTest {
    private static final String MODEL = "saas_portal.usage";
    private static final long MEGABYTE = 1024 * 1024;

    private final OdooPortal portal = new OdooPortal();

    @AfterEach
    void close() {
        portal.close();
    }

    @Test
    void hasAReadOnlyRecordForEachDay() {
        OdooPortal.Client client = portal.client("owner@example.com");
        TenantId tenant = new TenantId(client.id());
        portal.saas.tenants().reportFileStorage(tenant, 9 * MEGABYTE);
        portal.saas.tenants().reportFileStorage(tenant, 2 * MEGABYTE);
        portal.clock.advance(Duration.ofDays(1));
        portal.admin("saas_portal.client", "sync_client", List.of(client.id()));

        List<Map<String, Object>> rows = OdooPortal.rows(portal.admin(
                MODEL,
                "search_read",
                List.of(List.of("client_id", "=", client.id())),
                List.of("day", "client_id", "users_len", "file_storage", "file_storage_peak", "records")));

        assertThat(rows)
                .extracting(row -> row.get("day"))
                .containsExactly("2026-03-01 00:00:00", "2026-03-02 00:00:00");
        assertThat(rows.get(0)).containsEntry("file_storage", 2).containsEntry("file_storage_peak", 9);
        assertThat(rows.get(1)).containsEntry("file_storage_peak", 2).containsEntry("records", false);
        assertThat(portal.admin(MODEL, "search_count", List.of(List.of("file_storage_peak", ">", 5))))
                .hasToString("1");
        assertThat(OdooPortal.fault(() -> portal.admin(MODEL, "create", Map.of()))
                        .getMessage())
                .contains("does not exist on the model");
    }

    @Test
    void showsAPortalUserItsOwnUsage() {
        OdooPortal.Client client = portal.client("owner@example.com");
        portal.client("other@example.com");

        List<Map<String, Object>> rows = OdooPortal.rows(portal.execute(
                OdooPortal.DB,
                client.owner(),
                OdooPortal.PASSWORD,
                MODEL,
                "search_read",
                List.of(),
                List.of("client_id")));

        assertThat(rows)
                .singleElement()
                .satisfies(row ->
                        assertThat((List<?>) row.get("client_id")).first().isEqualTo(client.id()));
    }

    @Test
    void exportsAtMostAMonthAsCsv() {
        OdooPortal.Client client = portal.client("owner@example.com");
        portal.admin("saas_portal.client", "report_file_storage", List.of(client.id()), 5_000_000_000L);

        String csv = (String) portal.admin(MODEL, "export", "2026-03-01", "2026-03-31");

        assertThat(csv.split("\r\n"))
                .hasSize(2)
                .satisfies(lines -> assertThat(lines[0]).contains("file_size"))
                .satisfies(lines -> assertThat(lines[1]).contains("2026-03-01", client.name(), "5000000000"));
        assertThat(portal.admin(MODEL, "export", "2026-02-01", "2026-02-28").toString())
                .doesNotContain(client.name());
        assertThat(OdooPortal.fault(() -> portal.admin(MODEL, "export", "2026-03-01", "2026-04-01"))
                        .getMessage())
                .contains("at most 30 days after date_from");
        assertThat(OdooPortal.fault(() -> portal.admin(MODEL, "export", "March", "2026-04-01"))
                        .getMessage())
                .contains("a day such as 2026-01-31");
        assertThat(OdooPortal.fault(() -> portal.admin(MODEL, "export", "+999999999-12-31", "+999999999-12-31"))
                        .getMessage())
                .contains("in the years 1 to 9999");
        assertThat(portal.execute(
                                OdooPortal.DB,
                                portal.signUp("other@example.com"),
                                OdooPortal.PASSWORD,
                                MODEL,
                                "export",
                                "2026-03-01",
                                "2026-03-31")
                        .toString())
                .as("others see nothing of it")
                .doesNotContain(client.name());
    }

    @Test
    void countsReportedFilesAgainstTheStorageLimitAtOnce() {
        OdooPortal.Client client = portal.client("owner@example.com");
        portal.admin("saas_portal.client", "write", client.id(), Map.of("total_storage_limit", 100));

        assertThat(portal.admin("saas_portal.client", "report_file_storage", List.of(client.id()), 200 * MEGABYTE))
                .isEqualTo(true);

        assertThat(portal.read("saas_portal.client", client.id(), "file_storage", "storage_exceed"))
                .containsEntry("file_storage", 200)
                .containsEntry("storage_exceed", true);
        assertThat(OdooPortal.fault(() -> portal.execute(
                                OdooPortal.DB,
                                client.owner(),
                                OdooPortal.PASSWORD,
                                "saas_portal.client",
                                "report_file_storage",
                                List.of(client.id()),
                                0))
                        .code())
                .isEqualTo(4);
    }
}
