// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.AdoptTenant;
import dev.allotment.CreateTenant;
import dev.allotment.CreatedTenant;
import dev.allotment.DuplicateTenant;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.SignInLink;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.backup.ImportBackup;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.core.internal.access.AccessFeature;
import dev.allotment.core.internal.backup.archive.Dump;
import dev.allotment.core.internal.backup.archive.ForeignBackup;
import dev.allotment.core.internal.backup.archive.ImportedStream;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.Idempotency;
import dev.allotment.core.internal.base.RequestFingerprint;
import dev.allotment.core.internal.host.TenantHosts;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.record.PublicViews;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Starts the operations that create, copy, restore or adopt a tenant. What they need is reserved in the transaction
 * that stores them.
 */
public final class NewTenants {
    private final CreationTools tools;
    private final OperationEngine operations;
    private final AccessFeature access;
    private final CreateSaga createSaga;
    private final AdoptTenantSaga adoptTenantSaga;

    NewTenants(CreationTools tools, OperationEngine operations, AccessFeature access) {
        this.tools = tools;
        this.operations = operations;
        this.access = access;
        this.createSaga = new CreateSaga(tools);
        this.adoptTenantSaga = new AdoptTenantSaga(tools);
    }

    Map<OperationKind, Saga<?>> sagas() {
        return Map.of(
                OperationKind.CREATE_TENANT, createSaga,
                OperationKind.DUPLICATE_TENANT, createSaga,
                OperationKind.RESTORE_BACKUP, createSaga,
                OperationKind.ADOPT_TENANT, adoptTenantSaga);
    }

    /** Runs a request for a tenant until the tenant is there. */
    public CreatedTenant make(Actor actor, OperationRequest<NewTenant> request) {
        OperationEngine.Outcome<NewTenant> outcome = operations.run(request).orElseThrow();
        OperationId id = outcome.operation().id();
        return outcome.found()
                .map(made -> new CreatedTenant(
                        PublicViews.tenant(actor, made.tenant()),
                        id,
                        made.token() == null ? null : access.links().of(made.tenant(), made.token())))
                .orElseGet(() -> repeated(actor, outcome.operation()));
    }

    private CreatedTenant repeated(Actor actor, StoredOperation operation) {
        StoredTenant tenant = tenants(actor).get(new TenantId(OperationTargets.tenantId(operation)));
        boolean open = tenant.state() == TenantState.OPEN && tenant.ownerId() != null;
        SignInLink link = open ? access.links().issue(actor, tenant.id()) : null;
        return new CreatedTenant(PublicViews.tenant(actor, tenant), operation.id(), link);
    }

    public OperationRequest<NewTenant> creating(Actor actor, CreateTenant command) {
        actor.requireAdministrator("create tenants");
        // Only the presence of the password counts: it is hashed with a new salt each time.
        StoredOperation.Builder draft =
                draft(actor, OperationKind.CREATE_TENANT, command.idempotencyKey(), "create", command);
        String key = draft.build().idempotencyKey();
        CreateTenant.Administrator administrator = command.administrator();
        // Before the transaction: hashing takes as long as a hundred transactions. A repeated request gets the first
        // result, although the policy for passwords may refuse it by now.
        String hash = administrator == null || isRepeated(key) ? null : hash(actor, administrator);
        return request(actor, draft, createSaga, null, reservation -> Created.reserve(reservation, command, hash));
    }

    private boolean isRepeated(@Nullable String key) {
        return key != null && tools.context().catalog().transact(tx -> Idempotency.isKnown(tx, key));
    }

    private String hash(Actor actor, CreateTenant.Administrator administrator) {
        return access.passwords()
                .hashChosen(
                        TextRules.normalLogin(administrator.login()), administrator.password(), actor.clientAddress());
    }

    public OperationRequest<NewTenant> copying(Actor actor, DuplicateTenant command) {
        return copying(actor, command, (tx, source) -> Optional.empty());
    }

    /**
     * A copy of a tenant, if a check of the locked source returns normally.
     *
     * @param check returns when the copy must expire at the latest; empty: at any time
     */
    public OperationRequest<NewTenant> copying(
            Actor actor,
            DuplicateTenant command,
            BiFunction<? super Transaction, ? super StoredTenant, Optional<Instant>> check) {
        actor.requireAdministrator("duplicate tenants");
        return request(
                actor,
                draft(actor, OperationKind.DUPLICATE_TENANT, command.idempotencyKey(), "duplicate", command),
                createSaga,
                null,
                reservation -> CopyOf.reserve(reservation, command, check));
    }

