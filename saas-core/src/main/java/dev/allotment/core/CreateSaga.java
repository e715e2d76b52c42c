// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Member;
import dev.allotment.MemberId;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.spi.AppliedOperation;
import dev.allotment.spi.DatabaseRef;
import dev.allotment.spi.DatabaseTransaction;
import dev.allotment.spi.Databases;
import dev.allotment.spi.RecordTypes;
import dev.allotment.spi.Records;
import dev.allotment.spi.Transaction;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes the database of a tenant whose name and place are reserved: empty, from a template, or as a copy of another. */
final class CreateSaga implements Saga {
    /** Name and identity of the database to copy; none: an empty one. */
    static final String SOURCE_NAME = "sourceName";

    static final String SOURCE_UUID = "sourceUuid";
    /** Name of the spare that the tenant has taken over, identity and all. */
    static final String SPARE_NAME = "spareName";

    /** There where the owner is to be told. */
    static final String NOTIFY = "notify";

    /** The template to copy, where it still had to be built when the name was reserved. */
    static final String UNFINISHED_TEMPLATE = "unfinishedTemplate";

    static final String ADMIN_LOGIN = "adminLogin";
    static final String ADMIN_HASH = "adminHash";

    private final ControlPlane plane;
    private final @Nullable String token;
    private @Nullable Tenant tenant;
    private @Nullable MemberId owner;
    private String neutralised = "";

    /** @param token the secret of the owner's access token, which is issued when the database is opened; null: none is */
    CreateSaga(ControlPlane plane, @Nullable String token) {
        this.plane = plane;
        this.token = token;
    }

    static void putTemplate(Map<String, String> input, Template template) {
        input.put(SOURCE_NAME, template.name());
        input.put(SOURCE_UUID, template.uuid().toString());
        if (template.state() != TemplateState.READY) {
            input.put(UNFINISHED_TEMPLATE, template.id().toString());
        }
    }

    @Override
    public List<Step> steps() {
        return List.of(
                new Step("database", this::makeDatabase, CreateSaga::takesLong),
                new Step("configured", this::configure, CreateSaga::takesLong),
                new Step("opened", this::open));
    }

    /** A spare only gets another name: all is done, or done again, as fast as it would be recorded. */
    private static boolean takesLong(Operation operation) {
        return !operation.input().containsKey(SPARE_NAME);
    }

    private void makeDatabase(Operation operation) {
        DatabaseRef target = ControlPlane.ref(tenant(operation));
        String sourceName = operation.input().get(SOURCE_NAME);
        String spareName = operation.input().get(SPARE_NAME);
        try {
            long begun = plane.ticker.getAsLong();
            if (spareName != null && renamed(operation, new DatabaseRef(spareName, target.uuid()), target)) {
                plane.claims.hit(plane.ticker.getAsLong() - begun);
                return;
            }
            if (sourceName == null) {
                databases(operation).create(target);
            } else {
                String unfinished = operation.input().get(UNFINISHED_TEMPLATE);
                if (unfinished != null) {
                    plane.sites.makeReady(new TemplateId(Long.parseLong(unfinished)));
                }
                if (operation.kind() == OperationKind.CREATE_TENANT) {
                    plane.claims.miss();
                }
                UUID source = UUID.fromString(operation.input().getOrDefault(SOURCE_UUID, ""));
                databases(operation).copy(new DatabaseRef(sourceName, source), target);
            }
        } catch (SaasException e) {
            if (e.code().equals(ErrorCodes.BACKEND_UNAVAILABLE)) {
                plane.fleet.suspect(tenant(operation).serverId());
            }
            throw e.code().equals(ErrorCodes.DATABASE_FOREIGN) ? TenantRules.nameTaken(target.name()) : e;
        }
    }

    /** A spare whose database is not there, for whatever reason, is as good as none: then the template is copied. */
    private boolean renamed(Operation operation, DatabaseRef spare, DatabaseRef target) {
        try {
            databases(operation).rename(spare, target.name());
            return true;
        } catch (SaasException e) {
            if (e.code().equals(ErrorCodes.DATABASE_UNKNOWN)) {
                return false;
            }
            throw e;
        }
    }

    private void configure(Operation operation) {
        Tenant target = tenant(operation);
        User account = account(target);
        DatabaseSetup.first(
                databases(operation),
                ControlPlane.ref(target),
                () -> owner = isCopy(operation)
                        ? plane.configure(target, tx -> configure(tx, operation, target, account))
                        : plane.inside(target, tx -> configure(tx, operation, target, account)));
    }

