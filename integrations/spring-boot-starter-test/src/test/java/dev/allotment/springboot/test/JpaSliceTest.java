// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.springboot.test.app.Note;
import dev.allotment.springboot.test.app.NoteApplication;
import dev.allotment.springboot.test.app.Notes;
import org.junit.jupiter.api.RepeatedTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;
import org.springframework.test.context.ContextConfiguration;

/** Each test is in a transaction, which belongs to the tenant. */
@DataJpaTest(
        showSql = false,
        properties = {"logging.level.root=warn", "spring.main.banner-mode=off"})
@ContextConfiguration(classes = NoteApplication.class)
@AutoConfigureAllotment
@WithTenant("acme")
class JpaSliceTest {
    @Autowired
    private Notes notes;

    @RepeatedTest(2)
    void entitiesAreInTheTenantsDatabase() {
        assertThat(notes.count()).isZero();
        notes.saveAndFlush(Note.of("one"));
        assertThat(notes.count()).isEqualTo(1);
    }
}
