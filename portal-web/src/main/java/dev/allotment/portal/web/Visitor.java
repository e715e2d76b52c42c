// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.CustomerId;
import dev.allotment.Permission;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.User;
import dev.allotment.team.Team;
import dev.allotment.text.Texts;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A signed-in user, and the control plane with this user's rights. The secret is never printed.
 *
 * @param secret of the session
 * @param saas acts for {@link #customer}
 * @param customer that the session acts for
 * @param limited whether the identity provider of the customer has opened the session, so that it is limited to the
 *     customer, and the account cannot be changed
 * @param teams all teams of the user, as they were at the start of the request
 * @param lack what the user has to do before anything else, because the team requires it
 * @param texts of the pages that the user sees
 */
public record Visitor(
        String secret,
        User user,
        Saas saas,
        CustomerId customer,
        boolean limited,
        List<Team> teams,
        Lack lack,
        Texts texts) {
    /** What a team requires of its people to sign in, and the visitor has not done. */
    public enum Lack {
        NOTHING,
        /** To set up a second factor or a passkey. */
        FACTOR,
        /** To sign in with the identity provider of the team. */
        PROVIDER
    }

    /** Copies the teams. */
    public Visitor {
        teams = List.copyOf(teams);
    }

    static Visitor of(String secret, User user, Saas saas, boolean limited, Texts texts) {
        return new Visitor(
                secret,
                user,
                saas,
                saas.teams().customer().orElse(user.customerId()),
                limited,
                saas.teams().mine(),
                limited ? Lack.NOTHING : lack(user, saas),
                texts);
    }

    private static Lack lack(User user, Saas saas) {
        if (!saas.providerSignIns().required().isEmpty()) {
            return Lack.PROVIDER;
        }
        boolean factor = user.role() != Role.ADMINISTRATOR
                && saas.teams().requiresFactor()
                && saas.secondFactors().status(user.id()).missing();
        return factor ? Lack.FACTOR : Lack.NOTHING;
    }

    /** Whether the user has to set up a second factor or a passkey before anything else. */
    public boolean lacksFactor() {
        return lack == Lack.FACTOR;
    }

    /** Whether the user is an administrator. */
    public boolean isAdministrator() {
        return user.role() == Role.ADMINISTRATOR;
    }

    /** Whether the user is an operator, in any role. */
    public boolean isOperator() {
        return !user.portal();
    }

    /** Returns the team that the user acts in; empty if the user has no place in it. */
    public Optional<Team> team() {
        return teams.stream()
                .filter(each -> each.member().customerId().equals(customer))
                .findFirst();
    }

    /** Returns what pages offer to the user. The core decides what the user may do. */
    public Set<Permission> permissions() {
        if (isOperator()) {
            return user.role().permissions();
        }
        if (lack != Lack.NOTHING) {
            return Set.of();
        }
        Set<Permission> permissions = EnumSet.noneOf(Permission.class);
        team().ifPresent(each -> permissions.addAll(each.member().role().permissions()));
        if (isLimited()) {
            // Endpoints receive what happens to all databases of the customer.
            permissions.remove(Permission.MANAGE_WEBHOOKS);
        }
        return permissions;
    }

    /** Whether the role of the user applies to some databases of the customer only. */
    public boolean isLimited() {
        return !isOperator()
                && team().filter(each -> !each.member().tenants().isAll()).isPresent();
    }

    /** Whether pages offer to the user what needs a permission. */
    public boolean may(Permission permission) {
        return permissions().contains(permission);
    }

    /** Whether the user is in no team that it could act for. */
    public boolean isTeamless() {
        return permissions().isEmpty();
    }

    @Override
    public String toString() {
        return "Visitor[user=" + user.id() + "]";
    }
}
