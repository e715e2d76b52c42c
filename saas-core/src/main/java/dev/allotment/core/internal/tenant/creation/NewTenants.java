// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.AdoptTenant;
import dev.allotment.CreateTenant;
import dev.allotment.CreatedTenant;
import dev.allotment.CustomerId;
import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.Plan;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.SignInLink;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.backup.BackupId;
import dev.allotment.backup.ImportBackup;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.core.internal.access.AccessFeature;
import dev.allotment.core.internal.addon.AddonVersions;
import dev.allotment.core.internal.backup.BackupFeature;
import dev.allotment.core.internal.backup.Dump;
import dev.allotment.core.internal.backup.DumpArchive;
import dev.allotment.core.internal.backup.ForeignBackup;
import dev.allotment.core.internal.backup.ImportedStream;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.AttributeRules;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Idempotency;
import dev.allotment.core.internal.base.LabelRules;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.RequestFingerprint;
import dev.allotment.core.internal.base.TextRules;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.host.TenantHosts;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationInputs;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.plan.CustomerDatabaseLimit;
import dev.allotment.core.internal.plan.PlanVersions;
import dev.allotment.core.internal.record.PublicViews;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.server.RequiredLabels;
import dev.allotment.core.internal.spare.SourceChoice;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.DatabaseEntry;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reserves everything that a new tenant needs in one transaction, and starts the operation that creates, copies or
 * adopts.
 */
public final class NewTenants {
    /** A few, so that not every server is connected to. */
    private static final int MOST_FITTING = 5;

    private final CoreContext context;
    private final DatabaseServers servers;
    private final OperationEngine operations;
    private final AccessFeature access;
    private final DatabaseNames databaseNames;
    private final TenantContent content;
    private final SourceChoice sourceChoice;
    private final DumpArchive dumpArchive;
    private final CreateSaga createSaga;
    private final AdoptTenantSaga adoptTenantSaga;

    public NewTenants(
            CoreContext context,
            DatabaseServers servers,
            OperationEngine operations,
            AccessFeature access,
            DatabaseNames databaseNames,
            TenantContent content,
            SourceChoice sourceChoice,
            BackupFeature backups) {
        this.context = context;
        this.servers = servers;
        this.operations = operations;
        this.access = access;
        this.databaseNames = databaseNames;
        this.content = content;
        this.sourceChoice = sourceChoice;
        this.dumpArchive = backups.dumps();
        this.createSaga = new CreateSaga(context, servers, content, databaseNames, sourceChoice, backups, operations);
        this.adoptTenantSaga = new AdoptTenantSaga(context, servers, content);
    }

    Map<OperationKind, Saga<?>> sagas() {
        return Map.of(
                OperationKind.CREATE_TENANT, createSaga,
                OperationKind.DUPLICATE_TENANT, createSaga,
                OperationKind.RESTORE_BACKUP, createSaga,
                OperationKind.ADOPT_TENANT, adoptTenantSaga);
    }

    /** A tenant that has its name already, its owner, and the input of its operation. */
    private record Draft(StoredTenant tenant, @Nullable User owner, Map<String, String> input) {}

    /** Reserves what a tenant needs, in the transaction that stores it. */
    private interface Reserving {
        Draft reserve(Transaction tx);
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

    public OperationRequest<NewTenant> creating(Actor actor, CreateTenant command) {
        actor.requireAdministrator("create tenants");
        String key = scoped(actor, command.idempotencyKey());
        CreateTenant.Administrator administrator = command.administrator();
        // Before the transaction: hashing takes as long as a hundred transactions. A repeated request gets the first
        // result, although the policy for passwords may refuse it by now.
        String hash = administrator == null || isRepeated(key) ? null : hash(actor, administrator);
        // Only the presence of the password counts: it is hashed with a new salt each time.
        String fingerprint = RequestFingerprint.of(
                "create", command.toBuilder().idempotencyKey(null).build());
        StoredOperation.Builder draft = draft(actor, OperationKind.CREATE_TENANT, key, fingerprint);
        return request(actor, draft, command.name(), createSaga, null, tx -> reserveNew(actor, tx, command, hash));
    }

