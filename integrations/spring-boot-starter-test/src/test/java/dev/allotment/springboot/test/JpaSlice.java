// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.springboot.test.app.Note;
import dev.allotment.springboot.test.app.NoteApplication;
import dev.allotment.springboot.test.app.Notes;
import org.junit.jupiter.api.RepeatedTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.ContextConfiguration;

/**
 * For {@code @DataJpaTest}, whose package depends on the version of Spring Boot. Each test is in a transaction, which
 * belongs to the tenant.
 */
@ContextConfiguration(classes = NoteApplication.class)
@AutoConfigureAllotment
@WithTenant("acme")
public abstract class JpaSlice {
    @Autowired
    private Notes notes;

    @RepeatedTest(2)
    void entitiesAreInTheTenantsDatabase() {
        assertThat(notes.count()).isZero();
        notes.saveAndFlush(Note.of("one"));
        assertThat(notes.count()).isEqualTo(1);
    }
}