    private @Nullable MemberId configure(
            DatabaseTransaction tx, Operation operation, Tenant target, @Nullable User account) {
        if (!Marks.has(tx, operation)) {
            fill(tx, operation, target, account);
            if (isCopy(operation)) {
                new Neutralisation(plane).apply(tx, operation, target);
            }
            Marks.put(tx, operation);
        }
        return MemberRows.owner(tx).map(Member::id).orElse(null);
    }

    private static boolean isCopy(Operation operation) {
        return operation.kind() == OperationKind.DUPLICATE_TENANT;
    }

    private void open(Operation operation) {
        Tenant target = tenant(operation);
        if (isCopy(operation)) {
            neutralised = plane.inside(
                    target,
                    tx -> MemberRows.parameter(tx, Parameter.NEUTRALISED)
                            .map(Parameter::value)
                            .orElse(""));
        }
        databases(operation).open(ControlPlane.ref(target));
    }

    private @Nullable User account(Tenant target) {
        UserId ownerId = target.ownerId();
        return ownerId == null
                ? null
                : plane.catalog.transact(tx ->
                        tx.records(RecordTypes.USERS).find(ownerId.value()).orElse(null));
    }

    private void fill(DatabaseTransaction tx, Operation operation, Tenant target, @Nullable User account) {
        forgetOriginal(tx);
        DatabaseSetup.addBase(plane, tx, target.lang(), target.tz());
        DatabaseSetup.tell(tx, target, false);
        if (account != null && MemberRows.owner(tx).isEmpty()) {
            DatabaseSetup.addOwner(plane, tx, account);
        }
        String login = operation.input().get(ADMIN_LOGIN);
        if (login != null) {
            DatabaseSetup.setAdministrator(tx, login, operation.input().get(ADMIN_HASH));
        }
    }

    /** What a copy must not take over from what it was copied from. */
    private static void forgetOriginal(Transaction tx) {
        Records<AppliedOperation> applied = tx.records(RecordTypes.APPLIED_OPERATIONS);
        applied.list(Query.all()).forEach(each -> applied.delete(each.id()));
    }

    @Override
    public void finish(Transaction tx, Operation operation) {
        Tenant made = TenantRules.lock(tx, tenant(operation).id().value());
        int users = made.ownerId() == null ? 0 : 1;
        Tenant open = made.toBuilder()
                .state(TenantState.OPEN)
                .usersCount(Math.max(users, made.usersCount()))
                .syncedAt(plane.now())
                .build();
        tx.records(RecordTypes.TENANTS).update(Schedule.scheduled(tx, open, plane.now()));
        UsageRows.note(tx, open, null, plane.now());
        String source = operation.input().get(SOURCE_UUID);
        boolean copy = isCopy(operation);
        plane.events.add(
                tx,
                operation,
                copy ? EventType.TENANT_DUPLICATED : EventType.TENANT_CREATED,
                made.id(),
                copy && source != null
                        ? Map.of("name", made.name(), "source", source, "neutralised", neutralised)
                        : Map.of(
                                "name",
                                made.name(),
                                "plan",
                                String.valueOf(made.planId()),
                                "notify",
                                operation.input().getOrDefault(NOTIFY, "false")));
        if (token != null && owner != null) {
            AccessTokens.insert(plane, tx, token, made.id(), owner);
        }
    }

    @Override
    public boolean undoable(Operation operation) {
        return true;
    }

    @Override
    public void undo(Operation operation) {
        DatabaseRef target = ControlPlane.ref(tenant(operation));
        Alignment.drop(databases(operation), target);
        String spareName = operation.input().get(SPARE_NAME);
        if (spareName != null) {
            Alignment.drop(databases(operation), new DatabaseRef(spareName, target.uuid()));
        }
    }

    @Override
    public void undone(Transaction tx, Operation operation) {
        Tenant given = tenant(operation);
        TenantRules.release(tx, given.name(), given.uuid(), null);
        plane.placement.changed(given.serverId());
        tx.records(RecordTypes.TENANTS).delete(given.id().value());
    }

    @Override
    public void withdraw(Operation operation) {
        if (tenant != null) {
            Alignment.align(plane, tenant.serverId(), ControlPlane.ref(tenant));
        }
    }

    private Databases databases(Operation operation) {
        return plane.databases(tenant(operation));
    }

    private Tenant tenant(Operation operation) {
        if (tenant == null) {
            tenant = Sagas.tenant(plane, operation);
        }
        return tenant;
    }
}