    private boolean isRepeated(@Nullable String key) {
        return key != null && context.catalog().transact(tx -> Idempotency.isKnown(tx, key));
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
        StoredOperation.Builder draft = draft(
                actor,
                OperationKind.DUPLICATE_TENANT,
                scoped(actor, command.idempotencyKey()),
                RequestFingerprint.of(
                        "duplicate", command.toBuilder().idempotencyKey(null).build()));
        return request(actor, draft, command.name(), createSaga, null, tx -> reserveCopy(actor, tx, command, check));
    }

    /** A tenant of a backup, if a check of its locked tenant returns normally. */
    public OperationRequest<NewTenant> restoring(
            Actor actor, RestoreBackup command, BiConsumer<? super Transaction, ? super StoredTenant> check) {
        actor.requireAdministrator("restore backups");
        StoredOperation.Builder draft = draft(
                actor,
                OperationKind.RESTORE_BACKUP,
                scoped(actor, command.idempotencyKey()),
                RequestFingerprint.of(
                        "restore backup",
                        command.toBuilder().idempotencyKey(null).build()));
        return request(
                actor, draft, command.name(), createSaga, null, tx -> reserveRestored(actor, tx, command, check));
    }

    public OperationRequest<NewTenant> importing(Actor actor, ImportBackup command, ForeignBackup foreign) {
        StoredOperation.Builder draft = draft(
                actor,
                OperationKind.RESTORE_BACKUP,
                scoped(actor, command.idempotencyKey()),
                RequestFingerprint.of(
                        "import backup",
                        command.toBuilder().idempotencyKey(null).build()));
        return request(actor, draft, command.name(), createSaga, foreign, tx -> reserveImported(actor, tx, command));
    }

    OperationRequest<NewTenant> restoringDump(Actor actor, String name, Dump dump, boolean neutralise) {
        StoredOperation.Builder draft = draft(
                actor, OperationKind.RESTORE_BACKUP, null, RequestFingerprint.of("restore dump", Map.of("name", name)));
        return request(actor, draft, name, createSaga, dump, tx -> reserveDump(actor, tx, name, dump, neutralise));
    }

    public OperationRequest<NewTenant> adopting(Actor actor, AdoptTenant command) {
        actor.requireAdministrator("adopt databases");
        UUID orphan = identity(command);
        StoredOperation.Builder draft = draft(
                actor,
                OperationKind.ADOPT_TENANT,
                scoped(actor, command.idempotencyKey()),
                RequestFingerprint.of(
                        "adopt", command.toBuilder().idempotencyKey(null).build()));
        return request(
                actor, draft, command.name(), adoptTenantSaga, null, tx -> reserveAdopted(actor, tx, command, orphan));
    }

    /**
     * The identity of a complete database of this control plane with the name to adopt; null: none. Such a database is
     * adopted only if no record knows it.
     */
    private @Nullable UUID identity(AdoptTenant command) {
        boolean known = context.catalog()
                .transact(tx ->
                        tx.records(RecordTypes.SERVERS).find(command.server().value()))
                .isPresent();
        return (known ? servers.registry().databases(command.server()).inventory() : List.<DatabaseEntry>of())
                .stream()
                        .filter(each -> command.name().equals(each.name()))
                        .map(each -> {
                            if (!each.finished()) {
                                throw notAdoptable(command.name(), "its creation or its removal was interrupted");
                            }
                            return each.uuid();
                        })
                        .findFirst()
                        .orElse(null);
    }

    private static SaasException notAdoptable(String name, String why) {
        return SaasException.conflict(
                ErrorCodes.DATABASE_NOT_ADOPTABLE,
                "Database " + TextRules.describe(name) + " cannot be adopted: " + why + ".");
    }

    /** @param key as {@link Idempotency#scoped} returns it */
    private StoredOperation.Builder draft(Actor actor, OperationKind kind, @Nullable String key, String fingerprint) {
        return operations.draft(kind, actor).idempotencyKey(key).fingerprint(fingerprint);
    }

    private static @Nullable String scoped(Actor actor, @Nullable String key) {
        return key == null ? null : Idempotency.scoped(actor, key);
    }

