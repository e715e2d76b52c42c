// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.AdoptTenant;
import dev.allotment.BatchResult;
import dev.allotment.CreateTenant;
import dev.allotment.CreatedTenant;
import dev.allotment.CustomerId;
import dev.allotment.DeletionProof;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.PlanSwitch;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.Server;
import dev.allotment.ServerId;
import dev.allotment.SignInLink;
import dev.allotment.SwitchPlan;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.Tenants;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.Transaction;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The client databases. */
final class TenantUseCases extends RecordLookup<TenantId, Tenant> implements Tenants {
    private final ControlPlane plane;
    private final Actor actor;

    TenantUseCases(ControlPlane plane, Actor actor) {
        super(plane.place, RecordTypes.TENANTS, "Client database");
        this.plane = plane;
        this.actor = actor;
    }

    @Override
    long number(TenantId id) {
        return id.value();
    }

    @Override
    Filter<Tenant> visible(Transaction tx) {
        User user = actor.user();
        return user == null || actor.administrator() ? Filter.all() : Filter.equal(Tenant.CUSTOMER_ID, user.customerId());
    }

    /** What a request has taken for itself, or what an earlier one with the same key did. */
    private record Reservation(
            Operation operation, Tenant tenant, @Nullable User owner, boolean repeated) {}

    /**
     * A client database that somebody asks for.
     *
     * @param key as {@link Repeats#scoped} gives it
     * @param request what has to be the same where the key is
     */
    private record Order(
            OperationKind kind,
            @Nullable String key,
            String request,
            boolean named,
            Function<Transaction, Draft> reserve) {}

    @Override
    public CreatedTenant create(CreateTenant command) {
        return make(order(command));
    }

    Operation later(CreateTenant command) {
        return later(order(command));
    }

    private Order order(CreateTenant command) {
        actor.requireAdministrator("create client databases");
        CreateTenant.Administrator administrator = command.administrator();
        // Before the transaction: hashing takes as long as a hundred of them.
        String hash = administrator == null ? null : plane.passwords.hash(administrator.password());
        return new Order(
                OperationKind.CREATE_TENANT,
                scoped(command.idempotencyKey()),
                // The password counts by its presence: it is hashed with a new salt each time.
                "create " + command.toBuilder().idempotencyKey(null).build(),
                command.name() != null,
                tx -> reserve(tx, command, hash));
    }

    @Override
    public CreatedTenant duplicate(DuplicateTenant command) {
        return make(order(command));
    }

    Operation later(DuplicateTenant command) {
        return later(order(command));
    }

    private Order order(DuplicateTenant command) {
        actor.requireAdministrator("duplicate client databases");
        return new Order(
                OperationKind.DUPLICATE_TENANT,
                scoped(command.idempotencyKey()),
                "duplicate " + command.toBuilder().idempotencyKey(null).build(),
                command.name() != null,
                tx -> reserve(tx, command));
    }

    @Override
    public CreatedTenant adopt(AdoptTenant command) {
        return make(order(command));
    }

    Operation later(AdoptTenant command) {
        return later(order(command));
    }

    private Order order(AdoptTenant command) {
        actor.requireAdministrator("adopt databases");
        return new Order(
                OperationKind.ADOPT_TENANT,
                scoped(command.idempotencyKey()),
                "adopt " + command.toBuilder().idempotencyKey(null).build(),
                true,
                tx -> reserve(tx, command));
    }

    /** A tenant that is about to be made and holds its name already, its owner, and what its operation needs to know. */
    private record Draft(Tenant tenant, @Nullable User owner, Map<String, String> input) {}

    private Draft reserve(Transaction tx, AdoptTenant command) {
        Plan plan = PlanVersions.plan(tx, command.plan());
        CreateTenant like = CreateTenant.onPlan(plan).build();
        User owner = owner(tx, command.owner() == null ? like : like.toBuilder().owner(command.owner()).build(), plan);
        CustomerId customer = command.customer() == null && owner != null ? owner.customerId() : command.customer();
        checkPlace(tx, plan, limit(plan, false), customer, false);
        ServerId server = plane.placement.choose(tx, command.server());
        UUID uuid = plane.secrets.uuid();
        Tenant.Builder tenant = Tenant.builder(uuid, holdName(tx, command.name(), plan, server, null, uuid), server)
                .customerId(customer)
                .ownerId(owner == null ? null : owner.id())
                .createdAt(plane.now());
        PlanVersions.apply(tenant, plan);
        return new Draft(tenant.build(), owner, Map.of());
    }

