// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.springboot;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import org.jspecify.annotations.Nullable;

/** An invoice, in the database of a tenant. */
@Entity
public class Invoice {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private @Nullable Long id;

    private String title = "";

    /** For Hibernate. */
    protected Invoice() {}

    Invoice(String title) {
        this.title = title;
    }

    /** Returns the number; null before the invoice is stored. */
    public @Nullable Long getId() {
        return id;
    }

    /** Returns the title. */
    public String getTitle() {
        return title;
    }
}