    /**
     * @param name as requested; null: the next one of the plan
     * @param foreign what is imported; null: nothing
     */
    private OperationRequest<NewTenant> request(
            Actor actor,
            StoredOperation.Builder draft,
            @Nullable String name,
            Saga<NewTenant> saga,
            @Nullable ImportedStream foreign,
            Reserving reserving) {
        return new OperationRequest<NewTenant>(draft, tx -> {
                    Draft reserved = reserving.reserve(tx);
                    boolean background = OperationRequest.isInBackground(draft);
                    if (!background && canBeLost(tx, reserved)) {
                        tx.deferDurability();
                    }
                    StoredTenant stored = store(tx, draft, name != null, reserved);
                    // A caller that does not wait gets no link.
                    String token = background || stored.ownerId() == null
                            ? null
                            : context.secrets().next();
                    // The tenant is not visible yet, so no other operation works on it.
                    StoredOperation started = tx.records(RecordTypes.OPERATIONS).insert(draft.build());
                    return Optional.of(new StartedOperation<>(
                            started, saga, NewTenant.reserved(stored, reserved.owner(), token, foreign)));
                })
                // The holder of a key with a narrower scope must not learn of the tenant.
                .admittedBy((tx, earlier) -> tenants(actor).lock(tx, new TenantId(OperationTargets.tenantId(earlier))));
    }

    /**
     * Whether a crash that loses the reservation also loses all that the operation has done before it finished. It
     * only changes what the server of the catalog has, and the claim of a spare needs the reservation.
     */
    private boolean canBeLost(Transaction tx, Draft reserved) {
        return reserved.input().containsKey(OperationInputs.SPARE_NAME)
                && Abilities.sharesLogWithCatalog(
                        servers.registry().databases(tx, reserved.tenant().serverId()));
    }

    private static StoredTenant store(Transaction tx, StoredOperation.Builder operation, boolean named, Draft draft) {
        Map<String, String> input = new HashMap<>(draft.input());
        if (!named) {
            input.put(OperationInputs.GENERATED_NAME, "true");
        }
        CustomerId customer = draft.tenant().customerId();
        if (customer != null) {
            input.put(OperationInputs.CUSTOMER, customer.toString());
        }
        TenantHosts.requireApart(tx, draft.tenant());
        StoredTenant stored = tx.records(RecordTypes.TENANTS).insert(draft.tenant());
        operation.tenantId(stored.id()).input(input);
        return stored;
    }

    private CreatedTenant repeated(Actor actor, StoredOperation operation) {
        StoredTenant tenant = tenants(actor).get(new TenantId(OperationTargets.tenantId(operation)));
        boolean open = tenant.state() == TenantState.OPEN && tenant.ownerId() != null;
        SignInLink link = open ? access.links().issue(actor, tenant.id()) : null;
        return new CreatedTenant(PublicViews.tenant(actor, tenant), operation.id(), link);
    }

