// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.fleet.Campaign;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which tenants a campaign is about. */
final class CampaignTenants {
    /** The tenants with a database that is in use. */
    static final Filter<StoredTenant> IN_USE =
            Filter.in(StoredTenant.STATE, List.of(TenantState.OPEN, TenantState.SUSPENDED));

    private CampaignTenants() {}

    static Filter<StoredTenant> selected(Campaign campaign) {
        List<Filter<StoredTenant>> all = new ArrayList<>();
        all.add(IN_USE);
        campaign.tags().forEach(tag -> all.add(Filter.tagged(tag)));
        if (campaign.plan() != null) {
            all.add(Filter.equal(StoredTenant.PLAN_ID, campaign.plan()));
        }
        if (campaign.server() != null) {
            all.add(Filter.equal(StoredTenant.SERVER_ID, campaign.server()));
        }
        if (campaign.customer() != null) {
            all.add(Filter.equal(StoredTenant.CUSTOMER_ID, campaign.customer()));
        }
        all.add(Filter.and(Filter.untyped(campaign.filter())));
        return Filter.and(all);
    }

    /** The tenants whose versions are outdated. They have few different ones, so there are few texts to judge. */
    static Filter<StoredTenant> whose(
            Transaction tx, RecordField<StoredTenant, String> versions, Predicate<@Nullable String> outdated) {
        List<@Nullable String> found = tx.records(RecordTypes.TENANTS).counts(versions, IN_USE).keySet().stream()
                .filter(outdated)
                .toList();
        return Filter.in(versions, found);
    }

    static Filter<StoredTenant> needingChange(Transaction tx, Campaign campaign, TenantWork work) {
        return Filter.and(selected(campaign), work.needingChange(tx));
    }

    static List<TenantId> ids(Transaction tx, Campaign campaign, TenantWork work) {
        return tx.records(RecordTypes.TENANTS).values(StoredTenant.ID, Query.where(needingChange(tx, campaign, work)));
    }

    static long count(Transaction tx, Campaign campaign, TenantWork work) {
        return tx.records(RecordTypes.TENANTS).count(needingChange(tx, campaign, work));
    }
}
