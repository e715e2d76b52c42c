// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.spi.DatabaseRef;
import dev.allotment.spi.RecordTypes;
import dev.allotment.spi.Spare;
import dev.allotment.spi.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Ready copies of templates. Taking one is a matter of the catalog: the tenant gets the spare's identity, and its database
 * only a new name.
 */
final class SpareStock {
    private static final Logger LOG = System.getLogger("dev.allotment.maintenance");
    private static final int MOST_AT_ONCE = 3;
    private static final String SPARE = "spare";

    private final ControlPlane plane;

    SpareStock(ControlPlane plane) {
        this.plane = plane;
    }

    /** Takes a spare for good, in the transaction that reserves a tenant; none is waited for. */
    static Optional<Spare> take(Transaction tx, TemplateId template) {
        Filter ready = Filter.and(Filter.equal("templateId", template), Filter.equal("ready", true));
        Optional<Spare> spare =
                tx.records(RecordTypes.SPARES).lockFree(Query.where(ready).page(0, 1));
        spare.ifPresent(each -> tx.records(RecordTypes.SPARES).delete(each.id()));
        return spare;
    }

    /** Makes what is missing and throws away what no plan wants any more; a little at a time. */
    int tend() {
        Map<TemplateId, Integer> wanted = new HashMap<>();
        for (Plan plan : plane.catalog.transact(tx -> tx.records(RecordTypes.PLANS)
                .list(Query.where(Filter.and(
                        Filter.notEqual("templateId", null), Filter.compare("spares", Filter.Operator.GREATER, 0)))))) {
            TemplateId template = plan.templateId();
            if (template != null) {
                wanted.merge(template, plan.spares(), Integer::sum);
            }
        }
        return discardUnwanted(wanted) + make(wanted);
    }

    private int discardUnwanted(Map<TemplateId, Integer> wanted) {
        Filter ready = Filter.equal("ready", true);
        int done = 0;
        for (Spare spare :
                plane.catalog.transact(tx -> tx.records(RecordTypes.SPARES).list(Query.where(ready)))) {
            if (!wanted.containsKey(spare.templateId()) && done < MOST_AT_ONCE) {
                done += discard(spare) ? 1 : 0;
            }
        }
        return done;
    }

    /** Once the operation is begun nobody can take it any more. */
    private boolean discard(Spare spare) {
        Optional<Operation> begun = plane.catalog.transact(tx -> tx.records(RecordTypes.SPARES)
                .lockFree(Query.where(Filter.and(Filter.equal("id", spare.id()), Filter.equal("ready", true))))
                .map(free -> {
                    tx.records(RecordTypes.SPARES).update(withReady(free, false));
                    return begin(tx, OperationKind.DELETE_SPARE, free);
                }));
        return begun.isPresent() && run(begun.get(), new DeleteSpareSaga(plane));
    }

    private int make(Map<TemplateId, Integer> wanted) {
        int done = 0;
        for (Map.Entry<TemplateId, Integer> each : wanted.entrySet()) {
            for (int i = 0; i < MOST_AT_ONCE; i++) {
                Optional<Operation> begun = plane.catalog.transact(tx -> begin(tx, each.getKey(), each.getValue()));
                if (begun.isEmpty()) {
                    break;
                }
                if (!run(begun.get(), new BuildSpareSaga(plane))) {
                    break;
                }
                done++;
            }
        }
        return done;
    }

    /** Under the template's lock, so that two nodes do not both make the last one. */
    private Optional<Operation> begin(Transaction tx, TemplateId id, int most) {
        Optional<Template> template =
                tx.records(RecordTypes.TEMPLATES).lock(id.value()).filter(each -> each.state() == TemplateState.READY);
        if (template.isEmpty() || tx.records(RecordTypes.SPARES).count(Filter.equal("templateId", id)) >= most) {
            return Optional.empty();
        }
        UUID uuid = plane.secrets.uuid();
        String name = "spare-" + uuid.toString().substring(0, 13);
        TenantRules.hold(tx, name, uuid, plane.now());
        Spare spare = tx.records(RecordTypes.SPARES)
                .insert(new Spare(0, uuid, name, id, template.get().serverId(), false, plane.now()));
        return Optional.of(begin(tx, OperationKind.BUILD_SPARE, spare));
    }

    private Operation begin(Transaction tx, OperationKind kind, Spare spare) {
        return plane.sagas.begin(
                tx,
                plane.sagas
                        .draft(kind, Actor.HOST)
                        .templateId(spare.templateId())
                        .input(Map.of(SPARE, Long.toString(spare.id())))
                        .build());
    }

    /** A failure is not the end of the maintenance: the operation is undone, or left for a later call. */
    private boolean run(Operation operation, Saga saga) {
        try {
            plane.sagas.run(operation, saga);
            return true;
        } catch (SaasException e) {
            LOG.log(Level.WARNING, "Operation " + operation.id() + " on a spare database failed: " + e.getMessage());
            return false;
        }
    }

    /** The spare that an operation is about. */
    static Spare spare(Transaction tx, Operation operation) {
        long id = Long.parseLong(operation.input().getOrDefault(SPARE, "0"));
        return tx.records(RecordTypes.SPARES)
                .lock(id)
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.SPARES, "Spare", id));
    }

    static DatabaseRef ref(Spare spare) {
        return new DatabaseRef(spare.name(), spare.uuid());
    }

    static Spare withReady(Spare spare, boolean ready) {
        return new Spare(
                spare.id(), spare.uuid(), spare.name(), spare.templateId(), spare.serverId(), ready, spare.createdAt());
    }

    static boolean forget(Transaction tx, Spare spare) {
        TenantRules.release(tx, spare.name(), spare.uuid(), null);
        return tx.records(RecordTypes.SPARES).delete(spare.id());
    }
}