    /** @param administratorHash null: there is no administrator, or the request seemed to be a repeated one */
    private Draft reserveNew(Actor actor, Transaction tx, CreateTenant command, @Nullable String administratorHash) {
        Plan plan = command.plan() == null ? null : PlanVersions.plan(tx, command.plan());
        User owner = owner(actor, tx, command, plan);
        CustomerId customer = command.customer() == null && owner != null ? owner.customerId() : command.customer();
        actor.requireInScope(customer, plan == null ? null : plan.id());
        requireOwnerInScope(actor, owner);
        CustomerDatabaseLimit.checkOrLock(
                tx,
                plan,
                plan == null ? 0 : CustomerDatabaseLimit.of(plan, command.trial()),
                customer,
                command.trial());
        Map<String, String> attributes =
                AttributeRules.changed(actor, Map.of(), command.attributes(), ErrorCodes.CONFIGURATION_INVALID);
        RequiredLabels required = RequiredLabels.of(actor, tx, plan, customer, attributes);
        Template template = plan == null || plan.templateId() == null ? null : template(tx, plan.templateId());
        ServerId pinned = plan == null ? null : plan.serverId();
        SourceChoice.Choice choice =
                template == null ? null : sourceChoice.choose(tx, template, pinned, required, command.uuid() == null);
        ServerId server = choice == null ? servers.placement().choose(tx, pinned, required) : choice.server();
        Optional<Spare> spare = Optional.ofNullable(choice).map(SourceChoice.Choice::spare);
        UUID uuid = command.uuid() == null ? spare.map(Spare::uuid).orElseGet(context.secrets()::uuid) : command.uuid();
        if (command.uuid() != null) {
            checkIdentity(tx, uuid);
        }
        String spareName = spare.map(Spare::name).orElse(null);
        String name = reserveName(tx, command.name(), plan, server, spareName, uuid);
        Instant now = context.now();
        StoredTenant.Builder tenant = StoredTenant.builder(uuid, name, server)
                .customerId(customer)
                .ownerId(owner == null ? null : owner.id())
                .trial(command.trial())
                .createdAt(now)
                .attributes(attributes);
        if (plan != null) {
            PlanVersions.apply(tenant, plan);
            tenant.expiresAt(command.trial() ? now.plus(Duration.ofHours(plan.trialHours())) : null);
        }
        if (command.lang() != null) {
            tenant.lang(TextRules.lang(command.lang(), ErrorCodes.CONFIGURATION_INVALID));
        }
        Map<String, String> input = new HashMap<>();
        input.put(OperationInputs.NOTIFY, Boolean.toString(command.notifyOwner()));
        if (choice != null) {
            putTemplate(input, choice.template());
            tenant.schemaVersion(choice.template().schemaVersion());
            List<String> outdated = content.addons().registry().newerThan(choice.template());
            if (outdated.isEmpty()) {
                tenant.addonVersions(AddonVersions.of(choice.template()));
            } else {
                input.put(OperationInputs.OUTDATED_ADDONS, String.join(",", outdated));
            }
        }
        if (spareName != null) {
            input.put(OperationInputs.SPARE_NAME, spareName);
            input.put(OperationInputs.SPARE_UUID, uuid.toString());
        }
        CreateTenant.Administrator administrator = command.administrator();
        if (administrator != null) {
            if (administratorHash == null) {
                // Hashing would keep the locks of this transaction for too long.
                throw SaasException.unavailable(
                        ErrorCodes.OPERATION_IN_PROGRESS,
                        "The request with this idempotency key has just failed; repeat it.",
                        null);
            }
            input.put(OperationInputs.ADMIN_LOGIN, administratorLogin(administrator, owner));
            input.put(OperationInputs.ADMIN_HASH, administratorHash);
        }
        return new Draft(tenant.build(), owner, input);
    }

    /** An identity from the caller must be unused; a generated one is. */
    private static void checkIdentity(Transaction tx, UUID uuid) {
        Filter<Object> same = Filter.equal(RecordField.named("uuid"), uuid);
        if (tx.records(RecordTypes.TENANTS).count(same) > 0
                || tx.records(RecordTypes.TEMPLATES).count(same) > 0) {
            throw SaasException.conflict(
                    ErrorCodes.TENANT_NAME_TAKEN,
                    "Another tenant or a template already has the identity " + uuid + "; choose another one.");
        }
    }

    private static String administratorLogin(CreateTenant.Administrator administrator, @Nullable User owner) {
        String login = TextRules.login(administrator.login());
        if (login.equals(Actor.SYSTEM_LOGIN) || (owner != null && login.equals(owner.login()))) {
            throw SaasException.conflict(
                    ErrorCodes.ACCOUNT_LOGIN_TAKEN,
                    "The administrator of a tenant database cannot have the login of its owner, or the system's.");
        }
        return login;
    }