    private Operation.Builder draft(Order order) {
        return plane.sagas
                .draft(order.kind(), actor)
                .idempotencyKey(order.key())
                .fingerprint(Secrets.hash(order.request()));
    }

    private CreatedTenant make(Order order) {
        Operation.Builder draft = draft(order);
        return plane.sagas.during(draft, () -> {
            Reservation reservation = reserve(draft, order);
            if (reservation.repeated()) {
                return repeated(reservation);
            }
            String token = reservation.tenant().ownerId() == null ? null : plane.secrets.next();
            Tenant made;
            if (order.kind() == OperationKind.ADOPT_TENANT) {
                plane.sagas.run(reservation.operation(), new AdoptTenantSaga(plane, token));
                made = get(reservation.tenant().id());
            } else {
                CreateSaga saga = new CreateSaga(plane, token, reservation.tenant(), reservation.owner());
                plane.sagas.run(reservation.operation(), saga);
                made = saga.made();
            }
            return new CreatedTenant(made, reservation.operation().id(), token == null ? null : entry(made, token));
        });
    }

    private Operation later(Order order) {
        Operation.Builder draft = draft(order).step(Sagas.QUEUED);
        return Repeats.orRunning(
                plane,
                order.key(),
                () -> plane.sagas.during(draft, () -> {
                    Reservation reservation = reserve(draft, order);
                    if (!reservation.repeated()) {
                        Saga saga = order.kind() == OperationKind.ADOPT_TENANT
                                ? new AdoptTenantSaga(plane, null)
                                : new CreateSaga(plane, null, reservation.tenant(), reservation.owner());
                        plane.sagas.runLater(new Begun(reservation.operation(), saga));
                    }
                    return reservation.operation();
                }));
    }

    private @Nullable String scoped(@Nullable String key) {
        return key == null ? null : Repeats.scoped(actor, key);
    }

    private Reservation reserve(Operation.Builder draft, Order order) {
        return plane.place.orAgain(tx -> {
            Optional<Reservation> earlier = earlier(tx, draft, order.key());
            return earlier.isPresent()
                    ? earlier.get()
                    : store(tx, draft, order.named(), order.reserve().apply(tx));
        });
    }

    private Optional<Reservation> earlier(Transaction tx, Operation.Builder draft, @Nullable String key) {
        return Repeats.earlier(tx, draft, key)
                .map(operation ->
                        new Reservation(operation, lock(tx, new TenantId(Sagas.tenantId(operation))), null, true));
    }

    private Reservation store(Transaction tx, Operation.Builder operation, boolean named, Draft draft) {
        Map<String, String> input = new HashMap<>(draft.input());
        if (!named) {
            input.put(CreateSaga.GENERATED_NAME, "true");
        }
        Tenant stored = tx.records(RecordTypes.TENANTS).insert(draft.tenant());
        // Nobody else knows the tenant yet, so nobody works on it.
        Operation begun = tx.records(RecordTypes.OPERATIONS)
                .insert(operation.tenantId(stored.id()).input(input).build());
        return new Reservation(begun, stored, draft.owner(), false);
    }

    /** An identity that the caller gives must be nobody's; one that is made here is. */
    private static void checkIdentity(Transaction tx, UUID uuid) {
        Filter<Object> same = Filter.equal(RecordField.named("uuid"), uuid);
        if (tx.records(RecordTypes.TENANTS).count(same) > 0
                || tx.records(RecordTypes.TEMPLATES).count(same) > 0) {
            throw SaasException.conflict(
                    ErrorCodes.TENANT_NAME_TAKEN, "There is a client database with the identity " + uuid + " already.");
        }
    }

    private CreatedTenant repeated(Reservation reservation) {
        Tenant tenant = reservation.tenant();
        boolean open = tenant.state() == TenantState.OPEN && tenant.ownerId() != null;
        SignInLink entry = open ? new AccessUseCases(plane, actor, this).issue(tenant.id()) : null;
        return new CreatedTenant(tenant, reservation.operation().id(), entry);
    }

