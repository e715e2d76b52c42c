// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.template;

import dev.allotment.Template;
import dev.allotment.core.internal.addon.AddonInstaller;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.OperationMarkers;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.StoredOperation;
import java.util.List;
import java.util.Optional;

/** Builds the database of a template, and sets its plan to it. */
public final class BuildTemplateSaga extends TemplateSaga {
    private final TenantContent content;

    public BuildTemplateSaga(CoreContext context, DatabaseServers servers, TenantContent content) {
        super(context, servers, content);
        this.content = content;
    }

    @Override
    public List<Step<Optional<Template>>> steps() {
        return List.of(
                new Step<>("database", this::create).undoneBy(this::discard),
                new Step<Optional<Template>>("configured", this::configure).lastingLong(),
                new Step<Optional<Template>>("migrated", this::migrate).lastingLong());
    }

    private Optional<Template> create(StoredOperation operation, Optional<Template> found) {
        Template template = known(operation, found);
        databases(operation, template).create(DatabaseRefs.of(template));
        return Optional.of(template);
    }

    private Optional<Template> configure(StoredOperation operation, Optional<Template> found) {
        Template template = known(operation, found);
        Databases databases = databases(operation, template);
        DatabaseRef ref = DatabaseRefs.of(template);
        // Not in one transaction with scripts: a backend that restarts the transaction at a script has used up the
        // first numbers by then.
        databaseSetup.first(
                operation,
                databases,
                ref,
                () -> databases.transact(ref, tx -> {
                    databaseSetup.addBase(tx, template.lang(), template.tz());
                    return null;
                }));
        AddonInstaller installer = content.addons().on(template.serverId());
        databases.configure(ref, tx -> {
            if (!OperationMarkers.has(tx, operation)) {
                installer.install(tx, template.addons());
                // In every copy, the owner's groups are granted already.
                databaseSetup.addOwnerPlaceholder(tx, template.lang(), template.tz());
                OperationMarkers.put(tx, operation);
            }
            return null;
        });
        return Optional.of(template);
    }

    private Optional<Template> migrate(StoredOperation operation, Optional<Template> found) {
        Template template = known(operation, found);
        return Optional.of(
                content.migrations().version() == null
                        ? template
                        : template.withSchemaVersion(content.migrations()
                                .migrateClosed(operation, template.serverId(), DatabaseRefs.of(template))));
    }

    private void discard(StoredOperation operation) {
        Template template = template(operation);
        DatabaseRemoval.discard(databases(operation, template), DatabaseRefs.of(template));
    }

    @Override
    public void retractLateEffects(StoredOperation operation, Optional<Template> found) {
        found.ifPresent(
                template -> reconciliation.reconcile(operation, template.serverId(), DatabaseRefs.of(template)));
    }
}
