// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Member;
import dev.allotment.MemberId;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.spi.backend.AppliedOperation;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes the database of a tenant whose name and place are reserved: empty, from a template, or as a copy of another. */
final class CreateSaga implements Saga {
    /** Name and identity of the database to copy; none: an empty one. */
    static final String SOURCE_NAME = "sourceName";

    static final String SOURCE_UUID = "sourceUuid";
    /** The server that the database to copy is on; none: the one that the copy comes to. */
    static final String SOURCE_SERVER = "sourceServer";

    /** Name of the spare that the tenant has taken over, identity and all. */
    static final String SPARE_NAME = "spareName";

    /** There where the owner is to be told. */
    static final String NOTIFY = "notify";

    /** The template to copy, where it still had to be built when the name was reserved. */
    static final String UNFINISHED_TEMPLATE = "unfinishedTemplate";

    /** There where the name was not chosen by anybody, so that another one will do. */
    static final String GENERATED_NAME = "generatedName";

    static final String ADMIN_LOGIN = "adminLogin";
    static final String ADMIN_HASH = "adminHash";

    private final ControlPlane plane;
    private final @Nullable String token;
    private @Nullable Tenant tenant;
    private @Nullable User account;
    private @Nullable MemberId owner;
    /** Whether its application can connect: to a spare it can from the first, since nobody has its password yet. */
    private boolean open;

    private String neutralised = "";

    /** For whoever knows only what was stored. */
    CreateSaga(ControlPlane plane) {
        this.plane = plane;
        this.token = null;
    }

    /**
     * For the request itself.
     *
     * @param token the secret of the owner's access token, which is issued when the database is opened; null: none is
     * @param tenant as it was reserved
     * @param account of the owner, as far as it was read
     */
    CreateSaga(ControlPlane plane, @Nullable String token, Tenant tenant, @Nullable User account) {
        this.plane = plane;
        this.token = token;
        this.tenant = tenant;
        this.account = account;
    }