    private Draft reserve(Transaction tx, CreateTenant command, @Nullable String administratorHash) {
        Plan plan = command.plan() == null ? null : PlanVersions.plan(tx, command.plan());
        User owner = owner(tx, command, plan);
        CustomerId customer = command.customer() == null && owner != null ? owner.customerId() : command.customer();
        checkPlace(tx, plan, plan == null ? 0 : limit(plan, command.trial()), customer, command.trial());
        Template template = plan == null || plan.templateId() == null ? null : template(tx, plan.templateId());
        ServerId pinned = plan == null ? null : plan.serverId();
        Sites.Choice choice =
                template == null ? null : plane.sites.choose(tx, template, pinned, command.uuid() == null);
        ServerId server = choice == null ? plane.placement.choose(tx, pinned) : choice.server();
        Optional<Spare> spare = Optional.ofNullable(choice).map(Sites.Choice::spare);
        UUID uuid = command.uuid() == null ? spare.map(Spare::uuid).orElseGet(plane.secrets::uuid) : command.uuid();
        if (command.uuid() != null) {
            checkIdentity(tx, uuid);
        }
        String spareName = spare.map(Spare::name).orElse(null);
        String name = holdName(tx, command.name(), plan, server, spareName, uuid);
        Instant now = plane.now();
        Tenant.Builder tenant = Tenant.builder(uuid, name, server)
                .customerId(customer)
                .ownerId(owner == null ? null : owner.id())
                .trial(command.trial())
                .createdAt(now);
        if (plan != null) {
            PlanVersions.apply(tenant, plan);
            tenant.expiresAt(command.trial() ? now.plus(Duration.ofHours(plan.trialHours())) : null);
        }
        if (command.lang() != null) {
            tenant.lang(Texts.lang(command.lang(), ErrorCodes.CONFIGURATION_INVALID));
        }
        Map<String, String> input = new HashMap<>();
        input.put(CreateSaga.NOTIFY, Boolean.toString(command.notifyOwner()));
        if (choice != null) {
            CreateSaga.putTemplate(input, choice.template());
        }
        if (spareName != null) {
            input.put(CreateSaga.SPARE_NAME, spareName);
        }
        if (command.administrator() != null && administratorHash != null) {
            input.put(CreateSaga.ADMIN_LOGIN, administratorLogin(command.administrator(), owner));
            input.put(CreateSaga.ADMIN_HASH, administratorHash);
        }
        return new Draft(tenant.build(), owner, input);
    }

    private static String administratorLogin(CreateTenant.Administrator administrator, @Nullable User owner) {
        String login = Texts.login(administrator.login());
        if (login.equals(AccountUseCases.SYSTEM) || (owner != null && login.equals(owner.login()))) {
            throw SaasException.conflict(
                    ErrorCodes.ACCOUNT_LOGIN_TAKEN,
                    "The administrator of a client database cannot have the login of its owner, or the system's.");
        }
        return login;
    }

    private static int limit(Plan plan, boolean trial) {
        return trial ? plan.maxTrialDatabasesPerCustomer() : plan.maxDatabasesPerCustomer();
    }

    /** What counts for one that is there already are the terms that it was bought with. */
    private static int limit(Transaction tx, Tenant tenant, boolean trial) {
        return PlanVersions.of(tx, tenant)
                .map(version -> PlanVersions.limit(version, trial))
                .orElse(0);
    }

    /** Locks the customer where there is one, so that it stays, and counts what it has of the plan. */
    private static void checkPlace(
            Transaction tx, @Nullable Plan plan, int limit, @Nullable CustomerId customer, boolean trial) {
        if (customer != null && plan != null) {
            TenantRules.checkLimit(tx, plan, limit, customer, trial);
        } else if (customer != null) {
            TenantRules.lockCustomer(tx, customer);
        }
    }

