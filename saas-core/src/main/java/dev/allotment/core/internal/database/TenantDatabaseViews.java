// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.database;

import dev.allotment.DatabaseLogin;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.access.ApiKeys;
import dev.allotment.access.Group;
import dev.allotment.access.Member;
import dev.allotment.access.TenantDatabase;
import dev.allotment.core.internal.authentication.ApiKeyUseCases;
import dev.allotment.core.internal.authentication.SignIn;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.MemberActor;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.SharedInput;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Opens views of tenant databases, with everything that they need. */
public final class TenantDatabaseViews {
    private final CoreContext context;
    private final TenantContent content;
    private final SignIn signIn;

    public TenantDatabaseViews(CoreContext context, TenantContent content, SignIn signIn) {
        this.context = context;
        this.content = content;
        this.signIn = signIn;
    }

    public TenantDatabase of(StoredTenant tenant, MemberActor actor) {
        return new TenantDatabaseView(this, tenant, actor);
    }

    <T extends @Nullable Object> T transact(StoredTenant tenant, Function<? super Transaction, ? extends T> work) {
        return content.databases().transact(tenant, work);
    }

    AddonUseCases addons(StoredTenant tenant, UnitOfWork work, MemberActor actor) {
        return new AddonUseCases(
                context, content.databases(), content.addons().registry(), content.addons(), tenant, work, actor);
    }

    MemberUseCases members(StoredTenant tenant, UnitOfWork work, MemberActor actor) {
        return new MemberUseCases(
                context,
                signIn.passwords(),
                signIn.members(),
                signIn.memberKeys(),
                content.addons().registry(),
                tenant,
                work,
                actor);
    }

    ApiKeys apiKeys(StoredTenant tenant, UnitOfWork work, MemberActor actor) {
        MemberKeys holders = new MemberKeys(context, tenant, members(tenant, work, actor), actor);
        Member member = actor.member();
        return new ApiKeyUseCases<>(
                context,
                work,
                signIn.memberKeys(),
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
                        .anyMatch(each -> SharedInput.of(each).alone());
        if (alone) {
            throw OperationLeases.busy(tenant.id());
        }
        return content.databases().login(tenant, content.secrets().password(tenant));
    }

    DatabaseLogin readOnlyLogin(StoredTenant tenant, Duration validity) {
        return content.databases().readOnlyLogin(tenant, validity);
    }

    /** Ends a login that only reads, with its sessions. */
    void revokeReadOnlyLogin(StoredTenant tenant, String user) {
        content.databases().revokeReadOnlyLogin(tenant, user);
    }
}
