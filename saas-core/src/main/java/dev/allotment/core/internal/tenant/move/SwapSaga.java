// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.move;

import dev.allotment.EventType;
import dev.allotment.Query;
import dev.allotment.RecordQuota;
import dev.allotment.SaasException;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.core.internal.authentication.ApiKeyUseCases;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseSetup;
import dev.allotment.core.internal.database.RecordQuotas;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.InputCodec;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationMarkers;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.core.internal.tenant.change.TenantSaga;
import dev.allotment.spi.backend.AppliedOperation;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredApiKey;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges the databases of two tenants. Both are closed and put aside under names that say whose state they have, so
 * that nothing changes them any more. Then they exchange their identities in one step. Until then, a failure is undone.
 * The database that the first tenant gets has the marker of the operation, so the marker in the first tenant's database
 * says whether that step was done. From then on, the operation only goes forward.
 */
public final class SwapSaga extends TenantSaga<SwapSaga.Found> {
    /**
     * @param until when the other tenant is deleted with the previous state
     * @param neutralisers what neutralised the state that the first tenant gets; empty if it was not neutralised
     * @param files whether the files of the application change sides, too, which a node may not have registered
     */
    private record Input(Instant until, String neutralisers, boolean files) {}

    private static final InputCodec<Input> INPUT = InputCodec.of(Input.class);

    private static final String EXCHANGED = "exchanged";
    private static final String FILES_ASIDE = "filesAside";
    private static final String FILES_GIVEN = "filesGiven";
    private static final String CARRIED_OVER = "carriedOver";
    /** The fencing token of the run that has put the files aside. */
    private static final String FILES_ASIDE_BY = "filesAsideBy";

    /** The steps after which the databases have been exchanged for good. */
    private static final List<String> FORWARD = List.of(EXCHANGED, FILES_ASIDE, FILES_GIVEN, CARRIED_OVER);

    /** @param filesAsideBy the fencing token of the run that has put the files aside; null: this run has not */
    record Found(@Nullable Long filesAsideBy) {
        static final Found NOTHING = new Found(null);
    }

    private final ServerRegistry serverRegistry;
    private final TenantContent content;

    public SwapSaga(CoreContext context, ServerRegistry serverRegistry, TenantContent content) {
        super(context, content);
        this.serverRegistry = serverRegistry;
        this.content = content;
    }

    Map<String, String> input(Instant until, String neutralisers) {
        return INPUT.write(new Input(until, neutralisers, content.files().exist()));
    }

    @Override
    public boolean canContinue(StoredOperation operation) {
        return content.files().exist() || !movesFiles(operation);
    }

    private StoredTenant other(StoredOperation operation) {
        return OperationTargets.otherTenant(context.catalog(), operation);
    }

    /** The other tenant when the operation has finished. */
    private static StoredTenant kept(StoredOperation operation, StoredTenant other) {
        List<String> causes = new ArrayList<>(other.suspendedFor());
        if (!causes.contains(SuspensionSchedule.SWAPPED)) {
            causes.add(SuspensionSchedule.SWAPPED);
        }
        return other.toBuilder()
                .state(TenantState.SUSPENDED)
                .suspendedFor(causes)
                .expiresAt(INPUT.read(operation).until())
                .notifiedFor(null)
                .build();
    }

    /** The database with the previous state of the first tenant. */
    private static DatabaseRef previous(StoredOperation operation, StoredTenant owner) {
        return aside("previous", operation, owner);
    }

    /** The database with the state that the first tenant gets. */
    private static DatabaseRef next(StoredOperation operation, StoredTenant owner) {
        return aside("next", operation, owner);
    }

    private Databases databases(StoredOperation operation) {
        return serverRegistry.databases(tenant(operation).serverId(), operation);
    }

    @Override
    public Found resume() {
        return Found.NOTHING;
    }

