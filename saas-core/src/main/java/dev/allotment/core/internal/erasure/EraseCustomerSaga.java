// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.erasure;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.Usage;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.core.internal.account.AccountUseCases;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.InputCodec;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.plan.CustomerDatabaseLimit;
import dev.allotment.core.internal.record.PaymentRows;
import dev.allotment.core.internal.record.SupportRows;
import dev.allotment.core.internal.record.TeamRows;
import dev.allotment.core.internal.record.WebhookRows;
import dev.allotment.core.internal.tenant.life.DeleteSaga;
import dev.allotment.core.internal.tenant.life.TenantDeletion;
import dev.allotment.erasure.ErasureProof;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.ReservedName;
import dev.allotment.spi.backend.StoredApiKey;
import dev.allotment.spi.backend.StoredInvitation;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredSession;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Erases a customer: closes its accounts, purges its tenants, takes its names out of the rest of the catalog, and
 * removes its records. Once started, it only goes forward. Each step finds again what is left to do, since the records
 * of the customer go last.
 */
public final class EraseCustomerSaga implements Saga.Stateless {
    private record Input(CustomerId customer) {}

    private static final InputCodec<Input> INPUT = InputCodec.of(Input.class);

    /** The detail of the event that names the customer. */
    static final String CUSTOMER = "customer";

    private static final int PAGE = 500;

    private final CoreContext context;
    private final OperationEngine operations;
    private final DeleteSaga deleteSaga;
    private final TenantDeletion tenantDeletion;
    private final Consumer<UserId> forget;

    /**
     * @param forget makes this node forget that it has checked the password or a key of an account
     */
    public EraseCustomerSaga(
            CoreContext context,
            OperationEngine operations,
            DeleteSaga deleteSaga,
            TenantDeletion tenantDeletion,
            Consumer<UserId> forget) {
        this.context = context;
        this.operations = operations;
        this.deleteSaga = deleteSaga;
        this.tenantDeletion = tenantDeletion;
        this.forget = forget;
    }

    static Map<String, String> input(CustomerId customer) {
        return INPUT.write(new Input(customer));
    }

    static CustomerId customer(StoredOperation operation) {
        return INPUT.read(operation).customer();
    }

    @Override
    public List<Step<Nothing>> steps() {
        return List.of(
                Step.of("closed", this::close),
                Step.<Nothing>of("purged", this::purge).lastingLong(),
                Step.<Nothing>of("anonymised", this::anonymise).lastingLong());
    }

    private ErasedCustomer erased(StoredOperation operation) {
        return context.catalog().transact(tx -> ErasedCustomer.of(tx, customer(operation)));
    }

    /** So that the accounts start nothing more. */
    private void close(StoredOperation operation) {
        ErasedCustomer erased = context.catalog().transact(tx -> {
            CustomerId customer = customer(operation);
            ErasedCustomer found = ErasedCustomer.of(tx, customer);
            Set<UserId> elsewhere = ErasedCustomer.elsewhere(tx, customer);
            TeamRows.deleteOf(tx, customer);
            SupportRows.deleteOf(tx, customer);
            elsewhere.forEach(each -> TeamRows.settle(tx, each));
            tx.records(RecordTypes.SESSIONS).deleteAll(Filter.equal(StoredSession.CUSTOMER_ID, customer));
            for (UserId id : found.accounts().keySet()) {
                tx.records(RecordTypes.USERS)
                        .lock(id.value())
                        .ifPresent(each -> tx.records(RecordTypes.USERS)
                                .update(each.toBuilder().active(false).build()));
                AccountUseCases.removeSecrets(tx, id);
            }
            return found;
        });
        erased.accounts().keySet().forEach(forget);
    }

    private void purge(StoredOperation operation) {
        erased(operation).withDatabase().forEach(each -> purge(operation, each.id()));
    }

    private void purge(StoredOperation operation, TenantId tenant) {
        operations.takeOverDue(tenant, OperationKind.DELETE_TENANT, deleteSaga);
        OperationRequest<Object> deletion = tenantDeletion.purging(new Actor(null, operation.clientAddress()), tenant);
        deletion.draft().startedBy(operation.startedBy());
        try {
            operations.run(deletion);
        } catch (SaasException e) {
            // Another node may have finished it meanwhile.
            if (erased(operation).withDatabase().stream()
                    .anyMatch(each -> each.id().equals(tenant))) {
                throw unfinished(tenant, e);
            }
        }
    }

    /** What stops the deletion of a tenant must not stop the erasure, which is tried again. */
    private static SaasException unfinished(TenantId tenant, SaasException cause) {
        return new SaasException(
                cause.category(),
                cause.code().equals(ErrorCodes.OPERATION_TAKEN_OVER) ? ErrorCodes.TENANT_BUSY : cause.code(),
                "Tenant " + tenant + " could not be removed yet: " + cause.getMessage(),
                Map.of("tenant", tenant.toString()),
                true,
                cause);
    }

