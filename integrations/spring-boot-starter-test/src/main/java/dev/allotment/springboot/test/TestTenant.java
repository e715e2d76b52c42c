// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.test;

import dev.allotment.CreateTenant;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The tenant of one test.
 *
 * @param created whether it was created for this test, and is purged after it
 */
record TestTenant(Tenant tenant, boolean created) {
    private static final String PASSWORD = "a password for tests";

    static TestTenant open(Saas saas, WithTenant wanted) {
        Optional<Tenant> found = saas.tenants().findByName(wanted.value());
        return found.isPresent()
                ? new TestTenant(found.get(), false)
                : new TestTenant(create(saas, wanted.value(), plan(saas, wanted)), true);
    }

    private static @Nullable Plan plan(Saas saas, WithTenant wanted) {
        List<Plan> plans = saas.plans().list(Query.all());
        if (wanted.plan().isEmpty() && plans.size() <= 1) {
            return plans.isEmpty() ? null : plans.get(0);
        }
        return plans.stream()
                .filter(plan -> plan.name().equals(wanted.plan()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("@WithTenant(\"" + wanted.value()
                        + "\") needs the name of a plan as its \"plan\", found \"" + wanted.plan() + "\". There are: "
                        + plans.stream().map(Plan::name).collect(Collectors.joining(", "))));
    }

    private static Tenant create(Saas saas, String name, @Nullable Plan plan) {
        String login = "owner@" + name + ".test";
        CreateTenant.Builder command = plan == null
                ? CreateTenant.outsidePlans(name, new CreateTenant.Administrator(login, PASSWORD))
                : CreateTenant.onPlan(plan)
                        .name(name)
                        .owner(account(saas, login))
                        .notifyOwner(false);
        return saas.tenants().create(command.build()).tenant();
    }

    /** The account remains after the test, since accounts are never removed. */
    private static User account(Saas saas, String login) {
        return saas.accounts().list(Query.where(Filter.equal(User.LOGIN, login))).stream()
                .findFirst()
                .orElseGet(() -> saas.accounts()
                        .create(SignUp.builder(login, "Owner", PASSWORD).build(), Role.PORTAL));
    }

    /** Returns the owner of a tenant, or its administrator if it has none. */
    static MemberId owner(Saas saas, Tenant tenant) {
        return saas.database(tenant.name()).members().list(Query.where(Filter.equal(Member.OWNER, true))).stream()
                .findFirst()
                .map(Member::id)
                .orElse(Member.ADMINISTRATOR);
    }

    void end(Saas saas) {
        if (created) {
            var unused = saas.tenants().purge(tenant.id());
        }
    }
}
