// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.app;

import dev.allotment.CreateTenant;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.tenant.CurrentTenant;
import dev.allotment.test.Browser;
import java.io.IOException;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Runs the application in a process that uses what was generated for it ahead of time, and prints what it does. */
public final class ProcessedApplication {
    private ProcessedApplication() {}

    /** While Spring processes the application, the context does not start, and nothing below the first line runs. */
    public static void main(String[] args) throws IOException {
        try (ConfigurableApplicationContext context = SpringApplication.run(InvoiceApplication.class, args)) {
            Saas saas = context.getBean(Saas.class);
            User anna = saas.accounts()
                    .signUp(SignUp.builder("anna@example.com", "Anna", "a long password")
                            .build());
            Tenant tenant = saas.tenants()
                    .create(CreateTenant.onPlan(saas.plans().list(Query.all()).get(0))
                            .owner(anna)
                            .name("anna")
                            .build())
                    .tenant();
            context.getBean(CurrentTenant.class).runAs(tenant, () -> {
                context.getBean(Invoices.class).save(Invoice.of("apples"));
                print("entities "
                        + context.getBean(Invoices.class).findByTitle("apples").size());
            });
            int port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
            Browser browser = new Browser(port);
            print("portal " + browser.get("http://portal.localhost/web/login").status());
            print("tenant " + browser.get("http://anna.portal.localhost/").location());
            print("operators " + browser.get("http://127.0.0.1/me").status());
            print("listened " + context.getBean(Notices.class).created.take());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void print(String line) {
        System.out.println(line);
    }
}
