// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.test.app;

import dev.allotment.CreateTenant;
import dev.allotment.Plan;
import dev.allotment.Saas;
import java.time.Clock;
import java.util.List;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

@SpringBootApplication
public class NoteApplication {
    /** A tenant that exists before the tests. */
    public static final String STANDING = "standing";

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    ApplicationRunner start(Saas saas) {
        return arguments -> {
            Plan plan = saas.plans()
                    .create(Plan.builder("Starter")
                            .trialHours(24)
                            .published(true)
                            .build());
            saas.templates().build(plan.id(), List.of("notes"));
            saas.tenants()
                    .create(CreateTenant.outsidePlans(STANDING, new CreateTenant.Administrator("boss", "secret"))
                            .build());
        };
    }
}
