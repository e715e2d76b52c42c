// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Filter;
import dev.allotment.Lookup;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.fleet.CampaignStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks up campaigns by the fields of their operations. */
final class CampaignRecords implements Lookup<OperationId, CampaignStatus> {
    private static final Filter<Object> CAMPAIGNS =
            Filter.untyped(Filter.equal(Operation.KIND, OperationKind.CAMPAIGN));

    private final Saas saas;

    CampaignRecords(Saas saas) {
        this.saas = saas;
    }

    @Override
    public Optional<CampaignStatus> find(OperationId id) {
        return list(Query.where(Filter.untyped(Filter.equal(Operation.ID, id)))).stream()
                .findFirst();
    }

    @Override
    public CampaignStatus get(OperationId id) {
        return saas.campaigns().status(id);
    }

    @Override
    public List<CampaignStatus> list(Query<? super CampaignStatus> query) {
        Administrators.require(saas);
        List<CampaignStatus> found = new ArrayList<>();
        Filter<Object> filter = Filter.and(CAMPAIGNS, Filter.untyped(query.filter()));
        saas.operations()
                .list(new Query<>(filter, query.order(), query.offset(), query.limit()))
                .forEach(operation -> found.add(get(operation.id())));
        return found;
    }

    @Override
    public long count(Filter<? super CampaignStatus> filter) {
        Administrators.require(saas);
        return saas.operations().count(Filter.and(CAMPAIGNS, Filter.untyped(filter)));
    }
}
