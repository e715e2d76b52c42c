// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.TeamRole;
import dev.allotment.TenantId;
import dev.allotment.UserId;
import dev.allotment.rest.resource.TeamRoutes.Limit;
import dev.allotment.rest.resource.TeamRoutes.Team;
import dev.allotment.rest.resource.TeamRoutes.TeamMember;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import dev.allotment.rest.route.Route.Repetition;
import dev.allotment.team.InvitationId;
import dev.allotment.team.InvitationState;
import dev.allotment.team.NewInvitation;
import dev.allotment.team.Teams;
import dev.allotment.team.TenantLimit;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Invitations to teams: those of a customer, and what is done with their secrets. */
public final class InvitationRoutes {
    private static final String LIST = CustomerRoutes.ONE + "/invitations";
    private static final String ONE = LIST + "/{invitation}";

    /** @param invitedBy null: the embedder */
    private record Invitation(
            InvitationId id,
            CustomerId customerId,
            String email,
            TeamRole role,
            boolean allTenants,
            List<TenantId> tenantIds,
            InvitationState state,
            @Nullable UserId invitedBy,
            Instant createdAt,
            Instant expiresAt) {
        static Invitation of(dev.allotment.team.Invitation invitation) {
            return new Invitation(
                    invitation.id(),
                    invitation.customerId(),
                    invitation.email(),
                    invitation.role(),
                    invitation.tenants().isAll(),
                    invitation.tenants().tenants(),
                    invitation.state(),
                    invitation.invitedBy(),
                    invitation.createdAt(),
                    invitation.expiresAt());
        }
    }

    /** Either the member that the person is already, or an invitation with its secret, which is never printed. */
    private record SentInvitation(
            @Nullable TeamMember member,
            @Nullable Invitation invitation,
            @Nullable String secret) {
        static SentInvitation of(dev.allotment.team.SentInvitation sent) {
            return new SentInvitation(
                    sent.member() == null ? null : TeamMember.of(sent.member()),
                    sent.invitation() == null ? null : Invitation.of(sent.invitation()),
                    sent.secret());
        }

        @Override
        public String toString() {
            return "SentInvitation[member=" + member + ", invitation=" + invitation + "]";
        }
    }

    /**
     * @param customer its name
     * @param invitedBy the name of the person; null: the provider
     */
    private record OpenedInvitation(
            Invitation invitation,
            String customer,
            @Nullable String invitedBy) {
        static OpenedInvitation of(dev.allotment.team.OpenedInvitation opened) {
            return new OpenedInvitation(Invitation.of(opened.invitation()), opened.customer(), opened.invitedBy());
        }
    }

