// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.account;

import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.Customers;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.AttributeRules;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Idempotency;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.record.PaymentRows;
import dev.allotment.core.internal.record.SupportRows;
import dev.allotment.core.internal.record.TeamRows;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.record.WebhookRows;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Manages the customers. */
public final class CustomerUseCases extends RecordLookup<CustomerId, Customer> implements Customers {
    private final CoreContext context;
    private final OperationEngine operations;
    private final Actor actor;

    public CustomerUseCases(CoreContext context, OperationEngine operations, UnitOfWork work, Actor actor) {
        super(work, RecordTypes.CUSTOMERS, "Customer");
        this.context = context;
        this.operations = operations;
        this.actor = actor;
    }

    @Override
    protected long number(CustomerId id) {
        return id.value();
    }

    @Override
    protected Filter<Customer> visible(Transaction tx) {
        Filter<Customer> visible = actor.visible(Customer.ID);
        return actor.scope().customer() != null || actor.scope().plan() == null
                ? visible
                : Filter.and(visible, Filter.in(Customer.ID, customersInScope(tx)));
    }

    @Override
    protected Customer shown(Customer customer) {
        return customer.toBuilder()
                .attributes(AttributeRules.shown(actor, customer.attributes()))
                .build();
    }

    @Override
    protected void checkAllowed(Query<?> query) {
        AttributeRules.check(actor, query);
    }

    private List<CustomerId> customersInScope(Transaction tx) {
        return TenantLookup.distinct(actor, tx, StoredTenant.CUSTOMER_ID, TenantRows.LIVE);
    }

    @Override
    public Customer create(Customer wanted, @Nullable String idempotencyKey) {
        actor.requireAdministrator("create customers");
        Customer customer = new Customer(
                new CustomerId(0),
                TextRules.name(wanted.name(), ErrorCodes.ACCOUNT_INVALID, "A customer"),
                TextRules.email(wanted.email()),
                wanted.active(),
                context.now(),
                AttributeRules.changed(actor, Map.of(), wanted.attributes(), ErrorCodes.ACCOUNT_INVALID));
        Function<Transaction, Customer> insert =
                tx -> tx.records(RecordTypes.CUSTOMERS).insert(customer);
        if (idempotencyKey == null) {
            return shown(work().transact(insert));
        }
        StoredOperation.Builder draft = operations.draft(OperationKind.CREATE_CUSTOMER, actor);
        Customer request = customer.toBuilder().createdAt(Instant.EPOCH).build();
        return shown(once(draft, "customer", Idempotency.scoped(actor, idempotencyKey), request, insert));
    }

    @Override
    public Customer update(CustomerId id, UnaryOperator<Customer> change) {
        actor.requireAdministrator("change customers");
        return work().transact(tx -> {
            Customer present = lock(tx, id);
            Customer wanted = change.apply(shown(present));
            Customer merged = new Customer(
                    present.id(),
                    TextRules.name(wanted.name(), ErrorCodes.ACCOUNT_INVALID, "A customer"),
                    TextRules.email(wanted.email()),
                    wanted.active(),
                    present.createdAt(),
                    AttributeRules.changed(
                            actor, present.attributes(), wanted.attributes(), ErrorCodes.ACCOUNT_INVALID));
            tx.records(RecordTypes.CUSTOMERS).update(merged);
            return shown(merged);
        });
    }

    @Override
    public void delete(CustomerId id) {
        actor.requireAdministrator("delete customers");
        work().transact(tx -> {
            lock(tx, id);
            Filter<Object> theirs = Filter.equal(RecordField.named("customerId"), id);
            if (tx.records(RecordTypes.USERS).count(theirs) > 0
                    || !TeamRows.of(tx, id).isEmpty()
                    || tx.records(RecordTypes.TENANTS).count(Filter.and(theirs, TenantRows.WITH_DATABASE)) > 0) {
                throw SaasException.conflict(
                        ErrorCodes.RECORD_IN_USE,
                        "Customer " + id + " has users or tenants, so it cannot be deleted; set it inactive instead.");
            }
            WebhookRows.deleteOf(tx, id);
            PaymentRows.deleteOf(tx, id);
            TeamRows.deleteOf(tx, id);
            SupportRows.deleteOf(tx, id);
            tx.records(RecordTypes.CUSTOMERS).delete(id.value());
            return null;
        });
    }
}
