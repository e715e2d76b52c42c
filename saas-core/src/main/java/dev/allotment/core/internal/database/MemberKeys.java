// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.database;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.Group;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.core.internal.authentication.ApiKeyOwner;
import dev.allotment.core.internal.authentication.ApiKeyOwners;
import dev.allotment.core.internal.authentication.Place;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.MemberActor;
import dev.allotment.core.internal.operation.SharedInput;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredApiKey;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The members of a tenant database as owners of API keys. */
final class MemberKeys implements ApiKeyOwners<Member> {
    private final CoreContext context;
    private final StoredTenant tenant;
    private final MemberUseCases members;
    private final MemberActor actor;

    MemberKeys(CoreContext context, StoredTenant tenant, MemberUseCases members, MemberActor actor) {
        this.context = context;
        this.tenant = tenant;
        this.members = members;
        this.actor = actor;
    }

    @Override
    public Place place() {
        return Place.of(tenant);
    }

    @Override
    public Optional<ApiKeyOwner<Member>> find(Transaction tx, long id) {
        return tx.records(RecordTypes.MEMBERS).find(id).map(each -> owner(tx, each));
    }

    @Override
    public Optional<ApiKeyOwner<Member>> lock(Transaction tx, long id) {
        return tx.records(RecordTypes.MEMBERS).lock(id).map(each -> owner(tx, each));
    }

    private static ApiKeyOwner<Member> owner(Transaction tx, Member member) {
        boolean administrator = MemberUseCases.groups(tx, member.id()).stream()
                .anyMatch(group -> group.xmlId().equals(Group.SYSTEM));
        return new ApiKeyOwner<>(member, member.id().value(), member.login(), member.active(), administrator);
    }

    @Override
    public void checkScope(Transaction tx, ApiKeyOwner<Member> owner, ApiKeyScope scope) {
        if (scope.customer() != null || scope.plan() != null) {
            throw SaasException.invalid(
                    ErrorCodes.API_KEY_INVALID,
                    "An API key of a tenant database has the scope \"everything\" or \"read-only\".");
        }
    }

    @Override
    public void requireOpen(long id) {
        TenantDatabaseView.requireOpen(tenant, new MemberId(id));
    }

    /**
     * The owner's keys count only while its account is active, and keys from before the tenant was deleted no
     * longer count: a restore admits members before it revokes these keys, and may stop before that.
     */
    @Override
    public boolean counts(StoredApiKey key, ApiKeyOwner<Member> owner) {
        UserId account = owner.user().owner() ? tenant.ownerId() : null;
        return context.catalog()
                .transact(tx -> (account == null
                                || tx.records(RecordTypes.USERS)
                                        .find(account.value())
                                        .filter(User::active)
                                        .isPresent())
                        && lastDeletion(tx)
                                .filter(end -> !key.createdAt().isAfter(end))
                                .isEmpty());
    }

    /**
     * When the tenant was deleted, before it was restored the last time. If the restore does not say, its own start: no
     * key can be created in between.
     */
    private Optional<Instant> lastDeletion(Transaction tx) {
        return tx
                .records(RecordTypes.OPERATIONS)
                .list(Query.where(Filter.and(
                                Filter.equal(StoredOperation.TENANT_ID, tenant.id()),
                                Filter.equal(StoredOperation.KIND, OperationKind.RESTORE_TENANT)))
                        .orderByDescending(StoredOperation.ID)
                        .page(0, 1))
                .stream()
                .findFirst()
                .map(restore ->
                        Objects.requireNonNullElse(SharedInput.of(restore).deletedAt(), restore.createdAt()));
    }

    @Override
    public boolean passwordMatches(long id, String password) {
        return members.authenticate(new MemberId(id), password, actor.clientAddress())
                .isPresent();
    }

    @Override
    public boolean throttled(String login) {
        return members.throttled(login, actor.clientAddress());
    }

    @Override
    public void recordStored(Change change) {
        Map<String, String> details = new HashMap<>(change.details());
        details.put("user", change.login());
        context.catalog().transact(tx -> {
            context.events().add(tx, actor, change.type(), tenant, details);
            return null;
        });
    }
}
