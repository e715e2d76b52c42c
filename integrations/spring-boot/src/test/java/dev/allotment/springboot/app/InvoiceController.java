// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.app;

import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.springboot.SignedInMember;
import dev.allotment.tenant.CurrentTenant;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
class InvoiceController {
    private final Invoices invoices;
    private final JdbcClient jdbc;
    private final CurrentTenant current;
    private final Saas saas;
    private final TransactionTemplate transaction;
    private final ObservationRegistry observations;

    InvoiceController(
            Invoices invoices,
            JdbcClient jdbc,
            CurrentTenant current,
            Saas saas,
            TransactionTemplate transaction,
            ObservationRegistry observations) {
        this.observations = observations;
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

    @GetMapping({"/me", "/system", "/open"})
    String me(@AuthenticationPrincipal @Nullable Object user, HttpServletRequest request) {
        return user instanceof SignedInMember member
                ? member.getName() + " of " + member.tenant().name() + " "
                        + request.isUserInRole("base.group_erp_manager")
                        + request.isUserInRole("base.group_system")
                : "other: " + request.getRemoteUser();
    }

    @GetMapping("/me-later")
    Callable<String> meLater() {
        return () -> Objects.requireNonNull(SecurityContextHolder.getContext().getAuthentication())
                .getName();
    }

    @GetMapping("/rights")
    @PreAuthorize("hasAuthority('base.group_erp_manager') and hasRole('base.group_erp_manager')")
    String rights() {
        return "for managers";
    }

    @GetMapping("/settings")
    @PreAuthorize("hasAuthority('base.group_system')")
    String settings() {
        return "for administrators";
    }

    @GetMapping("/observed")
    String observed(@RequestParam String tenant) {
        Tenant other = saas.tenants().findByName(tenant).orElseThrow();
        Observation work = Observation.createNotStarted("work", observations);
        current.runAs(other, () -> work.observe(() -> {}));
        return "observed";
    }

    @PostMapping("/change")
    String change() {
        return "changed";
    }

    @ExceptionHandler
    String failed(IllegalStateException e) {
        return "refused: " + e.getMessage();
    }
}