    @Override
    public List<Step<Found>> steps() {
        return List.of(
                Step.<Found>of("checked", this::check).lastingLong(),
                Step.<Found>of(EXCHANGED, this::exchange).lastingLong().undoneBy(this::takeBack),
                new Step<>(FILES_ASIDE, this::putFilesAside, SwapSaga::movesFiles),
                new Step<>(FILES_GIVEN, this::giveFiles, SwapSaga::movesFiles),
                Step.<Found>of(CARRIED_OVER, this::carryOver).lastingLong(),
                Step.of("opened", this::open));
    }

    private static boolean movesFiles(StoredOperation operation) {
        return INPUT.read(operation).files();
    }

    private boolean isExchanged(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        Databases databases = serverRegistry.databases(tenant.serverId());
        return databases.<Boolean>transact(present(databases, tenant), tx -> OperationMarkers.has(tx, operation));
    }

    /** Finds out early whether the record quotas fit the tables of the other database: both tenants are in use. */
    private void check(StoredOperation operation) {
        if (!isExchanged(operation)) {
            StoredTenant tenant = tenant(operation);
            StoredTenant other = other(operation);
            tryQuotas(
                    serverRegistry.databases(other.serverId()), DatabaseRefs.of(tenant), DatabaseRefs.of(other), other);
        }
    }

    /**
     * Tries the record quotas of a database in another one, and changes nothing.
     *
     * @throws SaasException {@code configuration.invalid} if they do not fit its tables
     */
    private void tryQuotas(Databases databases, DatabaseRef from, DatabaseRef in, StoredTenant other) {
        if (!serverRegistry.enforcesRecordQuotas(other.serverId())) {
            return;
        }
        List<RecordQuota> quotas = databases.transact(from, RecordQuotas::all);
        if (!databases.<Boolean>transact(in, tx -> isSame(RecordQuotas.all(tx), quotas))) {
            RecordQuotas.tryOut(databases, in, tx -> RecordQuotas.replace(tx, quotas));
        }
    }

    private static boolean isSame(List<RecordQuota> some, List<RecordQuota> others) {
        return withoutIds(some).equals(withoutIds(others));
    }

    private static List<RecordQuota> withoutIds(List<RecordQuota> quotas) {
        return quotas.stream()
                .map(each -> new RecordQuota(0, each.model(), each.domain(), each.maxRecords()))
                .toList();
    }

    /** Once the databases are aside, nothing changes that would be in neither: renaming ends every transaction. */
    private void exchange(StoredOperation operation) {
        if (isExchanged(operation)) {
            return;
        }
        StoredTenant tenant = tenant(operation);
        StoredTenant other = other(operation);
        Databases databases = databases(operation);
        putAside(databases, tenant, previous(operation, tenant));
        putAside(databases, other, next(operation, other));
        endSessions(operation);
        databases.<@Nullable Void>transact(next(operation, other), tx -> {
            if (!OperationMarkers.has(tx, operation)) {
                OperationMarkers.add(tx, operation);
            }
            return null;
        });
        // The other tenant's application may have changed a table since the check.
        tryQuotas(databases, previous(operation, tenant), next(operation, other), other);
        Abilities.transfer(databases).exchange(previous(operation, tenant), next(operation, other));
    }

    /** Members of the new state may have other rights, or be other people with the same numbers. */
    private void endSessions(StoredOperation operation) {
        context.catalog().transact(tx -> {
            OperationLeases.requireMine(tx, operation);
            SessionRows.endBeforeReplacement(tx, lockTenant(tx, operation));
            SessionRows.endBeforeReplacement(tx, lockOther(tx, operation));
            return null;
        });
    }

    /**
     * Where a run puts the files of the first tenant while they change sides. Only runs of this operation know the
     * place, and only this run puts files there.
     *
     * @param token the fencing token of the run
     */
    private static UUID place(StoredOperation operation, long token) {
        return place("files", operation, token);
    }

