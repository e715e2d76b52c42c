// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.Customers;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The customers. */
final class CustomerUseCases extends RecordLookup<CustomerId, Customer> implements Customers {
    private final ControlPlane plane;
    private final Actor actor;

    CustomerUseCases(ControlPlane plane, Place place, Actor actor) {
        super(place, RecordTypes.CUSTOMERS, "Customer");
        this.plane = plane;
        this.actor = actor;
    }

    @Override
    long number(CustomerId id) {
        return id.value();
    }

    @Override
    Filter<Customer> visible(Transaction tx) {
        User user = actor.user();
        return user == null || actor.administrator() ? Filter.all() : Filter.equal(Customer.ID, user.customerId());
    }

    @Override
    public Customer create(Customer wanted, @Nullable String idempotencyKey) {
        actor.requireAdministrator("create customers");
        Customer customer = new Customer(
                new CustomerId(0),
                Texts.name(wanted.name(), ErrorCodes.ACCOUNT_INVALID, "A customer"),
                Texts.email(wanted.email()),
                wanted.active(),
                plane.now());
        Function<Transaction, Customer> insert =
                tx -> tx.records(RecordTypes.CUSTOMERS).insert(customer);
        if (idempotencyKey == null) {
            return place().transact(insert);
        }
        Operation.Builder draft = plane.sagas.draft(OperationKind.CREATE_CUSTOMER, actor);
        List<String> asked =
                List.of(customer.name(), String.valueOf(customer.email()), String.valueOf(customer.active()));
        return once(draft, "customer", Repeats.scoped(actor, idempotencyKey), asked, insert);
    }

    @Override
    public Customer update(CustomerId id, UnaryOperator<Customer> change) {
        actor.requireAdministrator("change customers");
        return place().transact(tx -> {
            Customer present = lock(tx, id);
            Customer wanted = change.apply(present);
            Customer merged = new Customer(
                    present.id(),
                    Texts.name(wanted.name(), ErrorCodes.ACCOUNT_INVALID, "A customer"),
                    Texts.email(wanted.email()),
                    wanted.active(),
                    present.createdAt());
            tx.records(RecordTypes.CUSTOMERS).update(merged);
            return merged;
        });
    }

    @Override
    public void delete(CustomerId id) {
        actor.requireAdministrator("delete customers");
        place().transact(tx -> {
            lock(tx, id);
            Filter<Object> theirs = Filter.equal(RecordField.named("customerId"), id);
            if (tx.records(RecordTypes.USERS).count(theirs) > 0
                    || tx.records(RecordTypes.TENANTS).count(Filter.and(theirs, TenantRules.WITH_DATABASE)) > 0) {
                throw SaasException.conflict(
                        ErrorCodes.RECORD_IN_USE,
                        "Customer " + id + " has users or client databases, so it cannot be deleted; set it inactive.");
            }
            tx.records(RecordTypes.CUSTOMERS).delete(id.value());
            return null;
        });
    }
}
