// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.access;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ConfigurationChange;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.access.Group;
import dev.allotment.access.GroupId;
import dev.allotment.access.Member;
import dev.allotment.access.NewMember;
import dev.allotment.access.TenantDatabase;
import dev.allotment.core.Concurrently;
import dev.allotment.core.Fixture;
import dev.allotment.core.Result;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MemberLimitTest {
    private final Fixture fixture = new Fixture();
    private final Tenant shop = fixture.tenant("shop");
    private final TenantDatabase inside = fixture.saas.database("shop");

    MemberLimitTest() {
        limit(3);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private void limit(int users) {
        fixture.saas
                .tenants()
                .update(shop.id(), each -> each.toBuilder().maxUsers(users).build());
    }

    private Member create(String login) {
        return inside.members().create(NewMember.builder(login, "User").build());
    }

    private Member outsider(String login) {
        return inside.members()
                .create(NewMember.builder(login, "Outsider").share(true).build());
    }

    @Test
    void countsTheOwnerAndActiveRegularMembersOnly() {
        outsider("guest");
        Member idle = create("idle");
        inside.members()
                .update(idle.id(), each -> each.toBuilder().active(false).build());
        create("second");
        create("third");

        SaasException refusal = refusal(() -> create("fourth"));

        assertThat(refusal.code()).isEqualTo(ErrorCodes.USER_LIMIT_REACHED);
        assertThat(refusal).hasMessage("Limit of users for this database is 3 reached");
        outsider("another guest");
    }

    @Test
    void enforcesTheLimitWhenAMemberBecomesActiveOrRegularAgain() {
        Member idle = create("idle");
        inside.members()
                .update(idle.id(), each -> each.toBuilder().active(false).build());
        Member guest = outsider("guest");
        create("second");
        Member third = create("third");
        assertRefusal(() -> inside.members()
                        .update(idle.id(), each -> each.toBuilder().active(true).build()))
                .isEqualTo(ErrorCodes.USER_LIMIT_REACHED);
        assertRefusal(() -> inside.members()
                        .update(
                                guest.id(),
                                each -> each.toBuilder().share(false).build()))
                .isEqualTo(ErrorCodes.USER_LIMIT_REACHED);
        assertThat(inside.members().get(guest.id()).share()).isTrue();

        inside.members().delete(third.id());
        assertThat(inside.members()
                        .update(
                                guest.id(),
                                each -> each.toBuilder().share(false).build())
                        .share())
                .isFalse();
        assertThat(inside.members().groups(guest.id())).extracting(Group::xmlId).containsExactly(Group.USER);
    }

    @Test
    void preventsOutsidersFromBeingUsedAsRegularMembers() {
        Member second = create("second");
        GroupId user = inside.groups().findByXmlId(Group.USER).orElseThrow().id();
        GroupId rights =
                inside.groups().findByXmlId(Group.ACCESS_RIGHTS).orElseThrow().id();
        Member guest = outsider("guest");

        assertRefusal(() -> inside.members().setGroups(guest.id(), List.of(user)))
                .isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        assertRefusal(() -> inside.members().setGroups(guest.id(), List.of(rights)))
                .isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        inside.members()
                .update(second.id(), each -> each.toBuilder().share(true).build());

        assertThat(inside.members().groups(second.id()))
                .extracting(Group::xmlId)
                .containsExactly(Group.PORTAL);
        assertThat(inside.members().groups(guest.id())).extracting(Group::xmlId).containsExactly(Group.PORTAL);
    }

    @Test
    void admitsNoMoreThanTheLimitOfEightAtOnce() {
        List<Result<Member>> results = Concurrently.run(8, number -> create("user-" + number));
        assertThat(results).filteredOn(Result::succeeded).hasSize(2);
        assertThat(results)
                .filteredOn(result -> !result.succeeded())
                .extracting(Result::code)
                .containsOnly(ErrorCodes.USER_LIMIT_REACHED);
    }

    @Test
    void keepsExistingMembersWhenTheLimitIsLowered() {
        create("second");
        create("third");
        limit(1);
        assertRefusal(() -> create("fourth")).isEqualTo(ErrorCodes.USER_LIMIT_REACHED);
        assertThat(inside.members().count(Filter.equal(Member.ACTIVE, true))).isEqualTo(4);
        fixture.saas
                .configuration()
                .apply(
                        shop.id(),
                        ConfigurationChange.builder()
                                .hiddenParameter(Parameter.MAX_USERS, "4")
                                .build());
        create("fourth");
        assertRefusal(() -> create("fifth")).isEqualTo(ErrorCodes.USER_LIMIT_REACHED);
        limit(0);
        create("fifth");
        assertThat(inside.members().list(Query.where(Filter.equal(Member.LOGIN, "fifth"))))
                .hasSize(1);
    }
}