    private static @Nullable User owner(Actor actor, Transaction tx, CreateTenant command, @Nullable Plan plan) {
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
                throw SaasException.invalid(ErrorCodes.ACCOUNT_INVALID, "A tenant on a plan needs an owner: name one.");
            }
            wanted = acting.id();
        }
        long id = wanted.value();
        // Locked, so that it is not deleted before the tenant is stored, which then keeps it from being deleted.
        User owner = tx.records(RecordTypes.USERS)
                .lockShared(id)
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.USERS, "User", id));
        if (!owner.active()) {
            throw SaasException.conflict(
                    ErrorCodes.ACCOUNT_INVALID, "User " + id + " is not active, so it cannot own a tenant.");
        }
        return owner;
    }

    /** Otherwise a key for one customer could give a database, and its data, to another one. */
    private static void requireOwnerInScope(Actor actor, @Nullable User owner) {
        if (owner != null && actor.scope().customer() != null && !owner.equals(actor.user())) {
            actor.requireInScope(owner.customerId(), null);
        }
    }

    private static Template template(Transaction tx, TemplateId id) {
        Template template = tx.records(RecordTypes.TEMPLATES)
                .find(id.value())
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.TEMPLATES, "Template", id.value()));
        if (template.state() != TemplateState.READY) {
            throw SaasException.conflict(
                    ErrorCodes.TEMPLATE_NOT_READY,
                    "Template \"" + template.name() + "\" is not ready; "
                            + (template.reserved() ? "build it" : "wait until it is built")
                            + ", or choose another.");
        }
        return template;
    }

    private static void putTemplate(Map<String, String> input, Template template) {
        input.put(OperationInputs.SOURCE_NAME, template.name());
        input.put(OperationInputs.SOURCE_UUID, template.uuid().toString());
        if (template.state() != TemplateState.READY) {
            input.put(OperationInputs.UNFINISHED_TEMPLATE, template.id().toString());
        }
    }

    /**
     * Reserves a name for a new tenant: the wanted one, or the next one of the plan.
     *
     * @param instead the name that the tenant's database has now, and gives up; null: none
     */
    private String reserveName(
            Transaction tx,
            @Nullable String wanted,
            @Nullable Plan plan,
            ServerId server,
            @Nullable String instead,
            UUID holder) {
        Set<String> reserved = databaseNames.refusedOn(tx, server);
        if (wanted != null) {
            String name = DatabaseNames.check(wanted, reserved);
            ReservedNames.reserve(tx, name, instead, holder, context.now());
            return name;
        }
        if (plan == null) {
            throw SaasException.invalid(
                    ErrorCodes.TENANT_NAME_INVALID, "A database outside any plan needs a name: give one.");
        }
        return DatabaseNames.reserveNext(tx, plan, reserved, instead, holder, context.now());
    }

    private Draft reserveCopy(
            Actor actor,
            Transaction tx,
            DuplicateTenant command,
            BiFunction<? super Transaction, ? super StoredTenant, Optional<Instant>> check) {
        StoredTenant source = tenants(actor).lock(tx, command.source());
        Optional<Instant> latest = check.apply(tx, source);
        TenantRows.requireState(source, "duplicated", TenantState.OPEN, TenantState.SUSPENDED);
        OperationLeases.requireIdle(tx, source.id());
        Plan plan = source.planId() == null ? null : PlanVersions.plan(tx, source.planId());
        CustomerId customer = command.customer() == null ? source.customerId() : command.customer();
        actor.requireInScope(customer, source.planId());
        CustomerDatabaseLimit.checkOrLock(
                tx, plan, CustomerDatabaseLimit.of(tx, source, source.trial()), customer, source.trial());
        ServerId server = command.server() == null ? source.serverId() : command.server();
        RequiredLabels required = RequiredLabels.of(actor, tx, plan, customer, source.attributes());
        List<Server> target = servers.placement().ranked(tx, server, required);
        servers.registry().requireTransfer(tx, source.serverId(), server);
        servers.placement().choose(tx, target, required);
        UUID uuid = context.secrets().uuid();
        Instant expiresAt = expiry(source, checkedHours(command.expirationHours(), command.preview()), latest);
        StoredTenant.Builder copy = like(
                        source, uuid, reserveName(tx, command.name(), plan, server, null, uuid), server)
                .customerId(customer)
                .expiresAt(expiresAt)
                .previewOf(command.preview() ? source.id() : null);
        return new Draft(
                copy.build(),
                null,
                createSaga.copying(Map.of(
                        OperationInputs.SOURCE_NAME,
                        source.name(),
                        OperationInputs.SOURCE_UUID,
                        source.uuid().toString(),
                        OperationInputs.SOURCE_SERVER,
                        source.serverId().toString(),
                        OperationInputs.NEUTRALISERS,
                        content.neutralisation().names())));
    }

    private @Nullable Instant expiry(StoredTenant source, @Nullable Integer hours, Optional<Instant> latest) {
        if (hours == null) {
            return source.expiresAt();
        }
        Instant now = context.now();
        if (latest.isPresent() && !now.isBefore(latest.get())) {
            throw SaasException.conflict(
                    ErrorCodes.TENANT_STATE,
                    "Tenant " + source.name() + " has expired, so it has no time left for a copy. Extend it first.");
        }
        Instant wanted = now.plus(Duration.ofHours(hours));
        return latest.filter(wanted::isAfter).orElse(wanted);
    }

    private static @Nullable Integer checkedHours(@Nullable Integer hours, boolean preview) {
        int min = preview ? 1 : 0;
        int max = preview ? DuplicateTenant.MAX_PREVIEW_HOURS : PlanVersions.MAX_HOURS;
        if (hours == null ? preview : hours < min || hours > max) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID,
                    "A " + (preview ? "preview " : "") + "copy must expire in " + min + " to " + max + " hours, found "
                            + (hours == null ? "no number" : hours) + ".");
        }
        return hours;
    }

    /** A tenant that is being made, with what it shares with another one. */
    private StoredTenant.Builder like(StoredTenant source, UUID uuid, String name, ServerId server) {
        return source.toBuilder()
                .id(new TenantId(0))
                .uuid(uuid)
                .name(name)
                .serverId(server)
                .state(TenantState.DRAFT)
                .createdAt(context.now())
                .deletedAt(null)
                .retainedUntil(null)
                .suspendedFor(List.of())
                .attributes(LabelRules.requiring(source.attributes()))
                .previewOf(null)
                .backupSizeBytes(0)
                .notifiedFor(null)
                .syncedAt(null)
                .nextSyncAt(null);
    }

    private Draft reserveRestored(
            Actor actor,
            Transaction tx,
            RestoreBackup command,
            BiConsumer<? super Transaction, ? super StoredTenant> check) {
        StoredTenant source = tenants(actor).lock(tx, command.tenant());
        check.accept(tx, source);
        TenantRows.requireState(
                source, "restored from a backup", TenantState.OPEN, TenantState.SUSPENDED, TenantState.RETAINED);
        Plan plan = source.planId() == null ? null : PlanVersions.plan(tx, source.planId());
        CustomerDatabaseLimit.checkOrLock(
                tx, plan, CustomerDatabaseLimit.of(tx, source, source.trial()), source.customerId(), source.trial());
        ServerId server = command.server() == null ? source.serverId() : command.server();
        servers.placement().choose(tx, server, RequiredLabels.of(actor, tx, source));
        UUID uuid = context.secrets().uuid();
        String name = reserveName(tx, command.name(), plan, server, null, uuid);
        Integer hours = checkedHours(command.previewHours(), command.previewHours() != null);
        // The backup may be older than the last migration of its tenant.
        return new Draft(
                like(source, uuid, name, server)
                        .expiresAt(expiry(source, hours, Optional.empty()))
                        .previewOf(hours == null ? null : source.id())
                        .schemaVersion(null)
                        .addonVersions(null)
                        .build(),
                null,
                restoring(source.uuid(), command.backup(), command.neutralise()));
    }

    private Draft reserveImported(Actor actor, Transaction tx, ImportBackup command) {
        Plan plan = PlanVersions.plan(tx, command.plan());
        User owner = owner(
                actor, tx, CreateTenant.onPlan(plan).owner(command.owner()).build(), plan);
        CustomerId customer = command.customer() == null && owner != null ? owner.customerId() : command.customer();
        CustomerDatabaseLimit.checkOrLock(tx, plan, CustomerDatabaseLimit.of(plan, false), customer, false);
        ServerId server = servers.placement()
                .choose(
                        tx,
                        command.server() == null ? plan.serverId() : command.server(),
                        RequiredLabels.of(actor, tx, plan, customer, Map.of()));
        UUID uuid = context.secrets().uuid();
        StoredTenant.Builder tenant = StoredTenant.builder(
                        uuid, reserveName(tx, command.name(), plan, server, null, uuid), server)
                .customerId(customer)
                .ownerId(command.owner())
                .createdAt(context.now());
        PlanVersions.apply(tenant, plan);
        Map<String, String> input = new HashMap<>(restoring(command.tenant(), command.backup(), command.neutralise()));
        input.put(OperationInputs.IMPORTED, "true");
        return new Draft(tenant.build(), owner, input);
    }

    private Draft reserveDump(Actor actor, Transaction tx, String wanted, Dump dump, boolean neutralise) {
        RequiredLabels required = RequiredLabels.of(actor, tx, null, null, Map.of());
        List<Server> fitting = servers.placement().ranked(tx, null, required).stream()
                .filter(each -> dump.format().equals(servers.registry().transferFormat(tx, each.id())))
                .limit(MOST_FITTING)
                .toList();
        if (fitting.isEmpty()) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKEND_UNSUPPORTED,
                    "The dump has a database of " + TextRules.describe(dump.format())
                            + ", and no active database server has databases of this kind.");
        }
        ServerId server = servers.placement().choose(tx, fitting, required);
        dumpArchive.requireRestorable(
                dump, Abilities.transfer(servers.registry().databases(tx, server)));
        UUID uuid = context.secrets().uuid();
        StoredTenant tenant = StoredTenant.builder(uuid, reserveName(tx, wanted, null, server, null, uuid), server)
                .createdAt(context.now())
                .build();
        return new Draft(tenant, null, restoring(Map.of(OperationInputs.DUMP, "true"), dump.tenant(), neutralise));
    }

    private Map<String, String> restoring(UUID source, BackupId backup, boolean neutralise) {
        return restoring(OperationInputs.of(backup), source, neutralise);
    }

    private Map<String, String> restoring(Map<String, String> what, UUID source, boolean neutralise) {
        Map<String, String> input = new HashMap<>(what);
        input.put(OperationInputs.SOURCE_UUID, source.toString());
        input.put(OperationInputs.NEUTRALISERS, content.neutralisation().names());
        if (!neutralise) {
            input.put(OperationInputs.UNCHANGED, "true");
        }
        return createSaga.copying(input);
    }

    private Draft reserveAdopted(Actor actor, Transaction tx, AdoptTenant command, @Nullable UUID orphan) {
        Plan plan = PlanVersions.plan(tx, command.plan());
        CreateTenant like = CreateTenant.onPlan(plan).build();
        User owner = owner(
                actor,
                tx,
                command.owner() == null
                        ? like
                        : like.toBuilder().owner(command.owner()).build(),
                plan);
        CustomerId customer = command.customer() == null && owner != null ? owner.customerId() : command.customer();
        CustomerDatabaseLimit.checkOrLock(tx, plan, CustomerDatabaseLimit.of(plan, false), customer, false);
        ServerId server = servers.placement()
                .choose(tx, command.server(), RequiredLabels.of(actor, tx, plan, customer, Map.of()));
        UUID uuid = orphan == null ? context.secrets().uuid() : orphan;
        String name = orphan == null
                ? reserveName(tx, command.name(), plan, server, null, uuid)
                : reserveOrphan(tx, command.name(), server, uuid);
        StoredTenant.Builder tenant = StoredTenant.builder(uuid, name, server)
                .customerId(customer)
                .ownerId(owner == null ? null : owner.id())
                .createdAt(context.now());
        PlanVersions.apply(tenant, plan);
        return new Draft(tenant.build(), owner, orphan == null ? Map.of() : Map.of(OperationInputs.ORPHAN, "true"));
    }

    /** The name of an orphan is reserved for it already if the catalog was repaired. */
    private String reserveOrphan(Transaction tx, String wanted, ServerId server, UUID uuid) {
        if (TenantRows.byUuid(tx, uuid)
                .filter(each -> each.state() == TenantState.DELETED)
                .isPresent()) {
            throw notAdoptable(wanted, "its tenant was deleted for good");
        }
        Filter<Object> same = Filter.equal(RecordField.named("uuid"), uuid);
        if (tx.records(RecordTypes.TENANTS).count(same) > 0
                || tx.records(RecordTypes.TEMPLATES).count(same) > 0
                || tx.records(RecordTypes.SPARES).count(same) > 0) {
            throw ReservedNames.nameTaken(wanted);
        }
        String name = DatabaseNames.check(wanted, databaseNames.refusedOn(tx, server));
        boolean mine = ReservedNames.find(tx, name)
                .filter(each -> each.holder().equals(uuid) && each.until() == null)
                .isPresent();
        if (!mine) {
            ReservedNames.reserve(tx, name, uuid, context.now());
        }
        return name;
    }

    private TenantLookup tenants(Actor actor) {
        return new TenantLookup(context.work(), actor);
    }
}
