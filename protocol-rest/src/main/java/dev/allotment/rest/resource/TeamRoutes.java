// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.TeamRole;
import dev.allotment.TenantId;
import dev.allotment.UserId;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Problem;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import dev.allotment.rest.route.Route.Repetition;
import dev.allotment.team.Teammate;
import dev.allotment.team.Teams;
import dev.allotment.team.TenantLimit;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The teams of customers, and those of the caller. */
public final class TeamRoutes {
    private static final String LIST = CustomerRoutes.ONE + "/team";
    private static final String MEMBER = LIST + "/{account}";
    private static final String FACTOR = CustomerRoutes.ONE + "/team-factor";

    /** @param id that of the account */
    record TeamMember(
            UserId id,
            String login,
            String name,
            @Nullable String email,
            boolean active,
            TeamRole role,
            boolean allTenants,
            List<TenantId> tenantIds,
            Instant since) {
        static TeamMember of(Teammate teammate) {
            TenantLimit tenants = teammate.member().tenants();
            return new TeamMember(
                    teammate.member().userId(),
                    teammate.login(),
                    teammate.name(),
                    teammate.email(),
                    teammate.active(),
                    teammate.member().role(),
                    tenants.isAll(),
                    tenants.tenants(),
                    teammate.member().since());
        }
    }

    /** @param customer its name */
    record Team(
            CustomerId customerId,
            String customer,
            boolean home,
            TeamRole role,
            boolean allTenants,
            List<TenantId> tenantIds,
            Instant since) {
        static Team of(dev.allotment.team.Team team) {
            TenantLimit tenants = team.member().tenants();
            return new Team(
                    team.member().customerId(),
                    team.customer(),
                    team.home(),
                    team.member().role(),
                    tenants.isAll(),
                    tenants.tenants(),
                    team.member().since());
        }
    }

    /** @param required whether each member needs a second factor or a passkey */
    record TeamFactor(boolean required) {
        static TeamFactor of(Teams teams) {
            return new TeamFactor(teams.requiresFactor());
        }
    }

    /** The fields of a body that say to which tenants a role applies. An empty list never means all. */
    record Limit(@Nullable Boolean allTenants, @Nullable List<TenantId> tenantIds) {
        /**
         * Returns the limit that a request wants.
         *
         * @param otherwise for a request that says nothing about it
         */
        static TenantLimit of(Request request, TenantLimit otherwise) {
            Limit sent = request.body(Limit.class);
            List<TenantId> some = sent.tenantIds;
            if (Boolean.TRUE.equals(sent.allTenants)) {
                if (some != null && !some.isEmpty()) {
                    throw Problem.invalid("tenantIds: expected none, because allTenants is true.");
                }
                return TenantLimit.ALL;
            }
            if (some == null && sent.allTenants != null && otherwise.isAll()) {
                throw Problem.invalid("tenantIds: is missing. Send the tenants, or an empty list.");
            }
            return some == null ? otherwise : TenantLimit.of(some);
        }
    }

    private TeamRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        return List.of(
                Route.get(
                                LIST,
                                "listTeam",
                                "Lists the team of a customer: the accounts that act for it. The id of a member is that"
                                        + " of its account.")
                        .useCase(Teams.class, "members")
                        .listsAll(
                                TeamMember.class,
                                Set.of("id", "login", "email", "active", "role"),
                                each -> each.id().value(),
                                request -> teams(request).members().stream()
                                        .map(TeamMember::of)
                                        .toList()),
                Route.get(MEMBER, "getTeamMember", "Returns a member of a team.")
                        .useCase(Teams.class, "members")
                        .answers(TeamMember.class, TeamRoutes::member),
                Route.patch(
                                MEMBER,
                                "updateTeamMember",
                                "Changes the role of a member, or the tenants to which it applies. A caller gives and"
                                        + " takes no more than its own role covers. The last active owner stays one.")
                        .useCase(Teams.class, "update")
                        .body(
                                Field.of(TeamMember.class, "role", "What the account may do for the customer."),
                                Field.of(
                                        TeamMember.class,
                                        "allTenants",
                                        "Whether the role applies to all tenants of the customer, also future ones."),
                                Field.of(
                                        TeamMember.class,
                                        "tenantIds",
                                        "The tenants to which it applies instead, in addition to those that the account"
                                                + " owns; empty: only those that it owns."))
                        .answers(TeamMember.class, TeamRoutes::update),
                Route.delete(
                                MEMBER,
                                "removeTeamMember",
                                "Removes a member from a team. Its sessions and keys for the customer end, and tenants"
                                        + " that it owns pass to an owner. The last active owner stays.")
                        .useCase(Teams.class, "remove")
                        .returnsNothing(request -> teams(request).remove(account(request))),
                Route.post(
                                MEMBER + "/hand-over",
                                "handOverCustomer",
                                "Makes a member an owner, and the caller, if it is one, an administrator.")
                        .useCase(Teams.class, "handOver")
                        .repeated(Repetition.HARMLESS)
                        .answers(
                                TeamMember.class,
                                request -> TeamMember.of(teams(request).handOver(account(request)))),
                Route.post(LIST + "/leave", "leaveTeam", "Removes the account of the caller from a team.")
                        .useCase(Teams.class, "leave")
                        .repeated(Repetition.HARMLESS)
                        .returnsNothing(request -> teams(request).leave()),
                Route.get(
                                FACTOR,
                                "getTeamFactor",
                                "Says whether each member of a team needs a second factor or a passkey.")
                        .useCase(Teams.class, "requiresFactor")
                        .answers(TeamFactor.class, request -> TeamFactor.of(teams(request))),
                Route.put(
                                FACTOR,
                                "setTeamFactor",
                                "Decides whether each member of a team needs a second factor or a passkey. A member"
                                        + " without one has no rights of the team before it is set up. API keys work"
                                        + " as before. An account that requires it has one itself.")
                        .useCase(Teams.class, "requireFactor")
                        .body(Field.of(TeamFactor.class, "required", "Whether each member needs one.")
                                .needed())
                        .answers(TeamFactor.class, TeamRoutes::setFactor),
                Route.get("/me/teams", "listMyTeams", "Lists the teams that the account of the caller is in.")
                        .useCase(Teams.class, "mine")
                        .answersAll(
                                Team.class,
                                request -> request.saas().teams().mine().stream()
                                        .map(Team::of)
                                        .toList()));
    }

    /** Returns the team of the customer in the path, if the caller may act for it. */
    static Teams teams(Request request) {
        return request.saas().actingFor(CustomerRoutes.id(request)).teams();
    }

    private static TeamFactor setFactor(Request request) {
        Teams teams = teams(request);
        teams.requireFactor(request.body(TeamFactor.class).required());
        return TeamFactor.of(teams);
    }

    private static UserId account(Request request) {
        return new UserId(request.path("account", Long.class));
    }

    private static TeamMember member(Request request) {
        UserId account = account(request);
        return teams(request).members().stream()
                .filter(each -> each.member().userId().equals(account))
                .findFirst()
                .map(TeamMember::of)
                .orElseThrow(() -> SaasException.notFound(
                        ErrorCodes.RECORD_MISSING,
                        "Account " + account + " is not in the team of customer " + request.id() + "."));
    }

    private static TeamMember update(Request request) {
        return TeamMember.of(teams(request).update(account(request), seen -> {
            TeamMember present = TeamMember.of(seen);
            request.requireUnchanged(present);
            return seen.with(
                    request.applied(present).role(),
                    Limit.of(request, seen.member().tenants()));
        }));
    }
}