    /** Purges again, since an administrator may have given the customer another tenant meanwhile. */
    private void anonymise(StoredOperation operation) {
        purge(operation);
        Anonymiser anonymiser =
                context.catalog().transact(tx -> new Anonymiser(tx, ErasedCustomer.of(tx, customer(operation))));
        // An operation adds events until it has ended.
        rewrite(RecordTypes.OPERATIONS, Filter.all(), anonymiser::operation);
        rewrite(RecordTypes.USAGE, Filter.all(), anonymiser::usage);
        rewrite(RecordTypes.CUSTOM_DOMAINS, Filter.all(), anonymiser::domain);
        Filter<Event> renames = Filter.equal(Event.TYPE, EventType.TENANT_RENAMED);
        rewrite(RecordTypes.EVENTS, Filter.not(renames), anonymiser::event);
        // Last, since a node that continues this finds former names in them.
        rewrite(RecordTypes.EVENTS, renames, anonymiser::event);
    }

    private <R extends Record> void rewrite(RecordType<R> type, Filter<R> wanted, UnaryOperator<R> change) {
        RecordField<R, Long> id = RecordField.of("id");
        long last = 0;
        List<R> page;
        do {
            Query<R> next = Query.where(Filter.and(wanted, Filter.compare(id, Filter.Operator.GREATER, last)))
                    .orderBy(id)
                    .page(0, PAGE);
            page = context.catalog().transact(tx -> rewrite(tx.records(type), type, next, change));
            last = page.isEmpty() ? last : type.id(page.get(page.size() - 1));
        } while (page.size() == PAGE);
    }

    private static <R extends Record> List<R> rewrite(
            Records<R> records, RecordType<R> type, Query<R> query, UnaryOperator<R> change) {
        List<R> page = records.list(query);
        for (R each : page) {
            if (!change.apply(each).equals(each)) {
                records.lock(type.id(each)).map(change).ifPresent(records::update);
            }
        }
        return page;
    }

    @Override
    public void finish(Transaction tx, StoredOperation operation) {
        CustomerId id = customer(operation);
        // First, so that no tenant is created meanwhile.
        CustomerDatabaseLimit.lockCustomer(tx, id);
        ErasedCustomer erased = ErasedCustomer.of(tx, id);
        if (!erased.withDatabase().isEmpty()) {
            throw SaasException.unavailable(
                    ErrorCodes.TENANT_BUSY,
                    "Customer " + id + " got another tenant while it was erased, which is removed, too.",
                    null);
        }
        context.events().add(tx, operation, EventType.CUSTOMER_ERASED, null, proof(tx, operation, erased));
        erased.tenants()
                .values()
                .forEach(each -> tx.records(RecordTypes.TENANTS).update(ErasedCustomer.anonymous(each)));
        tx.records(RecordTypes.RESERVED_NAMES)
                .deleteAll(Filter.in(
                        ReservedName.HOLDER,
                        erased.tenants().values().stream()
                                .map(StoredTenant::uuid)
                                .toList()));
        tx.records(RecordTypes.API_KEYS).deleteAll(Filter.equal(StoredApiKey.SCOPE, ApiKeyScope.ofCustomer(id)));
        WebhookRows.deleteOf(tx, id);
        PaymentRows.deleteOf(tx, id);
        TeamRows.deleteOf(tx, id);
        SupportRows.deleteOf(tx, id);
        // Other customers may have invited its people.
        tx.records(RecordTypes.TEAM_INVITATIONS)
                .deleteAll(Filter.in(
                        StoredInvitation.EMAIL,
                        erased.accounts().values().stream().map(User::login).toList()));
        for (UserId account : erased.accounts().keySet()) {
            AccountUseCases.remove(tx, account);
        }
        tx.records(RecordTypes.CUSTOMERS).delete(id.value());
    }

    private static Map<String, String> proof(Transaction tx, StoredOperation operation, ErasedCustomer erased) {
        List<TenantId> tenants = List.copyOf(erased.tenants().keySet());
        long events = tx.records(RecordTypes.EVENTS)
                .count(Filter.or(
                        Filter.in(Event.TENANT_ID, tenants),
                        Filter.in(Event.USER_ID, List.copyOf(erased.accounts().keySet()))));
        long operations = tx.records(RecordTypes.OPERATIONS).count(Filter.in(StoredOperation.TENANT_ID, tenants));
        long usage = tx.records(RecordTypes.USAGE).count(Filter.in(Usage.TENANT_ID, tenants));
        return Map.of(
                CUSTOMER,
                erased.id().toString(),
                "requestedAt",
                operation.createdAt().toString(),
                "accounts",
                Integer.toString(erased.accounts().size()),
                "tenants",
                Integer.toString(tenants.size()),
                "events",
                Long.toString(events),
                "operations",
                Long.toString(operations),
                "usage",
                Long.toString(usage));
    }

    /** What {@link #finish} has recorded. */
    static ErasureProof proof(CustomerId customer, Event event) {
        Map<String, String> details = event.details();
        return new ErasureProof(
                event.uuid(),
                customer,
                event.actor(),
                Instant.parse(details.getOrDefault("requestedAt", event.at().toString())),
                event.at(),
                number(details, "accounts"),
                number(details, "tenants"),
                number(details, "events"),
                number(details, "operations"),
                number(details, "usage"));
    }

    private static long number(Map<String, String> details, String key) {
        return Long.parseLong(details.getOrDefault(key, "0"));
    }

    @Override
    public Ending ending() {
        return Ending.FINISHED;
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "Customer " + customer(operation)
                + " was not erased. Its accounts may be inactive without a password, and some of its tenants may be"
                + " removed. Erase it again.";
    }
}
