// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.springboot;

import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Saas;
import java.util.List;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** The application. Its first start creates a plan that customers can choose in the portal. */
@SpringBootApplication(proxyBeanMethods = false)
public class SpringBootExample {
    /**
     * Starts the application.
     *
     * @param args properties, such as {@code --allotment.settings.path=./data}
     */
    public static void main(String[] args) {
        SpringApplication.run(SpringBootExample.class, args);
    }

    @Bean
    ApplicationRunner firstPlan(Saas saas) {
        return arguments -> {
            if (saas.plans().count(Filter.all()) == 0) {
                Plan plan = saas.plans()
                        .create(Plan.builder("Starter")
                                .dbNameTemplate("shop-%i")
                                .published(true)
                                .build());
                saas.templates().build(plan.id(), List.of("invoices"));
            }
        };
    }
}
