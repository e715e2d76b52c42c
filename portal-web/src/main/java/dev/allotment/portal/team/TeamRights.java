// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.team;

import dev.allotment.Filter;
import dev.allotment.Permission;
import dev.allotment.Query;
import dev.allotment.TeamRole;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.portal.web.Visitor;
import dev.allotment.team.Team;
import dev.allotment.team.TeamMember;
import dev.allotment.team.Teammate;
import dev.allotment.team.TenantLimit;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a visitor can do with the members of a team, so that pages offer nothing that the core refuses.
 *
 * @param databases those that the visitor sees, by name
 */
record TeamRights(Visitor visitor, List<Teammate> members, List<Tenant> databases) {
    private static final List<TenantState> PRESENT =
            List.of(TenantState.DRAFT, TenantState.OPEN, TenantState.SUSPENDED, TenantState.RETAINED);

    static TeamRights of(Visitor visitor) {
        Filter<Tenant> present =
                Filter.and(Filter.equal(Tenant.CUSTOMER_ID, visitor.customer()), Filter.in(Tenant.STATE, PRESENT));
        return new TeamRights(
                visitor,
                visitor.saas().teams().members(),
                visitor.saas().tenants().list(Query.where(present).orderBy(Tenant.NAME)));
    }

    boolean manages() {
        return visitor.may(Permission.MANAGE_TEAM);
    }

    boolean isSelf(Teammate member) {
        return member.member().userId().equals(visitor.user().id());
    }

    /** Whether the visitor can give and take a role for some databases. */
    boolean reaches(TeamRole role, TenantLimit limit) {
        if (visitor.isAdministrator()) {
            return true;
        }
        TeamMember own = visitor.team().map(Team::member).orElse(null);
        if (!manages()
                || own == null
                || !own.may(Permission.MANAGE_TEAM)
                || !own.role().covers(role)) {
            return false;
        }
        return own.tenants().isAll() || (!limit.isAll() && seen().containsAll(limit.tenants()));
    }

    private Set<TenantId> seen() {
        return databases.stream().map(Tenant::id).collect(Collectors.toSet());
    }

    private boolean isLastOwner(Teammate member) {
        return member.member().owner()
                && members.stream()
                        .noneMatch(each -> each.active()
                                && each.member().owner()
                                && each.member().id() != member.member().id());
    }

    /** Of the last owner, no role or databases can be taken away. */
    boolean canChange(Teammate member) {
        return reaches(member.member().role(), member.member().tenants()) && !isLastOwner(member);
    }

    boolean canRemove(Teammate member) {
        return canChange(member) && !isSelf(member);
    }

    boolean canHandOver(Teammate member) {
        return visitor.team().filter(each -> each.member().owner()).isPresent()
                && !visitor.isAdministrator()
                && member.active()
                && !member.member().owner()
                && !isSelf(member)
                && reaches(member.member().role(), member.member().tenants());
    }

    boolean canLeave() {
        return members.stream().anyMatch(each -> isSelf(each) && !isLastOwner(each));
    }

    /** The roles that the visitor can give. */
    List<TeamRole> roles() {
        return Arrays.stream(TeamRole.values())
                .filter(role -> visitor.isAdministrator()
                        || visitor.team()
                                .filter(each -> each.member().role().covers(role))
                                .isPresent())
                .toList();
    }

    /** Whether the visitor can give a role for all databases. */
    boolean givesAll() {
        return visitor.isAdministrator()
                || visitor.team()
                        .filter(each -> each.member().tenants().isAll())
                        .isPresent();
    }

    /** Returns to which databases a role applies, for people. */
    String describe(TenantLimit limit) {
        if (limit.isAll()) {
            return visitor.texts().text("team.all-databases");
        }
        List<String> named = databases.stream()
                .filter(each -> limit.tenants().contains(each.id()))
                .map(Tenant::name)
                .toList();
        return named.isEmpty() ? visitor.texts().text("team.own-databases") : String.join(", ", named);
    }
}
