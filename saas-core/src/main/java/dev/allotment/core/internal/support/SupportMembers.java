// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.support;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.access.Member;
import dev.allotment.core.internal.database.TenantDatabases;
import dev.allotment.core.internal.record.MemberRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredSupportUse;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.support.SupportAccess;
import dev.allotment.support.SupportRight;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The members whose views or rights operators get. */
final class SupportMembers {
    private final TenantDatabases tenantDatabases;

    SupportMembers(TenantDatabases tenantDatabases) {
        this.tenantDatabases = tenantDatabases;
    }

    /**
     * Finds the member that an access is for.
     *
     * @throws SaasException {@code support.member-missing}
     */
    Member of(StoredTenant tenant, SupportAccess access) {
        return tenantDatabases
                .transact(tenant, tx -> find(tx, access))
                .filter(Member::active)
                .orElseThrow(() -> missing(tenant, access));
    }

    private static Optional<Member> find(Transaction tx, SupportAccess access) {
        String login = access.member();
        if (login != null) {
            return tx.records(RecordTypes.MEMBERS).list(Query.where(Filter.equal(Member.LOGIN, login))).stream()
                    .findFirst();
        }
        return access.right() == SupportRight.ADMINISTRATOR
                ? tx.records(RecordTypes.MEMBERS).find(Member.ADMINISTRATOR.value())
                : MemberRows.owner(tx);
    }

    private static SaasException missing(StoredTenant tenant, SupportAccess access) {
        @Nullable String login = access.member();
        String who = login != null
                ? "active member \"" + login + "\""
                : access.right() == SupportRight.ADMINISTRATOR ? "active administrator" : "active owner";
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.SUPPORT_MEMBER_MISSING,
                "Database \"" + tenant.name() + "\" has no " + who + ". Request access as another member.",
                Map.of("supportAccess", access.id().toString()),
                false,
                null);
    }

    /** Whether the member of a use is still the same, and active. */
    boolean stays(StoredTenant tenant, StoredSupportUse use) {
        return tenantDatabases
                .transact(
                        tenant,
                        tx -> tx.records(RecordTypes.MEMBERS)
                                .find(use.memberId().value()))
                .filter(each -> each.active() && each.login().equals(use.memberLogin()))
                .isPresent();
    }
}
