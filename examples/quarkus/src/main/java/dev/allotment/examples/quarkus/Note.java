// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.quarkus;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;

/** A note, in the database of a tenant. */
@Entity
class Note {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private long id;

    private String text = "";

    /** For Hibernate. */
    Note() {}

    Note(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return id + ": " + text;
    }
}
