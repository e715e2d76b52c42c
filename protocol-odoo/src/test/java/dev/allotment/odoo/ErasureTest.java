// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.assertFault;
import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ErasureTest {
    private static final String USERS = "res.users";
    private static final String PARTNERS = "res.partner";

    private final OdooPortal portal = new OdooPortal();

    @AfterEach
    void close() {
        portal.close();
    }

    private Object as(long uid, String model, String method, Object... args) {
        return portal.execute(OdooPortal.DB, uid, OdooPortal.PASSWORD, model, method, args);
    }

    private Object requestedBy(long uid) {
        return portal.read(USERS, uid, "erasure_requested").get("erasure_requested");
    }

    @Test
    void isRequestedAndWithdrawnByTheUser() {
        long owner = portal.client("owner@example.com").owner();
        assertThat(as(owner, USERS, "request_erasure", list(owner))).isEqualTo(true);
        assertThat(requestedBy(owner)).isEqualTo("2026-03-01 12:00:00");
        assertThat(portal.admin(USERS, "search", list((Object) list("erasure_requested", "!=", false))))
                .isEqualTo(list(owner));
        long stranger = portal.signUp("stranger@example.com");
        assertThat(OdooPortal.fault(() -> as(stranger, USERS, "withdraw_erasure", list(owner)))
                        .code())
                .isEqualTo(4);
        assertThat(as(owner, USERS, "withdraw_erasure", list(owner))).isEqualTo(true);
        assertThat(requestedBy(owner)).isEqualTo(false);
        assertThat(OdooPortal.fault(() -> portal.admin(USERS, "request_erasure", list(OdooPortal.ADMIN)))
                        .code())
                .isEqualTo(2);
        assertThat(OdooPortal.fault(() -> portal.admin(USERS, "write", list(owner), Map.of("erasure_requested", false)))
                        .code())
                .as("only a withdrawal ends it")
                .isEqualTo(2);
    }

    @Test
    void isDoneByAnAdministratorWhoRepeatsTheName() {
        OdooPortal.Client client = portal.client("owner@example.com");
        long partner = (long)
                ((List<?>) portal.read(USERS, client.owner(), "partner_id").get("partner_id")).get(0);
        assertThat(OdooPortal.fault(
                                () -> as(client.owner(), PARTNERS, "erase", list(partner), "Client owner@example.com"))
                        .code())
                .isEqualTo(4);
        assertThat(portal.admin(PARTNERS, "erase", list(partner)))
                .isEqualTo(Map.of("name", "Client owner@example.com", "users", 1L, "clients", 1L));
        assertFault(
                1,
                "confirm of erase of res.partner must be the name of the customer, as erase returns it without this"
                        + " argument, found a text.",
                () -> portal.admin(PARTNERS, "erase", list(partner), "owner@example.com"));
        assertThat(portal.admin(PARTNERS, "proof_of_erasure", partner)).isEqualTo(false);

        Map<?, ?> proof = (Map<?, ?>) portal.admin(PARTNERS, "erase", list(partner), "Client owner@example.com");
        assertThat(proof.get("id")).isEqualTo(partner);
        assertThat(proof.get("requested_by")).isEqualTo("admin");
        assertThat(proof.get("erased_at")).isEqualTo("2026-03-01 12:00:00");
        assertThat(proof.get("users")).isEqualTo(1L);
        assertThat(proof.get("clients")).isEqualTo(1L);
        assertThat(portal.admin(PARTNERS, "proof_of_erasure", partner)).isEqualTo(proof);
        assertThat(portal.admin(USERS, "search_count", list((Object) list("id", "=", client.owner()))))
                .isEqualTo(0L);
        long other = portal.signUp("other@example.com");
        assertThat(OdooPortal.fault(() -> as(other, PARTNERS, "proof_of_erasure", partner))
                        .code())
                .isEqualTo(4);
    }

    @Test
    void isDoneInTheBackground() {
        OdooPortal.Client client = portal.client("owner@example.com");
        long partner = (long)
                ((List<?>) portal.read(USERS, client.owner(), "partner_id").get("partner_id")).get(0);
        long operation = (long) portal.adminKw(
                PARTNERS, "erase", list(list(partner)), Map.of("confirm", "Client owner@example.com", "async", true));
        assertThat(portal.read(USERS, client.owner(), "id")).isNotEmpty();
        portal.saas.maintenance().run();
        assertThat(((Map<?, ?>) portal.admin("saas_portal.operation", "await", list(operation), 0)).get("state"))
                .isEqualTo("done");
        assertThat(portal.admin(PARTNERS, "proof_of_erasure", partner)).isNotEqualTo(false);
    }
}
