// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.springboot;

import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Serves the invoices of the current tenant. */
@RestController
class InvoiceController {
    private final InvoiceRepository invoices;

    InvoiceController(InvoiceRepository invoices) {
        this.invoices = invoices;
    }

    @GetMapping("/")
    List<Invoice> list() {
        return invoices.findAll();
    }

    @PostMapping("/")
    Invoice add(@RequestParam String title) {
        return invoices.save(new Invoice(title));
    }
}
