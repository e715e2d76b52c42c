// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.Server;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The databases that one template has on several servers. All of them bear the same family and generation, and differ in
 * server and identity; where there is none on a server that gets a database of it, one is built.
 */
final class Sites {
    /** For whoever waits for another to build one. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int ATTEMPTS = 3;

    private final ControlPlane plane;

    Sites(ControlPlane plane) {
        this.plane = plane;
    }

    /**
     * Where a new database goes, and what it is made of.
     *
     * @param template the template's database on that server; it may still have to be built
     * @param spare that it takes over; null: none, and the template is copied
     */
    record Choice(
            ServerId server, Template template, @Nullable Spare spare) {}

    /**
     * Chooses for one more database of a template. A spare is as good as placed already, so one is taken from whatever server
     * in service has it.
     *
     * @param pinned the only server that will do; null: any
     * @throws SaasException {@code server.none}, {@code server.full}, {@code template.not-ready}
     */
    Choice choose(Transaction tx, Template template, @Nullable ServerId pinned, boolean mayTakeSpare) {
        List<Template> ready = siblings(tx, template).stream()
                .filter(each -> each.state() == TemplateState.READY)
                .toList();
        List<Server> servers = plane.placement.ranked(tx, pinned);
        if (mayTakeSpare) {
            Optional<Choice> stocked = stocked(tx, ready, servers);
            if (stocked.isPresent()) {
                return stocked.get();
            }
        }
        ServerId server = plane.placement.choose(tx, where(template, ready, servers));
        return new Choice(server, on(tx, template, server).template(), null);
    }

    private Optional<Choice> stocked(Transaction tx, List<Template> ready, List<Server> servers) {
        Map<TemplateId, Template> here = new HashMap<>();
        for (Template template : ready) {
            boolean serves = servers.stream()
                    .anyMatch(server -> server.id().equals(template.serverId()) && !plane.fleet.seemsDown(server.id()));
            if (serves) {
                here.put(template.id(), template);
            }
        }
        if (here.isEmpty()) {
            return Optional.empty();
        }
        return SpareStock.take(tx, List.copyOf(here.keySet())).map(spare -> {
            Template template = here.getOrDefault(spare.templateId(), ready.get(0));
            return new Choice(spare.serverId(), template, spare);
        });
    }

    /** What was adopted cannot be built elsewhere, so only servers that have it will do. */
    private static List<Server> where(Template template, List<Template> ready, List<Server> servers) {
        if (!template.hash().isEmpty()) {
            return servers;
        }
        List<Server> holding = servers.stream()
                .filter(server ->
                        ready.stream().anyMatch(each -> each.serverId().equals(server.id())))
                .toList();
        if (holding.isEmpty()) {
            throw SaasException.conflict(
                    ErrorCodes.TEMPLATE_NOT_READY,
                    "Template \"" + template.name()
                            + "\" was adopted, so it cannot be built on another database server;"
                            + " and the one that has it takes no databases of this plan.");
        }
        return holding;
    }

    /**
     * The template's database on a server.
     *
     * @param begun null: it is there, or somebody else builds it; else an operation that nobody works on yet
     */
    record Site(Template template, @Nullable Operation begun) {}

    /** Finds the template's database on a server, or begins one: whoever needs it then calls {@link #makeReady}. */
    Site on(Transaction tx, Template template, ServerId server) {
        Optional<Template> known = find(tx, template, server);
        if (known.isEmpty()) {
            // Under the lock of what it is a sibling of, so that two do not both begin one.
            tx.records(RecordTypes.TEMPLATES).lock(template.id().value());
            known = find(tx, template, server);
        }
        return known.isPresent() ? new Site(known.get(), null) : begin(tx, template, server);
    }

    private static Optional<Template> find(Transaction tx, Template template, ServerId server) {
        return siblings(tx, template).stream()
                .filter(each -> each.serverId().equals(server))
                .findFirst();
    }

    /** All databases of the same family and generation, itself included, the oldest first. */
    static List<Template> siblings(Transaction tx, Template template) {
        return tx.records(RecordTypes.TEMPLATES)
                .list(Query.where(Filter.and(
                                Filter.equal(Template.FAMILY, template.family()), Filter.equal(Template.VERSION, template.version())))
                        .orderBy(Template.ID));
    }

    private Site begin(Transaction tx, Template template, ServerId server) {
        UUID uuid = plane.secrets.uuid();
        String name = template.name().replaceFirst("-[0-9a-f]{8}$", "") + "-"
                + uuid.toString().substring(0, 8);
        TenantRules.hold(tx, name, uuid, plane.now());
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
                        plane.now(),
                        template.family(),
                        template.version(),
                        template.hash(),
                        template.versions()));
        // Nobody's yet: whoever needs it first takes it, on whatever node.
        Operation begun = plane.sagas.begin(
                tx,
                plane.sagas
                        .draft(OperationKind.BUILD_TEMPLATE, Actor.HOST)
                        .templateId(draft.id())
                        .leaseUntil(Instant.EPOCH)
                        .build());
        return new Site(draft, begun);
    }

    /**
     * Returns when a template's database is ready: builds it where nobody does, or waits for whoever does.
     *
     * @throws SaasException {@code template.not-ready} where it cannot be built
     */
    void makeReady(TemplateId id) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Optional<Template> template = plane.catalog.transact(
                    tx -> tx.records(RecordTypes.TEMPLATES).find(id.value()));
            if (template.isEmpty()) {
                break;
            }
            if (template.get().state() == TemplateState.READY) {
                return;
            }
            List<Operation> building = new ArrayList<>(plane.catalog.transact(tx -> tx.records(RecordTypes.OPERATIONS)
                    .list(Query.where(Filter.and(
                            Filter.equal(Operation.TEMPLATE_ID, id),
                            Filter.equal(Operation.KIND, OperationKind.BUILD_TEMPLATE),
                            Filter.equal(Operation.STATE, OperationState.RUNNING))))));
            for (Operation operation : building) {
                plane.sagas.takeOver(operation);
                plane.sagas.awaitWorker(operation.id(), PATIENCE);
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