    /** Where it puts the files of the other tenant meanwhile. */
    private static UUID otherPlace(StoredOperation operation, long token) {
        return place("other files", operation, token);
    }

    private static UUID place(String what, StoredOperation operation, long token) {
        return UUID.nameUUIDFromBytes(
                (what + " of " + operation.uuid() + " by " + token).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Takes what is left with the tenants first, and then what earlier runs have put aside: no run can put the files of
     * this state aside after they were taken from the tenant. The files must not be put aside again after they were
     * given away, so this is recorded, with the token.
     */
    private Found putFilesAside(StoredOperation operation, Found found) {
        if (!movesFiles(operation)) {
            return found;
        }
        requireMine(operation);
        long mine = operation.fencingToken();
        content.files().replace(place(operation, mine), tenant(operation).uuid());
        content.files().replace(otherPlace(operation, mine), other(operation).uuid());
        for (long token = 1; token < mine; token++) {
            content.files().replace(place(operation, mine), place(operation, token));
            content.files().replace(otherPlace(operation, mine), otherPlace(operation, token));
        }
        return new Found(mine);
    }

    private Found giveFiles(StoredOperation operation, Found found) {
        if (movesFiles(operation)) {
            requireMine(operation);
            long by = filesAsideBy(operation);
            content.files().replace(tenant(operation).uuid(), otherPlace(operation, by));
            content.files().replace(other(operation).uuid(), place(operation, by));
        }
        return found;
    }

    /** The token of the run that has put the files aside; 0 if none has. */
    private static long filesAsideBy(StoredOperation operation) {
        return Long.parseLong(operation.result().getOrDefault(FILES_ASIDE_BY, "0"));
    }

    /**
     * Gives back what runs have put aside that had been taken for dead before another one put the files aside. A tenant
     * had its new files then.
     */
    private void giveBackFiles(StoredOperation operation) {
        for (long token = 1; token < filesAsideBy(operation); token++) {
            content.files().replace(tenant(operation).uuid(), place(operation, token));
            content.files().replace(other(operation).uuid(), otherPlace(operation, token));
        }
    }

    @Override
    public Map<String, String> result(Found found) {
        return found.filesAsideBy() == null ? Map.of() : Map.of(FILES_ASIDE_BY, String.valueOf(found.filesAsideBy()));
    }

    /** Storing the token with the databases shows that no other run has taken the operation over. */
    private void requireMine(StoredOperation operation) {
        Databases databases = databases(operation);
        databases.close(present(databases, tenant(operation)));
        databases.close(present(databases, other(operation)));
    }

    /** What a database has of its tenant, and that tenant keeps. */
    private record Belongings(List<StoredApiKey> keys, Map<Long, String> logins, List<AppliedOperation> markers) {
        static Belongings of(Transaction tx) {
            Map<Long, String> logins = new HashMap<>();
            for (Member each : tx.records(RecordTypes.MEMBERS).list(Query.all())) {
                logins.put(each.id().value(), each.login());
            }
            return new Belongings(tx.records(RecordTypes.API_KEYS).list(Query.all()), logins, OperationMarkers.all(tx));
        }
    }

    /**
     * Writes what stays with each tenant to its new database, while no node and no application uses it. If the names
     * were given back, that was done.
     */
    private void carryOver(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        StoredTenant other = other(operation);
        Databases databases = databases(operation);
        DatabaseRef mine = next(operation, tenant);
        DatabaseRef previous = previous(operation, other);
        if (!mine.equals(databases.find(tenant.uuid())) || !previous.equals(databases.find(other.uuid()))) {
            return;
        }
        databases.close(mine);
        databases.close(previous);
        List<RecordQuota> quotas = databases.transact(previous, RecordQuotas::all);
        Belongings before = databases.transact(previous, Belongings::of);
        Belongings others = databases.transact(mine, Belongings::of);
        User owner = account(tenant);
        User otherOwner = account(other);
        tenantDatabases.configure(tenant.serverId(), mine, tx -> {
            receive(tx, tenant, owner, before, tenant.state() == TenantState.SUSPENDED);
            if (!isSame(RecordQuotas.all(tx), quotas)) {
                RecordQuotas.replace(tx, quotas);
            }
            return null;
        });
        databases.<@Nullable Void>transact(previous, tx -> {
            Belongings theirs = new Belongings(
                    others.keys(),
                    others.logins(),
                    others.markers().stream()
                            .filter(each -> !each.operation().equals(operation.uuid()))
                            .toList());
            receive(tx, kept(operation, other), otherOwner, theirs, true);
            return null;
        });
        if (serverRegistry.hasLogins(tenant.serverId())) {
            databases.login(mine, content.secrets().password(tenant));
            databases.login(previous, content.secrets().password(other));
        }
    }

    private void receive(
            DatabaseTransaction tx, StoredTenant tenant, @Nullable User owner, Belongings before, boolean suspended) {
        content.setup().addMembers(tx, tenant.lang(), tenant.tz(), owner);
        DatabaseSetup.writeParameters(tx, tenant, suspended);
        ApiKeyUseCases.carryOver(tx, tenant.uuid().toString(), before.keys(), before.logins());
        OperationMarkers.addMissing(tx, before.markers());
    }

    /** Keeps the other tenant closed: its data was live a moment ago and must not be live in two places. */
    private void open(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        endSessions(operation);
        Databases databases = databases(operation);
        giveNamesBack(operation, databases);
        databases.close(DatabaseRefs.of(other(operation)));
        giveBackFiles(operation);
        if (tenant.state() == TenantState.OPEN) {
            databases.open(DatabaseRefs.of(tenant));
        }
    }

    private void giveNamesBack(StoredOperation operation, Databases databases) {
        for (StoredTenant each : List.of(tenant(operation), other(operation))) {
            giveNameBack(databases, each, previous(operation, each));
            giveNameBack(databases, each, next(operation, each));
        }
    }

    private static StoredTenant lockOther(Transaction tx, StoredOperation operation) {
        return TenantRows.lock(tx, OperationTargets.otherTenantId(operation));
    }

    @Override
    public Found finish(Transaction tx, StoredOperation operation, Found found) {
        StoredTenant tenant = lockTenant(tx, operation);
        StoredTenant other = lockOther(tx, operation);
        StoredTenant kept = kept(operation, other);
        update(tx, tenant, other);
        update(tx, kept.toBuilder().dailyActiveMillis(null).build(), tenant);
        addEvents(tx, operation, tenant, kept);
        return found;
    }

    /** Stores a tenant whose database is the one that another tenant had. */
    private void update(Transaction tx, StoredTenant tenant, StoredTenant before) {
        StoredTenant changed = tenant.toBuilder()
                .schemaVersion(before.schemaVersion())
                .addonVersions(before.addonVersions())
                .usersCount(before.usersCount())
                .databaseSizeBytes(before.databaseSizeBytes())
                .fileSizeBytes(before.fileSizeBytes())
                // The server counts by database, so no reading from before the swap may be compared with a later one.
                .activeMillis(null)
                .activeReadAt(context.now())
                .build();
        tx.records(RecordTypes.TENANTS)
                .update(SuspensionSchedule.scheduled(tx, changed, context.now()).toBuilder()
                        .nextSyncAt(context.now())
                        .build());
    }

    private void addEvents(Transaction tx, StoredOperation operation, StoredTenant tenant, StoredTenant kept) {
        addEvent(tx, operation, tenant, kept, kept.expiresAt());
        addEvent(tx, operation, kept, tenant, kept.expiresAt());
    }

    private void addEvent(
            Transaction tx,
            StoredOperation operation,
            StoredTenant tenant,
            StoredTenant with,
            @Nullable Instant until) {
        context.events()
                .add(
                        tx,
                        operation,
                        EventType.TENANT_SWAPPED,
                        tenant.id(),
                        Map.of(
                                "name",
                                tenant.name(),
                                "with",
                                with.name(),
                                "withUuid",
                                with.uuid().toString(),
                                "until",
                                String.valueOf(until),
                                "neutralised",
                                INPUT.read(operation).neutralisers()));
    }

    @Override
    public Ending ending() {
        return Ending.UNDONE.undoneIf(this::isUndoable).abandoned(this::abandon);
    }

    /**
     * Before the databases are known to have been exchanged, a run that was considered dead may be doing that. Storing
     * the token of this run with a database ends that. If the tenant has no database, an exchange may be half done,
     * which only repeating it completes.
     */
    private boolean isUndoable(StoredOperation operation) {
        if (FORWARD.contains(operation.step())) {
            return false;
        }
        if (operation.step().isEmpty()) {
            return true;
        }
        context.catalog().transact(tx -> OperationLeases.requireMine(tx, operation));
        Databases databases = databases(operation);
        DatabaseRef present = databases.find(tenant(operation).uuid());
        if (present == null) {
            return false;
        }
        databases.close(present);
        return !isExchanged(operation);
    }

    private void takeBack(StoredOperation operation) {
        Databases databases = databases(operation);
        giveNamesBack(operation, databases);
        StoredTenant other = other(operation);
        tenantDatabases.<@Nullable Void>transact(other, tx -> {
            OperationMarkers.remove(
                    tx,
                    OperationMarkers.all(tx).stream()
                            .filter(each -> each.operation().equals(operation.uuid()))
                            .toList());
            return null;
        });
        for (StoredTenant each : List.of(tenant(operation), other)) {
            if (each.state() == TenantState.OPEN) {
                tenantDatabases.reopen(operation, each);
            }
        }
    }

    /** The node that took over decides on the names, unless the operation has ended. */
    @Override
    public void retractLateEffects(StoredOperation operation, Found found) {
        if (OperationLeases.running(context.catalog(), operation).isEmpty()) {
            giveNamesBack(operation, databases(operation));
            super.retractLateEffects(operation, found);
            StoredTenant other = other(operation);
            reconciliation.reconcile(operation, other.serverId(), DatabaseRefs.of(other));
        }
        context.catalog()
                .transact(tx ->
                        tx.records(RecordTypes.OPERATIONS).find(operation.id().value()))
                .filter(present -> present.uuid().equals(operation.uuid()))
                .ifPresent(this::giveBackFiles);
    }

    private void abandon(Transaction tx, StoredOperation operation) {
        if (FORWARD.contains(operation.step())) {
            finish(tx, operation, Found.NOTHING);
        }
        SessionRows.endAll(tx, lockTenant(tx, operation));
        SessionRows.endAll(tx, lockOther(tx, operation));
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        StoredTenant tenant = lockTenant(tx, operation);
        StoredTenant other = lockOther(tx, operation);
        return "Each of the two tenants has its own state or that of the other one. Their databases may be closed and"
                + " have other names: " + describe(tx, operation, tenant) + ", and "
                + describe(tx, operation, other)
                + ". The files of the application may be those of the other one, or have the UUIDs "
                + places(operation)
                + ". Look at both before you open them. When a database has its name again, resume its tenant.";
    }

    private static String places(StoredOperation operation) {
        long by = filesAsideBy(operation);
        return (by == 0 ? LongStream.rangeClosed(1, operation.fencingToken()) : LongStream.of(by))
                .mapToObj(token -> place(operation, token) + " and " + otherPlace(operation, token))
                .collect(Collectors.joining(", or "));
    }

    private static String describe(Transaction tx, StoredOperation operation, StoredTenant tenant) {
        return OperationTargets.describe(tx, tenant.serverId(), previous(operation, tenant)) + " or \""
                + next(operation, tenant).name() + "\"";
    }
}