    private InvitationRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        Field secret = Field.of("secret", String.class, "The secret of the invitation.")
                .needed();
        return List.of(
                Route.get(
                                LIST,
                                "listInvitations",
                                "Lists the invitations to the team of a customer, the newest first. Those that have"
                                        + " ended are removed after a month.")
                        .useCase(Teams.class, "invitations")
                        .listsAll(
                                Invitation.class,
                                Set.of("id", "email", "role", "state", "invitedBy"),
                                each -> -each.id().value(),
                                request -> TeamRoutes.teams(request).invitations().stream()
                                        .map(Invitation::of)
                                        .toList()),
                Route.post(
                                LIST,
                                "createInvitation",
                                "Invites a person to the team of a customer, in place of a pending invitation to the"
                                        + " same address. No email is sent: the answer has the secret once, for the"
                                        + " caller to send it to that address only. A person who is in the team is"
                                        + " returned as a member instead.")
                        .useCase(Teams.class, "invite")
                        .body(
                                Field.of(NewInvitation.class, "email", "The address that the invitation is bound to.")
                                        .needed(),
                                Field.of(NewInvitation.class, "role", "The role that accepting it gives.")
                                        .needed(),
                                Field.of(
                                        TeamMember.class,
                                        "allTenants",
                                        "Whether the role applies to all tenants of the customer, also future ones."
                                                + " Default: true without tenantIds."),
                                Field.of(
                                        TeamMember.class,
                                        "tenantIds",
                                        "The tenants to which it applies instead; empty: only those that the account"
                                                + " will own."),
                                Field.of(
                                        NewInvitation.class,
                                        "days",
                                        "How long it can be accepted, 1 to " + NewInvitation.MAX_DAYS
                                                + ". Default: 7."))
                        .createsUnlessFound(SentInvitation.class, InvitationRoutes::location, InvitationRoutes::invite),
                Route.get(ONE, "getInvitation", "Returns an invitation, without its secret.")
                        .useCase(Teams.class, "invitations")
                        .answers(Invitation.class, InvitationRoutes::find),
                Route.post(
                                ONE + "/resend",
                                "resendInvitation",
                                "Gives a pending invitation, or one that has expired, a new secret for as many days as"
                                        + " at first. The answer has it once. The old one is invalid from then on.")
                        .useCase(Teams.class, "resend")
                        .answers(
                                SentInvitation.class,
                                request -> SentInvitation.of(
                                        TeamRoutes.teams(request).resend(id(request)))),
                Route.post(ONE + "/revoke", "revokeInvitation", "Revokes an invitation, unless it has ended.")
                        .useCase(Teams.class, "revoke")
                        .repeated(Repetition.HARMLESS)
                        .answers(
                                Invitation.class,
                                request ->
                                        Invitation.of(TeamRoutes.teams(request).revoke(id(request)))),
                Route.post(
                                "/invitations/inspect",
                                "inspectInvitation",
                                "Returns the pending invitation that has a secret. Changes nothing.")
                        .useCase(Teams.class, "inspect")
                        .repeated(Repetition.HARMLESS)
                        .body(secret)
                        .answers(OpenedInvitation.class, InvitationRoutes::inspect),
                Route.post(
                                "/invitations/accept",
                                "acceptInvitation",
                                "Puts the account of the caller into the team that it is invited to. The secret counts"
                                        + " once, so a repeated request is refused. An account that is in the team"
                                        + " keeps its role.")
                        .useCase(Teams.class, "accept")
                        .repeated(Repetition.HARMLESS)
                        .body(
                                secret,
                                Field.of(
                                        "otherAddress",
                                        boolean.class,
                                        "Whether the person has confirmed that an account with another login"
                                                + " than the invited address accepts. Default: false."))
                        .answers(Team.class, InvitationRoutes::accept),
                Route.post(
                                "/invitations/decline",
                                "declineInvitation",
                                "Declines an invitation. Does nothing if its secret is unknown, or has ended.")
                        .useCase(Teams.class, "decline")
                        .repeated(Repetition.HARMLESS)
                        .body(secret)
                        .returnsNothing(
                                request -> request.saas().teams().decline(request.needed("secret", String.class))));
    }

    private static InvitationId id(Request request) {
        return new InvitationId(request.path("invitation", Long.class));
    }

    private static Invitation find(Request request) {
        InvitationId id = id(request);
        return TeamRoutes.teams(request).invitations().stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .map(Invitation::of)
                .orElseThrow(() -> SaasException.notFound(
                        ErrorCodes.RECORD_MISSING, "Customer " + request.id() + " has no invitation " + id + "."));
    }

    private static SentInvitation invite(Request request) {
        NewInvitation wanted =
                NewInvitation.of(request.needed("email", String.class), request.needed("role", TeamRole.class));
        TenantLimit tenants = Limit.of(request, wanted.tenants());
        Integer days = request.field("days", Integer.class);
        return SentInvitation.of(TeamRoutes.teams(request)
                .invite(new NewInvitation(
                        wanted.email(), wanted.role(), tenants, days == null ? wanted.days() : days)));
    }

    private static @Nullable String location(Request request, SentInvitation sent) {
        return sent.invitation() == null
                ? null
                : "/customers/" + request.id() + "/invitations/"
                        + sent.invitation().id();
    }

    private static OpenedInvitation inspect(Request request) {
        return request.saas()
                .teams()
                .inspect(request.needed("secret", String.class))
                .map(OpenedInvitation::of)
                .orElseThrow(InvitationRoutes::ended);
    }

    private static Team accept(Request request) {
        Teams teams = request.saas().teams();
        CustomerId joined = teams.accept(
                        request.needed("secret", String.class),
                        Boolean.TRUE.equals(request.field("otherAddress", Boolean.class)))
                .customerId();
        return teams.mine().stream()
                .filter(each -> each.member().customerId().equals(joined))
                .findFirst()
                .map(Team::of)
                .orElseThrow(InvitationRoutes::ended);
    }

    private static SaasException ended() {
        return SaasException.conflict(
                ErrorCodes.TEAM_INVITATION_ENDED,
                "No pending invitation has this secret: it is wrong, was used or revoked, or has expired. Request"
                        + " another one.");
    }
}
