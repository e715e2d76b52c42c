// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.TenantId;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FailureBudgetTest {
    private static FailureBudget budget(Campaign.Builder campaign) {
        return new FailureBudget(campaign.build());
    }

    private static void fail(FailureBudget budget, int from, int to) {
        for (int id = from; id <= to; id++) {
            budget.failed(new TenantId(id), "tenant-" + id + ": full");
        }
    }

    @Test
    void allowsAsManyFailuresAsTheCampaign() {
        FailureBudget budget = budget(Campaign.of(CampaignChange.schema()).maxFailures(2));
        fail(budget, 1, 2);
        assertThat(budget.tooMany()).isFalse();
        fail(budget, 3, 3);
        assertThat(budget.tooMany()).isTrue();
    }

    @Test
    void aPercentageCountsFromTwentyTenantsOn() {
        FailureBudget budget =
                budget(Campaign.of(CampaignChange.schema()).maxFailures(null).maxFailurePercent(10));
        fail(budget, 1, 3);
        for (int id = 10; id < 26; id++) {
            budget.changed(new TenantId(id));
        }
        assertThat(budget.counted()).isEqualTo(19);
        assertThat(budget.tooMany()).as("of 19 tenants").isFalse();
        budget.changed(new TenantId(26));
        assertThat(budget.tooMany()).as("3 of 20 tenants").isTrue();
        for (int id = 30; id < 40; id++) {
            budget.changed(new TenantId(id));
        }
        assertThat(budget.tooMany()).as("3 of 30 tenants").isFalse();
    }

    @Test
    void judgesWhatWasTriedSinceTheCampaignWasContinued() {
        FailureBudget budget = budget(Campaign.of(CampaignChange.schema()).maxFailures(2));
        budget.start(7, Set.of(new TenantId(1), new TenantId(2), new TenantId(3)), 0, 0);
        assertThat(budget.tooMany()).isFalse();
        assertThat(budget.failed()).isEqualTo(3);
        assertThat(budget.done()).isEqualTo(7);
        assertThat(budget.counted()).isZero();

        budget.changed(new TenantId(1));
        assertThat(budget.failed()).as("the last attempt succeeded").isEqualTo(2);
        assertThat(budget.done()).isEqualTo(8);
        assertThat(budget.counted()).isEqualTo(1);
    }

    @Test
    void knowsWhetherACanaryHasFailed() {
        FailureBudget budget =
                budget(Campaign.of(CampaignChange.schema()).canaries(2).maxFailures(5));
        budget.start(1, Set.of(new TenantId(2)), 1, 1);
        assertThat(budget.hasFailedCanary()).isTrue();
        budget.start(2, Set.of(new TenantId(3)), 2, 1);
        assertThat(budget.hasFailedCanary()).as("the third tenant is none").isFalse();
    }

    @Test
    void namesTheFirstTenFailures() {
        FailureBudget budget = budget(Campaign.of(CampaignChange.schema()));
        assertThat(budget.reasons()).isEqualTo("Done: 0, failed: 0.");
        fail(budget, 1, 12);
        assertThat(budget.reasons())
                .startsWith("Done: 0, failed: 12. tenant-1: full")
                .endsWith("tenant-10: full");
    }
}
