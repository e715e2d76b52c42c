// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.template;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Templates that are only a name so far. */
final class TemplateReservations {
    private TemplateReservations() {}

    /** @param server where it is counted until it is built */
    static Template reserved(TemplateId id, String name, UUID uuid, ServerId server, Instant now) {
        return new Template(
                id,
                name,
                uuid,
                server,
                TemplateState.DRAFT,
                List.of(),
                "",
                "",
                false,
                now,
                uuid,
                0,
                "",
                List.of(),
                null);
    }

    /** The reserved template that a plan is set to, locked. */
    static Optional<Template> of(Transaction tx, Plan plan) {
        return Optional.ofNullable(plan.templateId())
                .flatMap(id -> tx.records(RecordTypes.TEMPLATES).lock(id.value()))
                .filter(Template::reserved);
    }

    /** Deletes a template that is only a name. Returns false if it is more than that. */
    static boolean withdrawn(Transaction tx, Template template) {
        Optional<Template> locked =
                tx.records(RecordTypes.TEMPLATES).lock(template.id().value()).filter(Template::reserved);
        locked.ifPresent(each -> {
            requireUnused(tx, each);
            forget(tx, each);
        });
        return locked.isPresent();
    }

    /** Undoes the first build: a plan that is set to the template keeps the name. */
    static void unbuilt(Transaction tx, Template template) {
        if (template.version() == 1 && isUsed(tx, template)) {
            tx.records(RecordTypes.TEMPLATES)
                    .update(reserved(
                            template.id(),
                            template.name(),
                            template.uuid(),
                            template.serverId(),
                            template.createdAt()));
        } else {
            forget(tx, template);
        }
    }

    private static void forget(Transaction tx, Template template) {
        ReservedNames.release(tx, template.name(), template.uuid(), null);
        tx.records(RecordTypes.TEMPLATES).delete(template.id().value());
    }

    /** @throws SaasException {@code template.in-use} */
    static void requireUnused(Transaction tx, Template template) {
        if (isUsed(tx, template)) {
            throw SaasException.conflict(
                    ErrorCodes.TEMPLATE_IN_USE,
                    "Template \"" + template.name() + "\" is used by a plan; set the plan to another template first.");
        }
    }

    private static boolean isUsed(Transaction tx, Template template) {
        return tx.records(RecordTypes.PLANS).count(Filter.equal(Plan.TEMPLATE_ID, template.id())) > 0;
    }
}
