// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.quarkus;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.List;

/** The notes of the current tenant. Nothing here knows about tenants. */
@ApplicationScoped
class Notes {
    private final EntityManager entities;

    Notes(EntityManager entities) {
        this.entities = entities;
    }

    @Transactional
    void add(List<String> texts) {
        for (String text : texts) {
            entities.persist(new Note(text));
        }
        entities.flush();
        if (texts.contains("")) {
            throw new IllegalArgumentException("A note needs a text");
        }
    }

    @Transactional
    List<String> all() {
        return entities.createQuery("from Note order by id", Note.class)
                .getResultStream()
                .map(Note::toString)
                .toList();
    }
}
