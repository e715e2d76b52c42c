// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.team;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Needs;
import dev.allotment.NewUser;
import dev.allotment.Permission;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.TeamRole;
import dev.allotment.User;
import dev.allotment.core.Fixture;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A role may call what is marked with {@link Needs} and its permissions, of each interface of use cases. */
final class TeamRightsTest {
    private final Fixture fixture = new Fixture();
    private final User owner = fixture.signUp("owner@example.com");

    @AfterEach
    void close() {
        fixture.close();
    }

    private Saas acting(TeamRole role) {
        NewUser member = NewUser.builder("team-" + role + "@example.com", "Someone")
                .customerId(owner.customerId())
                .teamRole(role)
                .build();
        return fixture.saas.actingAs(fixture.saas.accounts().create(member).id());
    }

    @ParameterizedTest
    @EnumSource(TeamRole.class)
    void aRoleMayCallWhatItsPermissionsAreEnoughFor(TeamRole role) {
        Set<String> refused = new TreeSet<>();
        Set<String> lacking = new TreeSet<>();
        for (ApiCall call : ApiCall.of(acting(role))) {
            if (!call.ofTeam().map(role.permissions()::containsAll).orElse(true)) {
                lacking.add(call.toString());
            }
            // An owner must not leave, which would take the rights from the calls after it.
            if (!call.toString().equals("Teams#leave[]") && call.isRefused()) {
                refused.add(call.toString());
            }
        }

        assertThat(refused).isEqualTo(lacking);
        assertThat(lacking.isEmpty()).isEqualTo(role == TeamRole.OWNER);
    }

    @Test
    void eachPermissionIsNeededForSomething() {
        List<ApiCall> calls = ApiCall.of(acting(TeamRole.READER));
        for (Permission permission : Permission.values()) {
            assertThat(calls)
                    .as(permission.name())
                    .anyMatch(each -> each.ofTeam()
                            .or(each::ofOperator)
                            .filter(needed -> needed.contains(permission))
                            .isPresent());
        }
    }

    /** Without a mark a use case gets no rights of the team, and has to refuse the account itself. */
    @Test
    void whatIsNotMarkedRefusesEvenAnOwner() {
        Set<String> open = new TreeSet<>();
        for (ApiCall call : ApiCall.of(fixture.saas.actingAs(owner.id()))) {
            if (call.ofTeam().isEmpty()) {
                call.failure()
                        .filter(each -> each instanceof SaasException refusal
                                && Set.of("access.not-allowed", "record.missing")
                                        .contains(refusal.code()))
                        .ifPresentOrElse(each -> {}, () -> open.add(call + " " + call.failure()));
            }
        }

        assertThat(open).isEmpty();
    }

    @Test
    void anAccountWithoutATeamMayCallWhatNeedsNoPermission() {
        User other = fixture.saas
                .accounts()
                .create(NewUser.builder("other@example.com", "Other")
                        .customerId(owner.customerId())
                        .build());
        Saas view = fixture.saas.actingAs(other.id());
        view.teams().leave();

        for (ApiCall call : ApiCall.of(view)) {
            call.ofTeam()
                    .ifPresent(needed ->
                            assertThat(call.isRefused()).as(call.toString()).isEqualTo(!needed.isEmpty()));
        }
        assertThat(view.accounts().get(other.id()).login()).isEqualTo("other@example.com");
    }
}
