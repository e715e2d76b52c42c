// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.assertFault;
import static dev.allotment.odoo.OdooPortal.fault;
import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The transaction that writes a record also writes its kept fields, which are stored as parameters. */
final class KeptFieldsTest {
    private static final String PLAN = "saas_portal.plan";
    private static final String PARTNER = "res.partner";
    private static final String DESCRIPTION = "website_description";

    private final OdooPortal portal = new OdooPortal();

    @AfterEach
    void close() {
        portal.close();
    }

    @Test
    void areStoredWithTheirRecordOrNotAtAll() {
        long plan = portal.plan(Map.of(DESCRIPTION, "<p>Fine.</p>"));

        fault(() -> portal.admin(PLAN, "create", Map.of("name", "Gold", DESCRIPTION, "\ud800")));
        fault(() -> portal.admin(PLAN, "write", list(plan), Map.of("name", "Gold", DESCRIPTION, "\ud800")));

        assertThat(portal.admin(PLAN, "search_count", list())).isEqualTo(1L);
        assertThat(portal.read(PLAN, plan, "name", DESCRIPTION))
                .isEqualTo(Map.of("id", plan, "name", "Basic", DESCRIPTION, "<p>Fine.</p>"));
    }

    @Test
    void haveALimit() {
        long plan = portal.plan(Map.of(DESCRIPTION, "x".repeat(100_000)));

        assertFault(
                2,
                "Field 'website_description' on model 'saas_portal.plan' must have at most 100000 characters, found 100001.",
                () -> portal.admin(PLAN, "write", list(plan), Map.of(DESCRIPTION, "x".repeat(100_001))));
    }

    @Test
    void stayAsTheyAreIfACreationIsRepeated() {
        Object plan = once(PLAN, Map.of("name", "Gold", DESCRIPTION, "first"));
        Object partner = once(PARTNER, Map.of("name", "Acme", "is_company", true));
        assertThat(portal.read(PLAN, (long) plan, DESCRIPTION)).containsEntry(DESCRIPTION, "first");
        assertThat(portal.read(PARTNER, (long) partner, "is_company")).containsEntry("is_company", true);
        portal.admin(PLAN, "write", list(plan), Map.of(DESCRIPTION, "second"));
        portal.admin(PARTNER, "write", list(partner), Map.of("is_company", false));

        assertThat(once(PLAN, Map.of("name", "Gold", DESCRIPTION, "first"))).isEqualTo(plan);
        assertThat(once(PARTNER, Map.of("name", "Acme", "is_company", true))).isEqualTo(partner);

        assertThat(portal.read(PLAN, (long) plan, DESCRIPTION)).containsEntry(DESCRIPTION, "second");
        assertThat(portal.read(PARTNER, (long) partner, "is_company")).containsEntry("is_company", false);
    }

    private Object once(String model, Map<String, ?> values) {
        return portal.adminKw(model, "create", list(values), Map.of("idempotency_key", model));
    }
}
