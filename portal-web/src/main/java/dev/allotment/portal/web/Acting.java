// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.Permission;
import dev.allotment.team.Team;
import dev.allotment.text.Texts;
import java.util.List;
import java.util.Set;

/**
 * What a page shows of the customer that the visitor acts for.
 *
 * @param customer the name of the customer; empty if the visitor is in no team
 * @param permissions what the visitor may do for it
 * @param others the other teams of the visitor
 */
public record Acting(String customer, Set<Permission> permissions, List<Choice> others) {
    /** A visitor that has not signed in. */
    static final Acting SIGNED_OUT = new Acting("", Set.of(), List.of());

    public Acting {
        permissions = Set.copyOf(permissions);
        others = List.copyOf(others);
    }

    static Acting of(Visitor visitor) {
        return new Acting(
                visitor.team().map(Team::customer).orElse(""),
                visitor.permissions(),
                visitor.teams().stream()
                        .filter(each -> !each.member().customerId().equals(visitor.customer()))
                        .map(each -> choice(each, visitor.texts()))
                        .toList());
    }

    /** Two customers may have the same name, and one may imitate another. */
    private static Choice choice(Team team, Texts texts) {
        String number = team.member().customerId().toString();
        return new Choice(
                number,
                texts.text(
                        "team.choice",
                        team.customer(),
                        RoleWords.name(team.member().role(), texts),
                        number));
    }
}
