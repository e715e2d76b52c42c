// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.database;

import dev.allotment.Addons;
import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Lookup;
import dev.allotment.Parameter;
import dev.allotment.Parameters;
import dev.allotment.RecordQuota;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.access.ApiKeyHolder;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.ApiKeys;
import dev.allotment.access.DatabaseRecords;
import dev.allotment.access.Group;
import dev.allotment.access.Groups;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.access.MemberIdentity;
import dev.allotment.access.Members;
import dev.allotment.access.TenantDatabase;
import dev.allotment.core.internal.base.MemberActor;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.ScopedCalls;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.core.internal.parameter.ParameterRows;
import dev.allotment.core.internal.parameter.ParameterUseCases;
import dev.allotment.core.internal.record.PublicViews;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The inside of one tenant database, for one of its members or for the embedder. */
public final class TenantDatabaseView implements TenantDatabase {
    private static final Duration LONGEST_READING = Duration.ofDays(7);

    private final TenantDatabaseViews views;
    private final StoredTenant tenant;
    private final MemberActor actor;
    private final UnitOfWork databaseWork;

    TenantDatabaseView(TenantDatabaseViews views, StoredTenant tenant, MemberActor actor) {
        this.views = views;
        this.tenant = tenant;
        this.actor = actor;
        this.databaseWork = new UnitOfWork() {
            @Override
            public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
                return views.<T>transact(tenant, tx -> {
                    actor.requireSelf(tx);
                    return work.apply(tx);
                });
            }
        };
    }

    public static SaasException unknown(String database) {
        return new SaasException(
                ErrorCategory.NOT_FOUND,
                ErrorCodes.DATABASE_UNKNOWN,
                "Database " + TextRules.describe(database) + " does not exist",
                Map.of("database", database.length() > TextRules.MAX_NAME ? "" : database),
                false,
                null);
    }

    /** Whether an existing member may be signed in: a suspended database admits only its administrator. */
    public static boolean admits(StoredTenant tenant, MemberId member) {
        return tenant.state() == TenantState.OPEN
                || (tenant.state() == TenantState.SUSPENDED && member.equals(Member.ADMINISTRATOR));
    }

    /** A suspended database admits only its administrator. */
    static void requireOpen(StoredTenant tenant, MemberId member) {
        if (!member.equals(Member.ADMINISTRATOR)) {
            TenantRows.requireState(tenant, "entered", TenantState.OPEN);
        }
    }

    @Override
    public Tenant tenant() {
        return PublicViews.tenant(tenant);
    }

    @Override
    public Members members() {
        return members(databaseWork);
    }

    @Override
    public Groups groups() {
        return groups(databaseWork);
    }

    @Override
    public Addons addons() {
        return limited(Addons.class, views.addons(tenant, databaseWork, actor));
    }

    @Override
    public Parameters parameters() {
        return parameters(databaseWork);
    }

    private Members members(UnitOfWork at) {
        return limited(Members.class, views.members(tenant, at, actor));
    }

    private Parameters parameters(UnitOfWork at) {
        return limited(
                Parameters.class,
                new ParameterUseCases(
                        at, what -> actor.require(Group.SYSTEM, what), actor.member() == null, this::setParameter));
    }

    private Groups groups(UnitOfWork at) {
        return limited(Groups.class, new GroupUseCases(at, actor));
    }

    private <T> T limited(Class<T> api, T useCases) {
        return ScopedCalls.limited(actor.scope(), api, useCases);
    }

    @Override
    public <T extends @Nullable Object> T inTransaction(Function<? super DatabaseRecords, ? extends T> work) {
        return databaseWork.inTransaction(at -> work.apply(new DatabaseRecords() {
            @Override
            public Members members() {
                return TenantDatabaseView.this.members(at);
            }

            @Override
            public Groups groups() {
                return TenantDatabaseView.this.groups(at);
            }

            @Override
            public Parameters parameters() {
                return TenantDatabaseView.this.parameters(at);
            }
        }));
    }

    private void setParameter(Transaction tx, String key, @Nullable String value) {
        if (key.equals(Parameter.DATABASE_UUID) || (key.startsWith("saas_client.") && actor.member() != null)) {
            throw actor.refused("change parameter " + key);
        }
        if (TenantParameters.isDerived(key)) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID,
                    "Parameter " + key + " is derived from the tenant's state, expiry, limits and plan: change these.");
        }
        TenantParameters.check(key, value == null ? "" : value);
        if (value == null) {
            ParameterRows.find(tx, key)
                    .ifPresent(each -> tx.records(RecordTypes.PARAMETERS).delete(each.id()));
        } else {
            boolean hidden = ParameterRows.find(tx, key).map(Parameter::hidden).orElse(false);
            ParameterRows.set(tx, key, value, hidden);
        }
    }

    @Override
    public ApiKeys apiKeys() {
        return limited(ApiKeys.class, views.apiKeys(tenant, databaseWork, actor));
    }

    @Override
    public Lookup<Long, RecordQuota> recordQuotas() {
        return new RecordLookup<>(databaseWork, RecordTypes.RECORD_QUOTAS, "Limit") {
            @Override
            protected long number(Long id) {
                return id;
            }

            @Override
            protected Filter<RecordQuota> visible(Transaction tx) {
                actor.require(Group.SYSTEM, "see record quotas");
                return Filter.all();
            }
        };
    }

    @Override
    public DatabaseLogin login() {
        requireHost("see how the application connects");
        return views.login(tenant);
    }

    @Override
    public DatabaseLogin readOnlyLogin(Duration validity) {
        requireHost("create a login that only reads");
        if (validity.compareTo(LONGEST_READING) > 0 || validity.compareTo(Duration.ZERO) <= 0) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID,
                    "A login that only reads is valid for " + LONGEST_READING.toHours() + " hours at most, and not for "
                            + validity + ".");
        }
        return views.readOnlyLogin(tenant, validity);
    }

    @Override
    public void revokeReadOnlyLogin(String user) {
        requireHost("end a login that only reads");
        views.revokeReadOnlyLogin(tenant, user);
    }

    private void requireHost(String what) {
        ScopedCalls.requireEverything(actor.scope());
        if (actor.member() != null) {
            throw actor.refused(what);
        }
    }

    @Override
    public TenantDatabase actingAs(MemberId id) {
        return actingAs(id, actor.clientAddress());
    }

    @Override
    public TenantDatabase actingAs(MemberId id, @Nullable String clientAddress) {
        Member present = actor.member();
        if (present != null && !present.id().equals(id)) {
            ScopedCalls.requireEverything(actor.scope());
            actor.require(Group.SYSTEM, "act as another user");
        }
        return acting(id, tx -> tx.records(RecordTypes.MEMBERS).find(id.value()), actor.scope(), clientAddress);
    }

    @Override
    public TenantDatabase actingAs(MemberIdentity member, @Nullable String clientAddress) {
        if (actor.member() != null) {
            throw actor.refused("act as a user that was authenticated");
        }
        return acting(member, actor.scope(), clientAddress);
    }

    @Override
    public TenantDatabase actingAs(ApiKeyHolder holder, @Nullable String clientAddress) {
        ScopedCalls.requireEverything(actor.scope());
        if (actor.member() != null) {
            throw actor.refused("act with the API key of a user");
        }
        return acting(new MemberIdentity(new MemberId(holder.userId()), holder.login()), holder.scope(), clientAddress);
    }

    private TenantDatabase acting(MemberIdentity identity, ApiKeyScope scope, @Nullable String clientAddress) {
        return acting(identity.id(), tx -> MemberActor.find(tx, identity), scope, clientAddress);
    }

    private TenantDatabase acting(
            MemberId id,
            Function<Transaction, Optional<Member>> find,
            ApiKeyScope scope,
            @Nullable String clientAddress) {
        requireOpen(tenant, id);
        return databaseWork.transact(tx -> {
            Member member = find.apply(tx).filter(Member::active).orElseThrow(MemberActor::denied);
            Set<String> groups = new HashSet<>();
            MemberUseCases.groups(tx, id).forEach(group -> groups.add(group.xmlId()));
            return views.of(tenant, new MemberActor(member, Set.copyOf(groups), scope, clientAddress));
        });
    }
}
