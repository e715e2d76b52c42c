// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.database;

import dev.allotment.ApiKeys;
import dev.allotment.DatabaseLogin;
import dev.allotment.Filter;
import dev.allotment.Group;
import dev.allotment.Member;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.TenantDatabase;
import dev.allotment.core.internal.addon.AddonInstallers;
import dev.allotment.core.internal.addon.AddonRegistry;
import dev.allotment.core.internal.authentication.ApiKeyAuthenticator;
import dev.allotment.core.internal.authentication.ApiKeyUseCases;
import dev.allotment.core.internal.authentication.Authenticator;
import dev.allotment.core.internal.authentication.Passwords;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.MemberActor;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.core.internal.event.EventLog;
import dev.allotment.core.internal.operation.OperationInputs;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.parameter.DerivedSecrets;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Opens views of tenant databases, with everything that they need. */
public final class TenantDatabaseViews {
    private final CoreContext context;
    private final TenantDatabases tenantDatabases;
    private final Passwords passwords;
    private final Authenticator<Member> memberAuthenticator;
    private final ApiKeyAuthenticator<Member> memberKeys;
    private final DerivedSecrets derivedSecrets;
    private final EventLog eventLog;
    private final AddonRegistry addonRegistry;
    private final AddonInstallers addonInstallers;

    public TenantDatabaseViews(
            CoreContext context,
            TenantDatabases tenantDatabases,
            Passwords passwords,
            Authenticator<Member> memberAuthenticator,
            ApiKeyAuthenticator<Member> memberKeys,
            DerivedSecrets derivedSecrets,
            EventLog eventLog,
            AddonRegistry addonRegistry,
            AddonInstallers addonInstallers) {
        this.context = context;
        this.tenantDatabases = tenantDatabases;
        this.passwords = passwords;
        this.memberAuthenticator = memberAuthenticator;
        this.memberKeys = memberKeys;
        this.derivedSecrets = derivedSecrets;
        this.eventLog = eventLog;
        this.addonRegistry = addonRegistry;
        this.addonInstallers = addonInstallers;
    }

    public TenantDatabase of(StoredTenant tenant, MemberActor actor) {
        return new TenantDatabaseView(this, tenant, actor);
    }

    <T extends @Nullable Object> T transact(StoredTenant tenant, Function<? super Transaction, ? extends T> work) {
        return tenantDatabases.transact(tenant, work);
    }

    AddonUseCases addons(StoredTenant tenant, UnitOfWork work, MemberActor actor) {
        return new AddonUseCases(
                context, tenantDatabases, eventLog, addonRegistry, addonInstallers, tenant, work, actor);
    }

    MemberUseCases members(StoredTenant tenant, UnitOfWork work, MemberActor actor) {
        return new MemberUseCases(
                context, passwords, memberAuthenticator, memberKeys, addonRegistry, tenant, work, actor);
    }

    ApiKeys apiKeys(StoredTenant tenant, UnitOfWork work, MemberActor actor) {
        MemberKeys holders = new MemberKeys(context, tenant, members(tenant, work, actor), eventLog, actor);
        Member member = actor.member();
        return new ApiKeyUseCases<>(
                context,
                work,
                memberKeys,
                holders,
                new ApiKeyUseCases.KeyActor(
                        member == null ? null : member.id().value(),
                        actor.in(Group.SYSTEM),
                        actor.scope(),
                        actor.clientAddress()));
    }

    /** While a migration has locked the application out, the password of the login is another one. */
    DatabaseLogin login(StoredTenant tenant) {
        Filter<StoredOperation> migrating = Filter.and(
                Filter.equal(StoredOperation.TENANT_ID, tenant.id()),
                Filter.equal(StoredOperation.KIND, OperationKind.MIGRATE_TENANT),
                Filter.equal(StoredOperation.STATE, OperationState.RUNNING));
        boolean alone =
                context
                        .catalog()
                        .transact(tx -> tx.records(RecordTypes.OPERATIONS).list(Query.where(migrating)))
                        .stream()
                        .anyMatch(each -> each.input().containsKey(OperationInputs.ALONE));
        if (alone) {
            throw OperationLeases.busy(tenant.id());
        }
        return tenantDatabases.login(tenant, derivedSecrets.password(tenant));
    }
}
