// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.app;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import org.jspecify.annotations.Nullable;

@Entity
class Invoice {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Nullable
    Long id;

    String title = "";

    static Invoice of(String title) {
        Invoice invoice = new Invoice();
        invoice.title = title;
        return invoice;
    }
}