    private @Nullable User owner(Transaction tx, CreateTenant command, @Nullable Plan plan) {
        UserId wanted = command.owner();
        User acting = actor.user();
        if (plan == null && command.administrator() == null) {
            throw SaasException.invalid(
                    ErrorCodes.ACCOUNT_INVALID,
                    "A database outside any plan needs an administrator: give a login and a password.");
        }
        if (wanted == null) {
            if (plan == null) {
                return null;
            }
            if (acting == null) {
                throw SaasException.invalid(
                        ErrorCodes.ACCOUNT_INVALID, "A client database of a plan needs an owner: name one.");
            }
            wanted = acting.id();
        }
        long id = wanted.value();
        // Locked, so that it is not deleted before it owns something, which keeps it from being deleted after that.
        User owner = tx.records(RecordTypes.USERS)
                .lock(id)
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.USERS, "User", id));
        if (!owner.active()) {
            throw SaasException.conflict(
                    ErrorCodes.ACCOUNT_INVALID, "User " + id + " is not active, so it cannot own a client database.");
        }
        return owner;
    }

    private static Template template(Transaction tx, TemplateId id) {
        Template template = tx.records(RecordTypes.TEMPLATES)
                .find(id.value())
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.TEMPLATES, "Template", id.value()));
        if (template.state() != TemplateState.READY) {
            throw SaasException.conflict(
                    ErrorCodes.TEMPLATE_NOT_READY,
                    "Template \"" + template.name() + "\" is not ready; wait until it is built, or choose another.");
        }
        return template;
    }

    /**
     * Takes a name for a new tenant: the wanted one, or the next one of the plan.
     *
     * @param instead that the tenant's database has now, and gives up; null: none
     */
    private String holdName(
            Transaction tx,
            @Nullable String wanted,
            @Nullable Plan plan,
            ServerId server,
            @Nullable String instead,
            UUID holder) {
        Set<String> reserved = TenantRules.reservedNames(plane, tx, server);
        if (wanted != null) {
            String name = Texts.databaseName(wanted, reserved);
            TenantRules.hold(tx, name, instead, holder, plane.now());
            return name;
        }
        if (plan == null) {
            throw SaasException.invalid(
                    ErrorCodes.TENANT_NAME_INVALID, "A database outside any plan needs a name: give one.");
        }
        return TenantRules.holdNext(tx, plan, reserved, instead, holder, plane.now());
    }

    private Draft reserve(Transaction tx, DuplicateTenant command) {
        Tenant source = lock(tx, command.source());
        TenantRules.requireState(source, "duplicated", TenantState.OPEN, TenantState.SUSPENDED);
        Sagas.requireIdle(tx, source.id());
        Plan plan = source.planId() == null ? null : PlanVersions.plan(tx, source.planId());
        CustomerId customer = command.customer() == null ? source.customerId() : command.customer();
        checkPlace(tx, plan, limit(tx, source, source.trial()), customer, source.trial());
        ServerId server = command.server() == null ? source.serverId() : command.server();
        List<Server> target = plane.placement.ranked(tx, server);
        plane.fleet.requireTransfer(tx, source.serverId(), server);
        plane.placement.choose(tx, target);
        Instant now = plane.now();
        UUID uuid = plane.secrets.uuid();
        Integer hours = command.expirationHours();
        if (hours != null && (hours < 0 || hours > TenantRules.MAX_HOURS)) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID,
                    "A copy expires in 0 to " + TenantRules.MAX_HOURS + " hours, found " + hours + ".");
        }
        Tenant copy = source.toBuilder()
                .id(new TenantId(0))
                .uuid(uuid)
                .name(holdName(tx, command.name(), plan, server, null, uuid))
                .serverId(server)
                .state(TenantState.DRAFT)
                .customerId(customer)
                .expiresAt(hours == null ? source.expiresAt() : now.plus(Duration.ofHours(hours)))
                .createdAt(now)
                .suspendedFor(List.of())
                .notifiedFor(null)
                .syncedAt(null)
                .nextSyncAt(null)
                .build();
        return new Draft(
                copy,
                null,
                Map.of(
                        CreateSaga.SOURCE_NAME,
                        source.name(),
                        CreateSaga.SOURCE_UUID,
                        source.uuid().toString(),
                        CreateSaga.SOURCE_SERVER,
                        source.serverId().toString(),
                        Neutralisation.NEUTRALISERS,
                        new Neutralisation(plane).names()));
    }

    @Override
    public Optional<Tenant> findByName(String name) {
        return plane.catalog.transact(tx ->
                ControlPlane.tenantByName(tx, name).filter(tenant -> RecordTypes.TENANTS.matches(tenant, visible(tx))));
    }

    @Override
    public Tenant rename(TenantId id, String name) {
        plane.sagas.now(renaming(id, name));
        return get(id);
    }

    Wish renaming(TenantId id, String name) {
        actor.requireAdministrator("rename client databases");
        Operation.Builder draft =
                plane.sagas.draft(OperationKind.RENAME_TENANT, actor).tenantId(id);
        return new Wish(
                draft, () -> beginRename(id, name, draft).map(begun -> new Begun(begun, new RenameSaga(plane))));
    }

    /** Empty where it has that name already. */
    private Optional<Operation> beginRename(TenantId id, String name, Operation.Builder draft) {
        try {
            return plane.catalog.transact(tx -> {
                Tenant tenant = lock(tx, id);
                TenantRules.requireState(tenant, "renamed", TenantState.OPEN, TenantState.SUSPENDED);
                if (tenant.name().equals(name)) {
                    return Optional.empty();
                }
                Texts.databaseName(name, TenantRules.reservedNames(plane, tx, tenant.serverId()));
                Map<String, String> input = RenameSaga.begin(plane, tx, tenant, name);
                return Optional.of(plane.sagas.begin(tx, draft.input(input).build()));
            });
        } catch (SaasException e) {
            throw e.code().equals(ErrorCodes.RECORD_DUPLICATE) ? TenantRules.nameTaken(name) : e;
        }
    }

    @Override
    public Tenant delete(TenantId id) {
        plane.sagas.now(new Deletion(plane, actor, this).deleting(id));
        return get(id);
    }

    @Override
    public Tenant purge(TenantId id) {
        plane.sagas.now(new Deletion(plane, actor, this).purging(id));
        return get(id);
    }

    @Override
    public Tenant restore(TenantId id) {
        plane.sagas.now(new Deletion(plane, actor, this).restoring(id));
        return get(id);
    }

    @Override
    public Optional<DeletionProof> proofOfDeletion(TenantId id) {
        return plane.catalog.transact(tx -> DeletionProofs.of(tx, get(tx, id)));
    }

    @Override
    public Tenant update(TenantId id, UnaryOperator<Tenant> change) {
        return follow(
                id,
                OperationKind.UPDATE_TENANT,
                "changed",
                tenant -> {
                    Tenant wanted = change.apply(tenant);
                    if (wanted.maxUsers() < 0 || wanted.storageLimitMb() < 0) {
                        throw SaasException.invalid(
                                ErrorCodes.CONFIGURATION_INVALID,
                                "A limit is not negative; 0 means that there is none.");
                    }
                    return tenant.toBuilder()
                            .maxUsers(wanted.maxUsers())
                            .storageLimitMb(wanted.storageLimitMb())
                            .blockOnExpiration(wanted.blockOnExpiration())
                            .blockOnStorageExceed(wanted.blockOnStorageExceed())
                            .expiresAt(Schedule.expiry(wanted.expiresAt()))
                            .trial(wanted.trial())
                            .customerId(wanted.customerId())
                            .tags(Tags.checked(wanted.tags(), ErrorCodes.CONFIGURATION_INVALID))
                            .build();
                },
                this::tellChanges);
    }

    /** Time has an event of its own, however it was given. */
    private void tellChanges(Transaction tx, Tenant before, Tenant after) {
        Map<String, String> changes = new HashMap<>();
        for (RecordType.Field field : RecordTypes.TENANTS.fields()) {
            Object from = RecordTypes.TENANTS.value(before, field.name());
            Object to = RecordTypes.TENANTS.value(after, field.name());
            if (!Objects.equals(from, to) && !field.name().equals("expiresAt")) {
                changes.put(field.name() + ".from", String.valueOf(from));
                changes.put(field.name() + ".to", String.valueOf(to));
            }
        }
        if (!changes.isEmpty()) {
            changes.put("name", before.name());
            plane.events.add(tx, actor, EventType.TENANT_CHANGED, before.id(), null, changes);
        }
        if (!Objects.equals(before.expiresAt(), after.expiresAt())) {
            tellExtended(tx, before, after, "changed without a reason");
        }
        UsageRows.tellExceeded(plane, tx, actor, before, after);
    }

    private void tellExtended(Transaction tx, Tenant before, Tenant after, String reason) {
        plane.events.add(
                tx, actor, EventType.TENANT_EXTENDED, before.id(), null, EventLog.extension(before, after, reason));
    }

    @Override
    public Tenant extend(TenantId id, @Nullable Instant expiresAt, String reason) {
        actor.requireAdministrator("extend client databases");
        String why = Texts.name(reason, ErrorCodes.CONFIGURATION_INVALID, "The reason of a change");
        return follow(
                id,
                OperationKind.UPDATE_TENANT,
                "extended",
                tenant ->
                        tenant.toBuilder().expiresAt(Schedule.expiry(expiresAt)).build(),
                (tx, before, after) -> tellExtended(tx, before, after, why));
    }

    @Override
    public PlanSwitch previewSwitch(TenantId tenant, PlanId plan, int version) {
        return new PlanSwitching(plane, actor, this).preview(new SwitchPlan(tenant, plan, version, false));
    }

    @Override
    public Tenant switchPlan(SwitchPlan command) {
        plane.sagas.now(new PlanSwitching(plane, actor, this).switching(command));
        return get(command.tenant());
    }

    @Override
    public Tenant suspend(TenantId id) {
        return follow(
                id,
                OperationKind.SUSPEND_TENANT,
                "suspended",
                tenant -> tenant.suspendedFor().contains(Schedule.MANUAL)
                        ? tenant
                        : withCauses(tenant, causes -> causes.add(Schedule.MANUAL)),
                (tx, before, after) -> tellCause(tx, EventType.TENANT_SUSPENDED, before, after));
    }

    @Override
    public Tenant resume(TenantId id) {
        return follow(
                id,
                OperationKind.RESUME_TENANT,
                "resumed",
                tenant -> withCauses(tenant, causes -> causes.remove(Schedule.MANUAL)),
                (tx, before, after) -> tellCause(tx, EventType.TENANT_RESUMED, before, after));
    }

    /** Whoever is suspended, or is not, is not told so once more. */
    private void tellCause(Transaction tx, EventType type, Tenant before, Tenant after) {
        if (!before.suspendedFor().equals(after.suspendedFor())) {
            plane.events.add(tx, actor, type, before.id(), null, Map.of("cause", Schedule.MANUAL));
        }
    }

    private static Tenant withCauses(Tenant tenant, Consumer<List<String>> change) {
        List<String> causes = new ArrayList<>(tenant.suspendedFor());
        change.accept(causes);
        return tenant.toBuilder()
                .suspendedFor(causes)
                .state(causes.isEmpty() ? TenantState.OPEN : TenantState.SUSPENDED)
                .build();
    }

    @Override
    public Tenant sendParameters(TenantId id) {
        return follow(
                id,
                OperationKind.UPDATE_TENANT,
                "told its parameters",
                UnaryOperator.identity(),
                (tx, before, after) -> {});
    }

    /** Writes into the audit log what was changed. */
    private interface Tell {
        void tell(Transaction tx, Tenant before, Tenant after);
    }

    /** Changes the catalog, which leads, and then the database, which follows. */
    private Tenant follow(TenantId id, OperationKind kind, String wish, UnaryOperator<Tenant> change, Tell tell) {
        actor.requireAdministrator("change client databases");
        Operation.Builder draft = plane.sagas.draft(kind, actor);
        return plane.sagas.during(draft, () -> {
            Operation operation = plane.catalog.transact(tx -> {
                Tenant tenant = lock(tx, id);
                TenantRules.requireState(tenant, wish, TenantState.OPEN, TenantState.SUSPENDED);
                Operation begun = plane.sagas.begin(tx, draft.tenantId(id).build());
                Tenant changed = change.apply(tenant);
                checkMove(tx, tenant, changed);
                tx.records(RecordTypes.TENANTS).update(Schedule.scheduled(tx, changed, plane.now()));
                Sessions.closeWhereSuspended(tx, changed);
                tell.tell(tx, tenant, changed);
                return begun;
            });
            plane.sagas.run(operation, new UpdateSaga(plane));
            return get(id);
        });
    }

    /** Who gets another customer's database, or a trial for good, must have a place for it. */
    static void checkMove(Transaction tx, Tenant present, Tenant wanted) {
        if (wanted.trial() == present.trial() && Objects.equals(wanted.customerId(), present.customerId())) {
            return;
        }
        if (wanted.customerId() == null && present.planId() != null) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID, "A client database that is on a plan belongs to a customer.");
        }
        Plan plan = present.planId() == null ? null : PlanVersions.plan(tx, present.planId());
        checkPlace(tx, plan, limit(tx, present, wanted.trial()), wanted.customerId(), wanted.trial());
    }

    @Override
    public BatchResult batch(Filter<? super Tenant> filter, Consumer<? super Tenant> action) {
        return new Batch(this, action).run(filter);
    }

    /** What is known of a tenant, and whether nothing works on it. */
    private record Seen(Tenant tenant, boolean idle) {}

    @Override
    public Tenant sync(TenantId id) {
        actor.requireAdministrator("sync client databases");
        Seen before = plane.catalog.transact(tx -> see(tx, id));
        Tenant tenant = before.tenant();
        long size = plane.databases(tenant).size(ControlPlane.ref(tenant));
        Map<String, String> settings = plane.inside(tenant, TenantFacts::settings);
        int users = (int) (long) plane.inside(tenant, MemberRows::regular);
        Map<String, String> counts =
                plane.fleet.holdsRowLimits(tenant.serverId()) ? plane.inside(tenant, HeldLimits::counts) : Map.of();
        return plane.catalog.transact(tx -> {
            Seen after = see(tx, id);
            // Limits that somebody changes meanwhile may be newer than what was read.
            boolean settled = before.idle() && after.idle() && TenantFacts.sameLimits(tenant, after.tenant());
            Tenant.Builder synced = settled ? TenantFacts.limits(after.tenant(), settings) : after.tenant().toBuilder();
            Tenant read = synced.usersCount(users)
                    .databaseSizeBytes(size)
                    .syncedAt(plane.now())
                    .build();
            return used(tx, after.tenant(), read, counts);
        });
    }

    /** Stores what a client database uses now, and what follows from it. */
    private Tenant used(Transaction tx, Tenant before, Tenant read, @Nullable Map<String, String> counts) {
        Tenant stored = Schedule.scheduled(tx, read, plane.now());
        tx.records(RecordTypes.TENANTS).update(stored);
        UsageRows.note(tx, stored, counts, plane.now());
        UsageRows.tellExceeded(plane, tx, actor, before, stored);
        return stored;
    }

    @Override
    public Tenant reportFileStorage(TenantId id, long bytes) {
        actor.requireAdministrator("report what client databases keep in files");
        if (bytes < 0) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID, "Files take 0 bytes or more; found " + bytes + ".");
        }
        return plane.catalog.transact(tx -> {
            Tenant tenant = lock(tx, id);
            TenantRules.requireState(tenant, "told what its files take", TenantState.OPEN, TenantState.SUSPENDED);
            return used(tx, tenant, tenant.toBuilder().fileSizeBytes(bytes).build(), null);
        });
    }

    /**
     * Of one that could not be read; one that was deleted meanwhile needs no more of it.
     *
     * @param due whether it has to be read again at once; else it counts as read now
     */
    void markNotRead(TenantId id, boolean due) {
        plane.catalog.transact(tx -> {
            Tenant tenant = lock(tx, id);
            Instant now = plane.now();
            if (tenant.nextSyncAt() == null) {
                return null;
            }
            tx.records(RecordTypes.TENANTS)
                    .update(
                            due
                                    ? tenant.toBuilder().nextSyncAt(now).build()
                                    : Schedule.scheduled(
                                            tx, tenant.toBuilder().syncedAt(now).build(), now));
            return null;
        });
    }

    private Seen see(Transaction tx, TenantId id) {
        Tenant tenant = lock(tx, id);
        TenantRules.requireState(tenant, "synced", TenantState.OPEN, TenantState.SUSPENDED);
        return new Seen(tenant, Sagas.idle(tx, id));
    }

    @Override
    public List<String> databaseNames() {
        List<String> names = new ArrayList<>(plane.catalog.transact(tx -> tx
                .records(RecordTypes.TENANTS)
                .list(Query.where(Filter.in(Tenant.STATE, List.of(TenantState.OPEN, TenantState.SUSPENDED))))
                .stream()
                .map(Tenant::name)
                .toList()));
        names.add(plane.mainDatabase);
        names.sort(null);
        return List.copyOf(names);
    }

    @Override
    public Optional<Tenant> findByHost(String host) {
        return plane.catalog.transact(tx -> new TenantHosts(plane)
                .find(tx, Hosts.normal(host))
                .filter(tenant -> RecordTypes.TENANTS.matches(tenant, visible(tx))));
    }

    @Override
    public String host(Tenant tenant) {
        return Hosts.host(new TenantHosts(plane).place(tenant));
    }

    @Override
    public URI publicUrl(Tenant tenant) {
        return new TenantHosts(plane).publicUrl(tenant);
    }

    /** The way in that a token opens, as the predecessor's clients know it. */
    SignInLink entry(Tenant tenant, String token) {
        String state = "{\"d\":\"" + tenant.name() + "\",\"p\":1,\"a\":1}";
        URI url = URI.create(publicUrl(tenant) + "/saas_client/new_database?access_token=" + token + "&state="
                + URLEncoder.encode(state, StandardCharsets.UTF_8));
        return new SignInLink(token, url, plane.now().plus(AccessTokens.LIFE));
    }
}
