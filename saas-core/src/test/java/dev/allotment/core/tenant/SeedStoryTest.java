// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ConfigurationChange;
import dev.allotment.ConfigurationResult;
import dev.allotment.CreateTenant;
import dev.allotment.CreatedTenant;
import dev.allotment.Plan;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.Group;
import dev.allotment.access.Member;
import dev.allotment.access.TenantDatabase;
import dev.allotment.core.Fixture;
import dev.allotment.core.TestAddon;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class SeedStoryTest {
    @Test
    void signsUpCreatesConfiguresAndSignsInOnce() {
        TestAddon stock =
                TestAddon.of("stock").group("group_stock_manager").script("1.0", "create table stock_move (id int)");
        TestAddon sale = TestAddon.of("sale", "1.1")
                .group("base.group_sale_manager")
                .script("1.0", "create table sale_order (id int)")
                .script("1.1", "alter table sale_order add x int");
        TestAddon pointOfSale = TestAddon.of("point_of_sale").needs("sale", "stock");
        try (Fixture fixture = new Fixture(stock, sale, pointOfSale)) {
            User owner = fixture.signUp("client-email@example.com");
            assertThat(fixture.saas.accounts().authenticate("client-email@example.com", Fixture.PASSWORD, null))
                    .hasValueSatisfying(user -> assertThat(user.id()).isEqualTo(owner.id()));
            Plan plan = fixture.plan();

            CreatedTenant created = fixture.saas
                    .tenants()
                    .create(CreateTenant.onPlan(plan).owner(owner).build());

            assertThat(created.tenant().state()).isEqualTo(TenantState.OPEN);
            assertThat(created.tenant().name()).isEqualTo("client-001.example.com");
            assertThat(Objects.requireNonNull(created.signInLink()).url().toString())
                    .startsWith("http://client-001.example.com:8069/saas_client/new_database?access_token=");

            ConfigurationResult upgraded = fixture.saas
                    .configuration()
                    .apply(
                            created.tenant().id(),
                            ConfigurationChange.builder()
                                    .install("sale", "point_of_sale", "stock")
                                    .grantOwner("base.group_sale_manager", "stock.group_stock_manager", "no.such_group")
                                    .maxUsers(10)
                                    .build());

            assertThat(upgraded.installed()).containsExactly("sale", "stock", "point_of_sale");
            assertThat(upgraded.unknownGroupsToGrant()).containsExactly("no.such_group");
            assertThat(upgraded.tenant().maxUsers()).isEqualTo(10);
            TenantDatabase inside = fixture.saas.database("client-001.example.com");
            Member member = fixture.saas
                    .access()
                    .redeem("client-001.example.com", created.signInLink().token())
                    .orElseThrow()
                    .member();
            assertThat(member.login()).isEqualTo("client-email@example.com");
            assertThat(inside.members().groups(member.id()))
                    .extracting(Group::xmlId)
                    .contains("base.group_sale_manager", "stock.group_stock_manager", Group.USER);
            assertThat(fixture.saas
                            .access()
                            .redeem(
                                    "client-001.example.com",
                                    created.signInLink().token()))
                    .isEmpty();
            assertThat(inside.members().authenticate("client-email@example.com", Fixture.PASSWORD, null))
                    .isEmpty();
        }
    }
}
