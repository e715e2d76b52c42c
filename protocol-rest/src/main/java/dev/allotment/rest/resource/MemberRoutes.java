// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import static dev.allotment.rest.resource.TenantRoutes.ONE;
import static dev.allotment.rest.resource.TenantRoutes.id;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.access.Group;
import dev.allotment.access.GroupId;
import dev.allotment.access.Groups;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.access.Members;
import dev.allotment.access.NewMember;
import dev.allotment.access.TenantDatabase;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import dev.allotment.rest.route.Route.Repetition;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The members of a tenant, and the groups that give them rights. */
public final class MemberRoutes {
    private static final String LIST = ONE + "/members";
    private static final String MEMBER = LIST + "/{member}";
    private static final String GROUPS = MEMBER + "/groups";

    private record Joined(@Nullable List<GroupId> groupIds) {}

    private record Password(@Nullable String password) {}

    private MemberRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        return List.of(
                Route.get(
                                LIST,
                                "listMembers",
                                "Lists the members of a tenant. Only for administrators, as everything about"
                                        + " members.")
                        .useCase(Members.class, "list")
                        .lists(Member.class, request -> database(request).members()),
                Route.post(
                                LIST,
                                "createMember",
                                "Creates a member of a tenant. Logins are unique in a tenant, so a repeated request"
                                        + " is refused.")
                        .useCase(Members.class, "create")
                        .body(
                                of("login", "The login, such as an email address.")
                                        .needed(),
                                of("name", "The name of the person.").needed(),
                                Field.of(
                                        Password.class,
                                        "password",
                                        "The password. Default: none, so the member cannot sign in with one."),
                                of("email", "The email address. Default: none."),
                                of("active", "Whether the member may sign in. Default: true."),
                                of(
                                        "share",
                                        "Whether it is an outsider, who does not count against the limit of users."
                                                + " Default: false."),
                                Field.of(
                                        Joined.class,
                                        "groupIds",
                                        "Its groups. Default: those that every new member of its kind joins."),
                                of("lang", "The language. Default: en_US."),
                                of("tz", "The time zone. Default: UTC."))
                        .creates(
                                Member.class,
                                (request, each) -> "/tenants/" + request.id() + "/members/" + each.id(),
                                MemberRoutes::create),
                Route.get(MEMBER, "getMember", "Returns a member of a tenant.")
                        .useCase(Members.class, "get")
                        .answers(
                                Member.class,
                                request -> database(request).members().get(member(request))),
                Route.patch(
                                MEMBER,
                                "updateMember",
                                "Changes a member of a tenant. One that is set inactive is signed out, and its API"
                                        + " keys are revoked.")
                        .useCase(Members.class, "update")
                        .body(
                                of("login", "The login."),
                                of("name", "The name of the person."),
                                of("email", "The email address."),
                                of("active", "Whether the member may sign in."),
                                of(
                                        "share",
                                        "Whether it is an outsider. If that changes, the member gets the groups of a"
                                                + " new one."),
                                of("lang", "The language, such as en_US."),
                                of("tz", "An IANA time zone, such as UTC."))
                        .answers(
                                Member.class,
                                request -> database(request).members().update(member(request), seen -> {
                                    request.requireUnchanged(seen);
                                    return request.applied(seen);
                                })),
                Route.post(
                                MEMBER + "/set-password",
                                "setMemberPassword",
                                "Sets the password of a member, and ends its sessions.")
                        .useCase(Members.class, "setPassword")
                        .repeated(Repetition.HARMLESS)
                        .body(Field.of(Password.class, "password", "The new password.")
                                .needed())
                        .returnsNothing(request -> database(request)
                                .members()
                                .setPassword(member(request), request.needed("password", String.class))),
                Route.delete(
                                MEMBER,
                                "deleteMember",
                                "Deletes a member, but not the owner or the administrator of the tenant.")
                        .useCase(Members.class, "delete")
                        .returnsNothing(request -> database(request).members().delete(member(request))),
                Route.get(GROUPS, "listMemberGroups", "Lists the groups of a member.")
                        .useCase(Members.class, "groups")
                        .answersAll(
                                Group.class,
                                request -> database(request).members().groups(member(request))),
                Route.put(GROUPS, "setMemberGroups", "Replaces the groups of a member.")
                        .useCase(Members.class, "setGroups")
                        .body(Field.of(Joined.class, "groupIds", "All groups of the member from now on.")
                                .needed())
                        .answersAll(Group.class, MemberRoutes::setGroups),
                Route.get(ONE + "/groups", "listGroups", "Lists the groups that members of a tenant can be in.")
                        .useCase(Groups.class, "list")
                        .lists(Group.class, request -> database(request).groups()));
    }

    /**
     * Returns the database of the tenant in the path. The core finds it by its name, which another tenant has if this
     * one was deleted, or was renamed just now.
     */
    private static TenantDatabase database(Request request) {
        Tenant tenant = request.saas().tenants().get(id(request));
        TenantDatabase database = request.saas().database(tenant.name());
        if (!database.tenant().id().equals(tenant.id())) {
            throw SaasException.notFound(
                    ErrorCodes.DATABASE_UNKNOWN,
                    "The database of tenant " + tenant.id() + " is not in use. Another tenant has the name "
                            + tenant.name() + " now.");
        }
        return database;
    }

    private static MemberId member(Request request) {
        return new MemberId(request.path("member", Long.class));
    }

    private static Field of(String component, String text) {
        return Field.of(Member.class, component, text);
    }

    private static Member create(Request request) {
        Member wanted = request.applied(
                Member.builder(request.needed("login", String.class), request.needed("name", String.class))
                        .build());
        List<GroupId> groups = request.body(Joined.class).groupIds();
        return database(request)
                .members()
                .create(NewMember.builder(wanted.login(), wanted.name())
                        .password(request.field("password", String.class))
                        .email(wanted.email())
                        .active(wanted.active())
                        .share(wanted.share())
                        .groups(first -> groups == null ? first : groups)
                        .lang(wanted.lang())
                        .tz(wanted.tz())
                        .build());
    }

    private static List<Group> setGroups(Request request) {
        Members members = database(request).members();
        members.setGroups(
                member(request),
                Objects.requireNonNull(request.body(Joined.class).groupIds()));
        return members.groups(member(request));
    }
}
