// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.template;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.OperationAwaiter;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The databases of one template on several servers. They share family and version, and differ in server and identity.
 * If a server that gets a tenant has none, one is built.
 */
public final class TemplateCopies {
    /** For callers that wait for another one to build. */
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private static final int ATTEMPTS = 3;

    private final CoreContext context;
    private final OperationEngine operations;
    private final OperationAwaiter operationAwaiter;
    private final BuildTemplateSaga buildTemplateSaga;

    public TemplateCopies(CoreContext context, OperationEngine operations, BuildTemplateSaga buildTemplateSaga) {
        this.context = context;
        this.operations = operations;
        this.operationAwaiter = operations.awaiter();
        this.buildTemplateSaga = buildTemplateSaga;
    }

    /**
     * Finds the template's database on a server among its siblings, or starts to build one. The caller then calls
     * {@link #makeReady}.
     */
    public Template on(Transaction tx, Template template, List<Template> siblings, ServerId server) {
        return find(siblings, server).orElseGet(() -> {
            // Under the lock of the original, so that two callers do not both start to build.
            tx.records(RecordTypes.TEMPLATES).lock(template.id().value());
            return find(siblings(tx, template), server).orElseGet(() -> start(tx, template, server));
        });
    }

    private static Optional<Template> find(List<Template> siblings, ServerId server) {
        return siblings.stream().filter(each -> each.serverId().equals(server)).findFirst();
    }

    /** All databases of the same family and version, including the given one, the oldest first. */
    public static List<Template> siblings(Transaction tx, Template template) {
        return tx.records(RecordTypes.TEMPLATES)
                .list(Query.where(sameVersion(template)).orderBy(Template.ID));
    }

    /** Selects the {@link #siblings}. */
    public static Filter<Template> sameVersion(Template template) {
        return Filter.and(
                Filter.equal(Template.FAMILY, template.family()), Filter.equal(Template.VERSION, template.version()));
    }

    private Template start(Transaction tx, Template template, ServerId server) {
        UUID uuid = context.secrets().uuid();
        String name = template.name().replaceFirst("-[0-9a-f]{8}$", "") + "-"
                + uuid.toString().substring(0, 8);
        ReservedNames.reserve(tx, name, uuid, context.now());
        Template draft = tx.records(RecordTypes.TEMPLATES)
                .insert(new Template(
                        new TemplateId(0),
                        name,
                        uuid,
                        server,
                        TemplateState.DRAFT,
                        template.addons(),
                        template.lang(),
                        template.tz(),
                        template.demo(),
                        context.now(),
                        template.family(),
                        template.version(),
                        template.hash(),
                        template.versions(),
                        null));
        // Without a node: the first caller that needs it takes it, on any node.
        OperationLeases.start(
                tx,
                operations
                        .draft(OperationKind.BUILD_TEMPLATE, Actor.HOST)
                        .templateId(draft.id())
                        .leaseUntil(Instant.EPOCH)
                        .build());
        return draft;
    }

    /**
     * Returns when a template's database is ready: builds it, or waits for the node that builds it.
     *
     * @throws SaasException {@code template.not-ready} if it cannot be built
     */
    public void makeReady(TemplateId id) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Optional<Template> template = context.catalog()
                    .transact(tx -> tx.records(RecordTypes.TEMPLATES).find(id.value()));
            if (template.isEmpty()) {
                break;
            }
            if (template.get().state() == TemplateState.READY) {
                return;
            }
            List<StoredOperation> building = new ArrayList<>(context.catalog()
                    .transact(tx -> tx.records(RecordTypes.OPERATIONS)
                            .list(Query.where(Filter.and(
                                    Filter.equal(StoredOperation.TEMPLATE_ID, id),
                                    Filter.equal(StoredOperation.KIND, OperationKind.BUILD_TEMPLATE),
                                    Filter.equal(StoredOperation.STATE, OperationState.RUNNING))))));
            for (StoredOperation operation : building) {
                operations.takeOver(operation, buildTemplateSaga);
                operationAwaiter.awaitWorker(operation.id(), TIMEOUT);
            }
        }
        throw new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.TEMPLATE_NOT_READY,
                "The template could not be built on the chosen database server; try again, or set the plan to"
                        + " another server.",
                Map.of("template", id.toString()),
                true,
                null);
    }
}
