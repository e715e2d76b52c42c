// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.erasure;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.erasure.ErasureProof;
import dev.allotment.erasure.Erasures;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Erases customers for administrators, and records who requests it. */
public final class ErasureUseCases implements Erasures {
    private static final Duration PERIOD = Duration.ofDays(1);
    private static final int MOST = 3;

    private final CoreContext context;
    private final OperationEngine operations;
    private final EraseCustomerSaga saga;
    private final Actor actor;

    public ErasureUseCases(CoreContext context, OperationEngine operations, EraseCustomerSaga saga, Actor actor) {
        this.context = context;
        this.operations = operations;
        this.saga = saga;
        this.actor = actor;
    }

    @Override
    public void erase(CustomerId customer) {
        operations.run(erasing(customer));
    }

    @Override
    public Optional<ErasureProof> proof(CustomerId customer) {
        actor.requireAdministrator("see the proofs of erasures");
        return context
                .catalog()
                .transact(tx -> tx.records(RecordTypes.EVENTS)
                        .list(Query.where(Filter.equal(Event.TYPE, EventType.CUSTOMER_ERASED))
                                .orderByDescending(Event.ID)))
                .stream()
                .filter(each -> customer.toString().equals(each.details().get(EraseCustomerSaga.CUSTOMER)))
                .findFirst()
                .map(each -> EraseCustomerSaga.proof(customer, each));
    }

    @Override
    public User request(UserId account) {
        return change(account, "request the erasure of another user", EventType.ERASURE_REQUESTED, context.now());
    }

    @Override
    public User withdraw(UserId account) {
        return change(account, "withdraw the request of another user", EventType.ERASURE_WITHDRAWN, null);
    }

    /** @param since null: the account requests nothing any more */
    private User change(UserId account, String what, EventType type, @Nullable Instant since) {
        User caller = actor.user();
        if (!actor.administrator() && caller != null && !caller.id().equals(account)) {
            throw actor.refused(what);
        }
        return context.catalog().transact(tx -> {
            Records<User> users = tx.records(RecordTypes.USERS);
            User user = users.lock(account.value())
                    .orElseThrow(() -> RecordLookup.missing(RecordTypes.USERS, "User", account.value()));
            if (since != null && !user.portal()) {
                throw SaasException.conflict(
                        ErrorCodes.RECORD_IN_USE,
                        "Account " + account + " is an operator's, so its customer cannot be erased. Make it a"
                                + " regular user first.");
            }
            if (since != null && actor.portal() && !user.customerId().equals(actor.customer())) {
                // Erased is the customer of the account. Owning another one gives no right to that.
                throw actor.refused("request this while you act for another customer than your own");
            }
            if ((since == null) == (user.erasureRequestedAt() == null)) {
                return user;
            }
            if (since != null && actor.portal() && !user.customerId().equals(actor.customer())) {
                throw actor.refused("request the erasure of another customer than the one that the account acts for"
                        + " by itself. Ask an administrator");
            }
            if (since != null && !actor.administrator()) {
                requireFewToday(tx, account);
            }
            User changed = user.toBuilder().erasureRequestedAt(since).build();
            users.update(changed);
            Map<String, String> details = since == null ? Map.of() : Map.of("requestedAt", since.toString());
            context.events().add(tx, actor, type, null, account, details);
            return changed;
        });
    }

    /** Each request sends emails to administrators, so an account must not request and withdraw all the time. */
    private void requireFewToday(Transaction tx, UserId account) {
        Filter<Event> recent = Filter.and(
                Filter.equal(Event.USER_ID, account),
                Filter.equal(Event.TYPE, EventType.ERASURE_REQUESTED),
                Filter.compare(Event.AT, Filter.Operator.GREATER, context.now().minus(PERIOD)));
        if (tx.records(RecordTypes.EVENTS).count(recent) >= MOST) {
            throw actor.refused("request an erasure more than " + MOST + " times in 24 hours. Wait, or ask an"
                    + " administrator to record the request");
        }
    }

    /** The operation that erases a customer. */
    public OperationRequest<Saga.Nothing> erasing(CustomerId customer) {
        actor.requireAdministrator("erase customers");
        StoredOperation.Builder draft =
                operations.draft(OperationKind.ERASE_CUSTOMER, actor).input(EraseCustomerSaga.input(customer));
        return new OperationRequest<>(draft, tx -> start(tx, customer, draft));
    }

    private Optional<StartedOperation<Saga.Nothing>> start(
            Transaction tx, CustomerId id, StoredOperation.Builder draft) {
        boolean exists = tx.records(RecordTypes.CUSTOMERS).lock(id.value()).isPresent();
        List<StoredOperation> known = tx
                .records(RecordTypes.OPERATIONS)
                .list(Query.where(Filter.and(
                        Filter.equal(StoredOperation.KIND, OperationKind.ERASE_CUSTOMER),
                        Filter.in(StoredOperation.STATE, Set.of(OperationState.RUNNING, OperationState.DONE)))))
                .stream()
                .filter(each -> EraseCustomerSaga.customer(each).equals(id))
                .toList();
        if (!exists && known.isEmpty()) {
            throw RecordLookup.missing(RecordTypes.CUSTOMERS, "Customer", id.value());
        }
        if (!exists) {
            return Optional.empty();
        }
        if (!known.isEmpty()) {
            throw new SaasException(
                    ErrorCategory.UNAVAILABLE,
                    ErrorCodes.OPERATION_IN_PROGRESS,
                    "Customer " + id + " is being erased. Wait until the operation has ended.",
                    Map.of("operation", known.get(0).id().toString()),
                    true,
                    null);
        }
        requireErasable(tx, ErasedCustomer.of(tx, id));
        return Optional.of(StartedOperation.store(tx, draft, saga));
    }

    /** An erasure cannot be undone, so what an administrator should decide first is refused. */
    private static void requireErasable(Transaction tx, ErasedCustomer customer) {
        for (User each : customer.accounts().values()) {
            if (!each.portal()) {
                throw inUse(
                        customer,
                        "account " + each.id() + " acts for it and is an administrator. Make it a regular user first.");
            }
        }
        Filter<StoredTenant> owned = Filter.and(
                Filter.in(StoredTenant.OWNER_ID, List.copyOf(customer.accounts().keySet())), TenantRows.WITH_DATABASE);
        tx.records(RecordTypes.TENANTS).list(Query.where(owned)).stream()
                .filter(each -> !customer.tenants().containsKey(each.id()))
                .findFirst()
                .ifPresent(each -> {
                    throw inUse(
                            customer,
                            "account " + each.ownerId() + " acts for it and owns tenant " + each.id()
                                    + " of another customer. Give the tenant to this customer, or delete it for good.");
                });
    }

    private static SaasException inUse(ErasedCustomer customer, String why) {
        return SaasException.conflict(
                ErrorCodes.RECORD_IN_USE, "Customer " + customer.id() + " cannot be erased: " + why);
    }
}
