// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.template;

import dev.allotment.Template;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.OperationMarkers;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.spi.backend.StoredOperation;
import java.util.List;
import java.util.Optional;

/** Turns a foreign database into a template, and sets a plan to it. */
public final class AdoptTemplateSaga extends TemplateSaga {
    public AdoptTemplateSaga(CoreContext context, DatabaseServers servers, TenantContent content) {
        super(context, servers, content);
    }

    @Override
    public List<Step<Optional<Template>>> steps() {
        return List.of(
                new Step<>("adopted", this::adopt).undoneBy(this::release),
                new Step<Optional<Template>>("configured", this::configure).lastingLong());
    }

    private Optional<Template> adopt(StoredOperation operation, Optional<Template> found) {
        Template template = known(operation, found);
        Abilities.adoption(databases(operation, template)).adopt(DatabaseRefs.of(template));
        return Optional.of(template);
    }

    private Optional<Template> configure(StoredOperation operation, Optional<Template> found) {
        Template template = known(operation, found);
        databaseSetup.fillAdopted(operation, databases(operation, template), DatabaseRefs.of(template), tx -> {
            if (!OperationMarkers.has(tx, operation)) {
                databaseSetup.addBase(tx, template.lang(), template.tz());
                OperationMarkers.put(tx, operation);
            }
            return true;
        });
        return Optional.of(template);
    }

    private void release(StoredOperation operation) {
        Template template = template(operation);
        DatabaseRemoval.release(databases(operation, template), DatabaseRefs.of(template));
    }

    @Override
    public void retractLateEffects(StoredOperation operation, Optional<Template> found) {
        found.ifPresent(
                template -> reconciliation.reconcileAdopted(operation, template.serverId(), DatabaseRefs.of(template)));
    }
}
