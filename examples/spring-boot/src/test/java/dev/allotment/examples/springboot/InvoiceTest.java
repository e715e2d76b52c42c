// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.springboot;

import static org.hamcrest.Matchers.containsString;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;

import dev.allotment.springboot.test.AutoConfigureAllotment;
import dev.allotment.springboot.test.WithTenant;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.web.servlet.AutoConfigureMockMvc;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.web.servlet.MockMvc;

/** The test of the guide. Spring Boot 4 has {@link AutoConfigureMockMvc} in another package. */
@SpringBootTest
@AutoConfigureMockMvc
@AutoConfigureAllotment
@WithTenant("acme")
class InvoiceTest {
    @Autowired
    private MockMvc mvc;

    @Autowired
    private InvoiceRepository invoices;

    @Test
    void showsTheInvoices() throws Exception {
        invoices.save(new Invoice("Apples"));
        mvc.perform(get("/")).andExpect(content().string(containsString("Apples")));
    }
}
