// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.Customer;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.Template;
import dev.allotment.User;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.Member;
import dev.allotment.access.NewApiKey;
import dev.allotment.core.Fixture;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests of lookups by the names that people know. */
final class NaturalNamesTest {
    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final User owner = fixture.signUp("owner@example.com");
    private final User other = fixture.signUp("other@example.com");
    private final Plan shop = fixture.plan(Plan.builder("Shop").dbNameTemplate("shop-%i"));

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void findWhatHasAUniqueName() {
        fixture.plan(Plan.builder("Shop"));
        Template template = saas.templates().build(shop.id(), List.of());
        assertThat(saas.plans().findByName("Shop"))
                .as("the oldest")
                .map(Plan::id)
                .contains(shop.id());
        assertThat(saas.plans().findByName("shop")).isEmpty();
        assertThat(saas.templates().findByName(template.name())).contains(template);
        assertThat(saas.servers().findByName("default")).isPresent();
        assertThat(saas.servers().findByName("no such server")).isEmpty();
        assertThat(saas.accounts().findByLogin(" Owner@Example.com ")).contains(owner);
        assertThat(saas.accounts().findByLogin("no-such-login")).isEmpty();

        saas.tenants()
                .create(CreateTenant.outsidePlans("x", new CreateTenant.Administrator("Boss", "secret"))
                        .build());
        assertThat(saas.database("x").members().findByLogin("BOSS"))
                .map(Member::id)
                .contains(Member.ADMINISTRATOR);
    }

    @Test
    void listCustomersByNameAndAddress() {
        Customer one = saas.customers().create("Acme", "Mail_1@example.com");
        Customer two = saas.customers().create("Acme", "mailX1@example.com");
        assertThat(saas.customers().listByName("Acme")).containsExactly(one, two);
        assertThat(saas.customers().listByEmail("mail_1@EXAMPLE.com")).containsExactly(one);
        assertThat(saas.customers().listByEmail("%")).isEmpty();
    }

    @Test
    void seeOnlyWhatTheActorSees() {
        Saas own = saas.actingAs(owner.id());
        assertThat(own.accounts().findByLogin("owner@example.com")).contains(owner);
        assertThat(own.accounts().findByLogin("other@example.com")).isEmpty();
        assertThat(own.plans().findByName("Shop")).isEmpty();
        String name = saas.customers().get(other.customerId()).name();
        assertThat(own.customers().listByName(name)).extracting(Customer::id).doesNotContain(other.customerId());

        String secret = saas.actingAs(fixture.administrator("boss@example.com").id())
                .apiKeys()
                .create(new NewApiKey("K", ApiKeyScope.READ_ONLY, null))
                .secret();
        Saas reading = saas.actingAs(saas.apiKeys().authenticate(secret, null).orElseThrow(), null);
        assertThat(reading.plans().findByName("Shop")).isPresent();
        assertThat(reading.servers().findByName("default")).isPresent();
        assertThat(reading.accounts().findByLogin("owner@example.com")).isPresent();
    }
}
