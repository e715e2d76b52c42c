// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.account;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.Customers;
import dev.allotment.ErrorCodes;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.core.Fixture;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CustomersTest {
    private final Fixture fixture = new Fixture();
    private final Customers customers = fixture.saas.customers();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void createsUpdatesAndFindsACustomer() {
        Customer customer = customers.create(" Example Ltd ", "mail@example.com");
        assertThat(customer)
                .isEqualTo(new Customer(
                        customer.id(), "Example Ltd", "mail@example.com", true, fixture.clock.instant(), Map.of()));

        Customer changed = customers.update(
                customer.id(),
                each -> new Customer(new CustomerId(99), "Other Ltd", " ", false, Instant.EPOCH, Map.of()));

        assertThat(changed)
                .isEqualTo(customer.toBuilder()
                        .name("Other Ltd")
                        .email(null)
                        .active(false)
                        .build());
        assertThat(customers.get(customer.id())).isEqualTo(changed);
    }

    @Test
    void requiresAPrintableNameAndAddress() {
        Customer customer = customers.create("Example Ltd", null);
        assertRefusal(() -> customers.create(" ", null)).isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        assertRefusal(() -> customers.create("n".repeat(257), null)).isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        assertRefusal(() -> customers.create("Example", "nowhere")).isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        assertRefusal(() -> customers.update(
                        customer.id(), each -> each.toBuilder().name("\0").build()))
                .isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        assertRefusal(() -> customers.update(new CustomerId(99), each -> each)).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(customers.get(customer.id())).isEqualTo(customer);
    }

    @Test
    void refusesToDeleteACustomerWithUsersOrTenants() {
        Customer customer = customers.create("Example Ltd", null);
        User owner = fixture.signUp("owner@example.com");
        Tenant tenant = fixture.saas
                .tenants()
                .create(CreateTenant.onPlan(fixture.plan())
                        .owner(owner)
                        .customer(customer.id())
                        .build())
                .tenant();
        assertThat(tenant.customerId()).isEqualTo(customer.id());

        assertRefusal(() -> customers.delete(owner.customerId())).isEqualTo(ErrorCodes.RECORD_IN_USE);
        assertRefusal(() -> customers.delete(customer.id())).isEqualTo(ErrorCodes.RECORD_IN_USE);
        fixture.saas.tenants().delete(tenant.id());
        customers.delete(customer.id());

        assertThat(customers.find(customer.id())).isEmpty();
        assertRefusal(() -> customers.delete(customer.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
    }
}