    /** A tenant of a backup, if a check of its locked tenant returns normally. */
    public OperationRequest<NewTenant> restoring(
            Actor actor, RestoreBackup command, BiConsumer<? super Transaction, ? super StoredTenant> check) {
        actor.requireAdministrator("restore backups");
        return request(
                actor,
                draft(actor, OperationKind.RESTORE_BACKUP, command.idempotencyKey(), "restore backup", command),
                createSaga,
                null,
                reservation -> FromBackup.reserve(reservation, command, check));
    }

    public OperationRequest<NewTenant> importing(Actor actor, ImportBackup command, ForeignBackup foreign) {
        return request(
                actor,
                draft(actor, OperationKind.RESTORE_BACKUP, command.idempotencyKey(), "import backup", command),
                createSaga,
                foreign,
                reservation -> FromImport.reserve(reservation, command));
    }

    OperationRequest<NewTenant> restoringDump(Actor actor, String name, Dump dump, boolean neutralise) {
        return request(
                actor,
                operations
                        .draft(OperationKind.RESTORE_BACKUP, actor)
                        .fingerprint(RequestFingerprint.of("restore dump", Map.of("name", name))),
                createSaga,
                dump,
                reservation -> FromDump.reserve(reservation, name, dump, neutralise));
    }

    public OperationRequest<NewTenant> adopting(Actor actor, AdoptTenant command) {
        actor.requireAdministrator("adopt databases");
        UUID orphan = adoptTenantSaga.identity(command);
        return request(
                actor,
                draft(actor, OperationKind.ADOPT_TENANT, command.idempotencyKey(), "adopt", command),
                adoptTenantSaga,
                null,
                reservation -> adoptTenantSaga.reserve(reservation, command, orphan));
    }

    private StoredOperation.Builder draft(
            Actor actor, OperationKind kind, @Nullable String idempotencyKey, String action, Record command) {
        return operations
                .draft(kind, actor)
                .idempotencyKey(idempotencyKey == null ? null : Idempotency.scoped(actor, idempotencyKey))
                .fingerprint(RequestFingerprint.of(action, command));
    }

    /** @param foreign what is imported; null: nothing */
    private OperationRequest<NewTenant> request(
            Actor actor,
            StoredOperation.Builder draft,
            Saga<NewTenant> saga,
            @Nullable ImportedStream foreign,
            Function<Reservation, Reservation.Draft> reserving) {
        return new OperationRequest<NewTenant>(draft, tx -> {
                    Reservation.Draft reserved = reserving.apply(new Reservation(tools, actor, tx));
                    boolean background = OperationRequest.isInBackground(draft);
                    if (!background && canBeLost(tx, reserved)) {
                        tx.deferDurability();
                    }
                    TenantHosts.requireApart(tx, reserved.tenant());
                    StoredTenant stored = tx.records(RecordTypes.TENANTS).insert(reserved.tenant());
                    // A caller that does not wait gets no link.
                    String token = background || stored.ownerId() == null
                            ? null
                            : tools.context().secrets().next();
                    draft.tenantId(stored.id()).input(input(reserved));
                    // The tenant is not visible yet, so no other operation works on it.
                    StoredOperation started = tx.records(RecordTypes.OPERATIONS).insert(draft.build());
                    return Optional.of(new StartedOperation<>(
                            started, saga, NewTenant.reserved(stored, reserved.owner(), token, foreign)));
                })
                // The holder of a key with a narrower scope must not learn of the tenant.
                .admittedBy((tx, earlier) -> tenants(actor).lock(tx, new TenantId(OperationTargets.tenantId(earlier))));
    }

    private static Map<String, String> input(Reservation.Draft reserved) {
        return reserved.origin() == null ? reserved.input() : Origins.write(reserved.origin(), reserved.input());
    }

    /**
     * Whether a crash that loses the reservation also loses all that the operation has done before it finished: it only
     * changes what the server of the catalog has.
     */
    private boolean canBeLost(Transaction tx, Reservation.Draft reserved) {
        return reserved.claims()
                && Abilities.sharesLogWithCatalog(
                        tools.registry().databases(tx, reserved.tenant().serverId()));
    }

    private TenantLookup tenants(Actor actor) {
        return new TenantLookup(tools.context().work(), actor);
    }
}
