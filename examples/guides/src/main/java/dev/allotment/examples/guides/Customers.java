// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.guides;

import dev.allotment.CreateTenant;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;

/** Signs customers up, and gives each a database. */
final class Customers {
    private final Saas saas;
    private final Plan plan;

    Customers(Saas saas) {
        this.saas = saas;
        this.plan = saas.plans().create(Plan.builder("Notes").build());
    }

    Tenant signUp(String name) {
        User owner = saas.accounts()
                .signUp(SignUp.builder(name + "@example.com", name, "a password")
                        .build());
        return saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name(name).build())
                .tenant();
    }
}
