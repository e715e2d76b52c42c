// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.database;

import dev.allotment.ApiKeyScope;
import dev.allotment.ErrorCodes;
import dev.allotment.Group;
import dev.allotment.Member;
import dev.allotment.MemberId;
import dev.allotment.SaasException;
import dev.allotment.core.internal.authentication.ApiKeyOwner;
import dev.allotment.core.internal.authentication.ApiKeyOwners;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.MemberActor;
import dev.allotment.core.internal.event.EventLog;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The members of a tenant database as owners of API keys. */
final class MemberKeys implements ApiKeyOwners<Member> {
    private final CoreContext context;
    private final StoredTenant tenant;
    private final MemberUseCases members;
    private final EventLog eventLog;
    private final MemberActor actor;

    MemberKeys(CoreContext context, StoredTenant tenant, MemberUseCases members, EventLog eventLog, MemberActor actor) {
        this.context = context;
        this.tenant = tenant;
        this.members = members;
        this.eventLog = eventLog;
        this.actor = actor;
    }

    @Override
    public String database() {
        return tenant.uuid().toString();
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

    @Override
    public boolean passwordMatches(long id, String password) {
        return members.authenticate(new MemberId(id), password, actor.clientAddress())
                .isPresent();
    }

    @Override
    public void recordStored(Change change) {
        Map<String, String> details = new HashMap<>(change.details());
        details.put("user", change.login());
        context.catalog().transact(tx -> {
            eventLog.add(tx, actor, change.type(), tenant, details);
            return null;
        });
    }
}
