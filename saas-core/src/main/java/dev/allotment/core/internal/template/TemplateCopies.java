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
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationRunner;
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
 * The databases that one template has on several servers. All of them have the same family and version, and differ in server
 * and identity; if there is none on a server that gets a database of it, one is built.
 */
public final class TemplateCopies {
    /** For whoever waits for another to build one. */
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private static final int ATTEMPTS = 3;

    private final CoreContext context;
    private final OperationLeases operationLeases;
    private final OperationRunner operationRunner;
    private final OperationAwaiter operationAwaiter;
    private final BuildTemplateSaga buildTemplateSaga;

    public TemplateCopies(
            CoreContext context,
            OperationLeases operationLeases,
            OperationRunner operationRunner,
            OperationAwaiter operationAwaiter,
            BuildTemplateSaga buildTemplateSaga) {
        this.context = context;
        this.operationLeases = operationLeases;
        this.operationRunner = operationRunner;
        this.operationAwaiter = operationAwaiter;
        this.buildTemplateSaga = buildTemplateSaga;
    }

    /** Finds the template's database on a server, or starts to build one: the caller then calls {@link #makeReady}. */
    public Template on(Transaction tx, Template template, ServerId server) {
        Optional<Template> known = find(tx, template, server);
        if (known.isEmpty()) {
            // Under the lock of what it is a sibling of, so that two do not both begin one.
            tx.records(RecordTypes.TEMPLATES).lock(template.id().value());
            known = find(tx, template, server);
        }
        return known.isPresent() ? known.get() : start(tx, template, server);
    }

    private static Optional<Template> find(Transaction tx, Template template, ServerId server) {
        return siblings(tx, template).stream()
                .filter(each -> each.serverId().equals(server))
                .findFirst();
    }

    /** All databases of the same family and generation, itself included, the oldest first. */
    public static List<Template> siblings(Transaction tx, Template template) {
        return tx.records(RecordTypes.TEMPLATES)
                .list(Query.where(Filter.and(
                                Filter.equal(Template.FAMILY, template.family()),
                                Filter.equal(Template.VERSION, template.version())))
                        .orderBy(Template.ID));
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
                        template.versions()));
        // Nobody's yet: whoever needs it first takes it, on whatever node.
        OperationLeases.start(
                tx,
                operationLeases
                        .draft(OperationKind.BUILD_TEMPLATE, Actor.HOST)
                        .templateId(draft.id())
                        .leaseUntil(Instant.EPOCH)
                        .build());
        return draft;
    }

    /**
     * Returns when a template's database is ready: builds it where nobody does, or waits for whoever does.
     *
     * @throws SaasException {@code template.not-ready} where it cannot be built
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
                operationRunner.takeOver(operation, buildTemplateSaga);
                operationAwaiter.awaitWorker(operation.id(), TIMEOUT);
            }
        }
        throw new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.TEMPLATE_NOT_READY,
                "The template could not be built on the database server that was chosen; try again, or set the plan to"
                        + " another server.",
                Map.of("template", id.toString()),
                true,
                null);
    }
}
