// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.app;

import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.tenant.CurrentTenant;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.slf4j.MDC;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
class InvoiceController {
    private final Invoices invoices;
    private final JdbcClient jdbc;
    private final CurrentTenant current;
    private final Saas saas;
    private final TransactionTemplate transaction;

    InvoiceController(
            Invoices invoices, JdbcClient jdbc, CurrentTenant current, Saas saas, TransactionTemplate transaction) {
        this.invoices = invoices;
        this.jdbc = jdbc;
        this.current = current;
        this.saas = saas;
        this.transaction = transaction;
    }

    @GetMapping("/")
    String home() {
        return "home of " + current.get().name() + ", logged as " + MDC.get("tenant");
    }

    @GetMapping("/add")
    String add(@RequestParam String title) {
        return "added to "
                + transaction.execute(status -> {
                    invoices.save(Invoice.of(title));
                    long visible = jdbc.sql("select count(*) from invoice")
                            .query(Long.class)
                            .single();
                    return visible + " in one transaction";
                });
    }

    @GetMapping("/titles")
    String titles() {
        return titlesNow();
    }

    private String titlesNow() {
        return invoices.findAll().stream().map(each -> each.title).sorted().collect(Collectors.joining(","));
    }

    @GetMapping("/later")
    Callable<String> later() {
        return this::titlesNow;
    }

    /** The session of this request is open, so it must not be used for the other tenant. */
    @GetMapping("/of")
    String of(@RequestParam String tenant) {
        String own = titlesNow();
        Tenant other = saas.tenants().findByName(tenant).orElseThrow();
        return own + "|" + current.callAs(other, this::titlesNow) + "|" + titlesNow();
    }

    @GetMapping("/of-in-transaction")
    String ofInTransaction(@RequestParam String tenant) {
        Tenant other = saas.tenants().findByName(tenant).orElseThrow();
        return "in " + transaction.execute(status -> current.callAs(other, this::titlesNow));
    }

    @ExceptionHandler
    String failed(IllegalStateException e) {
        return "refused: " + e.getMessage();
    }
}