    /** The tenant as it is once the operation has ended well. */
    Tenant made() {
        return Objects.requireNonNull(tenant);
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
                new Step("configured", this::configure, CreateSaga::isCopy),
                new Step("opened", this::open));
    }

    /**
     * A spare only gets another name and is opened, which is done again as fast as it would be recorded; so is what is
     * written into a database that is made of a template. Neutralisers may take their time.
     */
    private static boolean takesLong(Operation operation) {
        return !operation.input().containsKey(SPARE_NAME);
    }

    /** A generated name that turns out to be that of a database which is not ours is passed over, as one is that is held. */
    private void makeDatabase(Operation operation) {
        for (int attempt = 1; ; attempt++) {
            try {
                makeUnderItsName(operation);
                return;
            } catch (SaasException e) {
                if (e.code().equals(ErrorCodes.BACKEND_UNAVAILABLE)) {
                    suspect(operation);
                }
                if (!e.code().equals(ErrorCodes.DATABASE_FOREIGN)) {
                    throw e;
                }
                if (!operation.input().containsKey(GENERATED_NAME) || attempt == Place.MAX_RACES) {
                    throw TenantRules.nameTaken(tenant(operation).name());
                }
                takeNextName(operation);
            }
        }
    }

    private void takeNextName(Operation operation) {
        tenant = plane.place.orAgain(tx -> {
            // Whoever has taken over may have made its database by now, under the name that it found.
            Sagas.requireMine(tx, operation);
            Tenant draft = TenantRules.lock(tx, Sagas.tenantId(operation));
            Plan plan = PlanVersions.plan(tx, Objects.requireNonNull(draft.planId()));
            Set<String> reserved = TenantRules.reservedNames(plane, tx, draft.serverId());
            String name = TenantRules.holdNext(tx, plan, reserved, draft.name(), draft.uuid(), plane.now());
            Tenant renamed = draft.toBuilder().name(name).build();
            tx.records(RecordTypes.TENANTS).update(renamed);
            return renamed;
        });
    }

    private void makeUnderItsName(Operation operation) {
        DatabaseRef target = ControlPlane.ref(tenant(operation));
        String sourceName = operation.input().get(SOURCE_NAME);
        String spareName = operation.input().get(SPARE_NAME);
        long begun = plane.ticker.getAsLong();
        if (spareName != null && claimed(operation, new DatabaseRef(spareName, target.uuid()), target)) {
            plane.claims.hit(plane.ticker.getAsLong() - begun);
            return;
        }
        requireServer(operation);
        if (sourceName == null) {
            databases(operation).create(target);
            return;
        }
        String unfinished = operation.input().get(UNFINISHED_TEMPLATE);
        if (unfinished != null) {
            plane.sites.makeReady(new TemplateId(Long.parseLong(unfinished)));
        }
        if (operation.kind() == OperationKind.CREATE_TENANT) {
            plane.claims.miss();
        }
        UUID source = UUID.fromString(operation.input().getOrDefault(SOURCE_UUID, ""));
        copy(operation, new DatabaseRef(sourceName, source), target);
    }

    /**
     * One that was deleted while the name was reserved may still be known to this process. A spare need not be asked about: it
     * keeps its server from being deleted until it is a client database, which does, too.
     */
    private void requireServer(Operation operation) {
        long server = tenant(operation).serverId().value();
        if (plane.catalog
                .transact(tx -> tx.records(RecordTypes.SERVERS).find(server))
                .isEmpty()) {
            throw SaasException.conflict(
                    ErrorCodes.SERVER_NONE,
                    "The database server that was chosen has been deleted meanwhile; try again, on another one.");
        }
    }

    /** A client database may have got another name since it was to be copied. */
    private void copy(Operation operation, DatabaseRef source, DatabaseRef target) {
        try {
            copyAs(operation, source, target);
        } catch (SaasException e) {
            DatabaseRef renamed = isCopy(operation) && Alignment.isNotThere(e)
                    ? plane.databases(sourceServer(operation)).find(source.uuid())
                    : null;
            if (renamed == null || renamed.equals(source)) {
                throw e;
            }
            copyAs(operation, renamed, target);
        }
    }

    private void copyAs(Operation operation, DatabaseRef source, DatabaseRef target) {
        ServerId from = sourceServer(operation);
        if (from.equals(tenant(operation).serverId())) {
            databases(operation).copy(source, target);
        } else {
            Databases there = databases(operation);
            plane.databases(from).send(source, content -> there.receive(target, content));
        }
    }

    private ServerId sourceServer(Operation operation) {
        String id = operation.input().get(SOURCE_SERVER);
        return id == null ? tenant(operation).serverId() : new ServerId(Long.parseLong(id));
    }

    /** Of two servers, whichever is down. */
    private void suspect(Operation operation) {
        ServerId target = tenant(operation).serverId();
        ServerId source = sourceServer(operation);
        if (source.equals(target)) {
            plane.fleet.suspect(target);
        } else {
            plane.fleet.ask(source);
            plane.fleet.ask(target);
        }
    }

    /** A spare whose database is not there, for whatever reason, is as good as none: then the template is copied. */
    private boolean claimed(Operation operation, DatabaseRef spare, DatabaseRef target) {
        try {
            databases(operation).claim(spare, target.name());
            open = true;
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
        User owning = account(target);
        Runnable filling = () -> owner = isCopy(operation)
                ? configureCopy(operation, target, owning)
                : plane.inside(target, tx -> configure(tx, operation, target, owning, each -> {}));
        try {
            DatabaseSetup.first(plane, operation, databases(operation), ControlPlane.ref(target), filling);
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.RECORD_DUPLICATE)) {
                throw e;
            }
            // A run that was taken for dead has committed the same meanwhile; then its mark is there now.
            filling.run();
        }
    }

    private @Nullable MemberId configureCopy(Operation operation, Tenant target, @Nullable User owning) {
        Installer installer = plane.installer(target.serverId());
        Neutralisation neutralisation = new Neutralisation(plane);
        return plane.configure(
                target,
                tx -> configure(
                        tx,
                        operation,
                        target,
                        owning,
                        each -> neutralisation.apply(each, operation, target, installer)));
    }

    private @Nullable MemberId configure(
            DatabaseTransaction tx,
            Operation operation,
            Tenant target,
            @Nullable User owning,
            Consumer<DatabaseTransaction> more) {
        List<Member> known = DatabaseSetup.known(tx, owning);
        // A spare comes without marks.
        if (!operation.input().containsKey(SPARE_NAME) || !DatabaseSetup.isUntouched(known)) {
            List<AppliedOperation> marks = Marks.all(tx);
            if (Marks.has(marks, operation)) {
                return MemberRows.owner(tx).map(Member::id).orElse(null);
            }
            Marks.remove(tx, marks);
        }
        Member made = fill(tx, operation, target, owning, known);
        more.accept(tx);
        Marks.add(tx, operation);
        return made == null ? null : made.id();
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
        if (!open) {
            databases(operation).open(ControlPlane.ref(target));
        }
    }

    private @Nullable User account(Tenant target) {
        UserId ownerId = target.ownerId();
        if (account == null && ownerId != null) {
            account = plane.catalog.transact(
                    tx -> tx.records(RecordTypes.USERS).find(ownerId.value()).orElse(null));
        }
        return account;
    }

    private @Nullable Member fill(
            DatabaseTransaction tx, Operation operation, Tenant target, @Nullable User owning, List<Member> known) {
        Member made = DatabaseSetup.addMembers(plane, tx, target.lang(), target.tz(), owning, known);
        DatabaseSetup.tell(tx, target, false);
        String login = operation.input().get(ADMIN_LOGIN);
        if (login != null) {
            DatabaseSetup.setAdministrator(tx, login, operation.input().get(ADMIN_HASH));
        }
        return made;
    }

    @Override
    public void finish(Transaction tx, Operation operation) {
        Tenant made = TenantRules.lock(tx, tenant(operation).id().value());
        int users = made.ownerId() == null ? 0 : 1;
        Tenant open = Schedule.scheduled(
                tx,
                made.toBuilder()
                        .state(TenantState.OPEN)
                        .usersCount(Math.max(users, made.usersCount()))
                        .build(),
                plane.now());
        tx.records(RecordTypes.TENANTS).update(open);
        tenant = open;
        UsageRows.first(tx, open, plane.now());
        String source = operation.input().get(SOURCE_UUID);
        boolean copy = isCopy(operation);
        plane.events.add(
                tx,
                operation,
                copy ? EventType.TENANT_DUPLICATED : EventType.TENANT_CREATED,
                made.id(),
                copy && source != null
                        ? Map.of(
                                "name",
                                made.name(),
                                "source",
                                source,
                                "sourceServer",
                                sourceServer(operation).toString(),
                                "server",
                                made.serverId().toString(),
                                "neutralised",
                                neutralised)
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
