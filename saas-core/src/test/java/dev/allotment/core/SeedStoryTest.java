// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.CreatedTenant;
import dev.allotment.Group;
import dev.allotment.Member;
import dev.allotment.Plan;
import dev.allotment.TenantDatabase;
import dev.allotment.TenantState;
import dev.allotment.Upgrade;
import dev.allotment.Upgraded;
import dev.allotment.User;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The main job")
final class SeedStoryTest {
    @TempDir
    Path addons;

    @Test
    @DisplayName("A client signs up, gets a database, has it configured, and is let in once")
    void wholeStory() {
        Fixture.addon(
                addons,
                "stock",
                "version=1.0\ntitle=Stock\ngroup.group_stock_manager=Manager\n",
                Map.of("1.0.sql", "create table stock_move (id int)"));
        Fixture.addon(
                addons,
                "sale",
                "version=1.1\ntitle=Sale\ngroup.base.group_sale_manager=Manager\n",
                Map.of("1.0.sql", "create table sale_order (id int)", "1.1.sql", "alter table sale_order add x int"));
        Fixture.addon(addons, "point_of_sale", "version=1.0\ntitle=PoS\ndepends=sale, stock\n", Map.of());
        try (Fixture fixture = new Fixture(addons)) {
            User owner = fixture.signUp("client-email@example.com");
            assertThat(fixture.saas.accounts().authenticate("client-email@example.com", Fixture.PASSWORD, null))
                    .hasValueSatisfying(user -> assertThat(user.id()).isEqualTo(owner.id()));
            Plan plan = fixture.plan();

            CreatedTenant created =
                    fixture.saas.tenants().create(CreateTenant.on(plan).ownedBy(owner));

            assertThat(created.tenant().state()).isEqualTo(TenantState.OPEN);
            assertThat(created.tenant().name()).isEqualTo("client-001.example.com");
            assertThat(Objects.requireNonNull(created.entry()).url().toString())
                    .startsWith("http://client-001.example.com:8069/saas_client/new_database?access_token=");

            Upgraded upgraded = fixture.saas
                    .configuration()
                    .apply(
                            created.tenant().id(),
                            Upgrade.builder()
                                    .install("sale", "point_of_sale", "stock")
                                    .grantOwner("base.group_sale_manager", "stock.group_stock_manager", "no.such_group")
                                    .hiddenParam("saas_client.max_users", "10")
                                    .build());

            assertThat(upgraded.installed()).containsExactly("sale", "stock", "point_of_sale");
            assertThat(upgraded.unknownGroupsToGrant()).containsExactly("no.such_group");
            assertThat(upgraded.tenant().maxUsers()).isEqualTo(10);
            TenantDatabase inside = fixture.saas.database("client-001.example.com");
            Member member = fixture.saas
                    .access()
                    .redeem("client-001.example.com", created.entry().token())
                    .orElseThrow()
                    .member();
            assertThat(member.login()).isEqualTo("client-email@example.com");
            assertThat(inside.members().groups(member.id()))
                    .extracting(Group::xmlId)
                    .contains("base.group_sale_manager", "stock.group_stock_manager", Group.USER);
            assertThat(fixture.saas
                            .access()
                            .redeem("client-001.example.com", created.entry().token()))
                    .isEmpty();
            assertThat(inside.members().authenticate("client-email@example.com", Fixture.PASSWORD, null))
                    .isEmpty();
        }
    }
}
