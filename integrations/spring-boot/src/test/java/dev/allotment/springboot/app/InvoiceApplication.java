// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.app;

import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Saas;
import java.util.List;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

@SpringBootApplication
public class InvoiceApplication {
    @Bean
    ApplicationRunner plans(Saas saas) {
        return arguments -> {
            if (saas.plans().count(Filter.all()) == 0) {
                Plan plan = saas.plans()
                        .create(Plan.builder("Starter").published(true).build());
                saas.templates().build(plan.id(), List.of("invoices"));
            }
        };
    }
}
