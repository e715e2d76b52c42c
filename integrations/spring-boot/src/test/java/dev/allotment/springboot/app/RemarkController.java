// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.app;

import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.tenant.CurrentTenant;
import java.util.Objects;
import org.jooq.DSLContext;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@ConditionalOnProperty(name = "application.remarks", matchIfMissing = true)
class RemarkController {
    private final Remarks remarks;
    private final DSLContext jooq;
    private final JdbcClient jdbc;
    private final CurrentTenant current;
    private final Saas saas;
    private final TransactionTemplate transaction;

    RemarkController(
            Remarks remarks,
            DSLContext jooq,
            JdbcClient jdbc,
            CurrentTenant current,
            Saas saas,
            TransactionTemplate transaction) {
        this.remarks = remarks;
        this.jooq = jooq;
        this.jdbc = jdbc;
        this.current = current;
        this.saas = saas;
        this.transaction = transaction;
    }

    /** Adds with MyBatis and with jOOQ, and counts with Spring's client in the same transaction. */
    @GetMapping("/remark")
    String remark(@RequestParam String text, @RequestParam boolean commit) {
        long inTransaction = Objects.requireNonNull(transaction.execute(status -> {
            remarks.add(text);
            jooq.execute("insert into remark (text) values (?)", text + " by jOOQ");
            if (!commit) {
                status.setRollbackOnly();
            }
            return jdbc.sql("select count(*) from remark").query(Long.class).single();
        }));
        return inTransaction + " " + remarks.texts();
    }

    @GetMapping("/remark-of")
    String remarkOf(@RequestParam String tenant) {
        Tenant other = saas.tenants().findByName(tenant).orElseThrow();
        return remarks.texts() + " " + current.callAs(other, remarks::texts);
    }
}
