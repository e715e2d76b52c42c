// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;

import dev.allotment.Saas;
import dev.allotment.springboot.test.app.Note;
import dev.allotment.springboot.test.app.NoteApplication;
import dev.allotment.springboot.test.app.Notes;
import dev.allotment.tenant.CurrentTenant;
import dev.allotment.testing.SettableClock;
import java.time.Clock;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.context.transaction.AfterTransaction;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.transaction.annotation.Transactional;

/** The application is configured for production, on PostgreSQL. */
@SpringBootTest(
        classes = NoteApplication.class,
        properties = {
            "allotment.backend=postgres",
            "allotment.settings.url=jdbc:postgresql://nowhere/portal",
            "logging.level.root=warn",
            "spring.main.banner-mode=off"
        })
@AutoConfigureAllotment
@Import(MockMvcImport.class)
@WithTenant("acme")
class WebApplicationTest {
    private static final Set<UUID> SEEN = new HashSet<>();

    @Autowired
    private MockMvc mvc;

    @Autowired
    private Notes notes;

    @Autowired
    private CurrentTenant current;

    @Autowired
    private Saas saas;

    @Autowired
    private Clock clock;

    private long before;

    @BeforeEach
    void count() {
        before = notes.count();
    }

    private MockHttpServletResponse visit(String url) throws Exception {
        return mvc.perform(get(url)).andReturn().getResponse();
    }

    @RepeatedTest(2)
    void eachTestHasItsOwnTenant() throws Exception {
        assertThat(before).isZero();
        notes.save(Note.of("one"));
        assertThat(visit("/").getContentAsString()).isEqualTo("acme for owner@acme.test with 1 notes");
        assertThat(SEEN.add(current.get().uuid())).isTrue();
    }

    @Test
    void aRequestWithAHostIsNotChanged() throws Exception {
        assertThat(visit("http://acme.portal.localhost/").getRedirectedUrl()).isEqualTo("/web/login");
    }

    @Nested
    class InATransaction {
        @Test
        @Transactional
        void requestsSeeWhatTheTestHasNotCommitted() throws Exception {
            notes.save(Note.of("one"));
            assertThat(visit("/").getContentAsString()).endsWith("with 1 notes");
        }

        @AfterTransaction
        void rolledBack() {
            assertThat(notes.count()).isZero();
        }
    }

    @Test
    @WithTenant(value = "globex", plan = "Starter")
    void theTenantOfAMethodReplacesThatOfTheClass() throws Exception {
        assertThat(visit("/").getContentAsString()).isEqualTo("globex for owner@globex.test with 0 notes");
        assertThat(saas.tenants().findByName("acme")).isEmpty();
    }

    @Test
    void theApplicationHasTheClockOfTheTests() {
        assertThat(clock).isInstanceOf(SettableClock.class);
        assertThat(current.get().createdAt()).isEqualTo(clock.instant());
    }
}
