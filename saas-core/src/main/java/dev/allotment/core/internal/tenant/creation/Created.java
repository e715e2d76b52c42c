// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.User;
import dev.allotment.access.MemberId;
import dev.allotment.core.internal.addon.AddonVersions;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.AttributeRules;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.database.DatabaseSetup;
import dev.allotment.core.internal.operation.InputCodec;
import dev.allotment.core.internal.operation.InputCodec.Secret;
import dev.allotment.core.internal.plan.PlanVersions;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.core.internal.server.RequiredLabels;
import dev.allotment.core.internal.spare.SourceChoice;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The origin of a tenant that has no content of another one. */
sealed interface Created extends Origin permits Empty, FromTemplate, FromSpare {
    InputCodec<Wanted> WANTED = InputCodec.of(Wanted.class);

    /**
     * What a tenant that is created gets, regardless of what it is made from.
     *
     * @param notifyOwner whether the owner is notified
     * @param adminLogin the login of member 2; null: it stays
     * @param adminHash the hash of its password; null: it has none
     */
    record Wanted(
            boolean notifyOwner,
            @Secret @Nullable String adminLogin,
            @Secret @Nullable String adminHash) {}

    /**
     * Reserves a tenant, and the spare that it is made from if there is one.
     *
     * @param hash of the administrator's password; null: there is no administrator, or the request seemed to be a
     *     repeated one
     */
    static Reservation.Draft reserve(Reservation reservation, CreateTenant command, @Nullable String hash) {
        Actor actor = reservation.actor();
        Transaction tx = reservation.tx();
        CreationTools tools = reservation.tools();
        Supplier<User> owning =
                command.plan() == null && command.owner() == null ? null : reservation.ownerLater(command.owner());
        Plan plan = command.plan() == null ? null : PlanVersions.plan(tx, command.plan());
        if (plan == null && command.administrator() == null) {
            throw SaasException.invalid(
                    ErrorCodes.ACCOUNT_INVALID,
                    "A database outside any plan needs an administrator: give a login and a password.");
        }
        User owner = owning == null ? null : owning.get();
        Reservation.Terms terms =
                Reservation.Terms.on(plan, owner, command.customer(), command.trial(), command.name());
        actor.requireInScope(terms.customer(), plan == null ? null : plan.id());
        requireOwnerInScope(actor, owner);
        terms = terms.with(
                AttributeRules.changed(actor, Map.of(), command.attributes(), ErrorCodes.CONFIGURATION_INVALID));
        Supplier<Template> template =
                plan == null || plan.templateId() == null ? null : templateLater(tx, plan.templateId());
        RequiredLabels required = reservation.admit(terms);
        ServerId pinned = plan == null ? null : plan.serverId();
        SourceChoice.Choice choice = template == null
                ? null
                : tools.sources().choose(tx, template.get(), pinned, required, command.uuid() == null);
        ServerId server = choice == null ? tools.placement().choose(tx, pinned, required) : choice.server();
        Spare spare = choice == null ? null : choice.spare();
        StoredTenant.Builder tenant = reservation
                .reserve(terms, server, uuid(reservation, command, spare), spare == null ? null : spare.name())
                .expiresAt(
                        plan == null || !command.trial()
                                ? null
                                : tools.context().now().plus(Duration.ofHours(plan.trialHours())));
        if (command.lang() != null) {
            tenant.lang(TextRules.lang(command.lang(), ErrorCodes.CONFIGURATION_INVALID));
        }
        Origin origin = choice == null ? new Empty() : from(choice, tools, tenant);
        Map<String, String> input = WANTED.write(wanted(command, owner, hash));
        return Reservation.draft(terms, tenant, origin, input, spare != null);
    }

    private static Origin from(SourceChoice.Choice choice, CreationTools tools, StoredTenant.Builder tenant) {
        Template template = choice.template();
        Spare spare = choice.spare();
        tenant.schemaVersion(template.schemaVersion());
        List<String> outdated = tools.content().addons().registry().newerThan(template);
        if (outdated.isEmpty()) {
            tenant.addonVersions(AddonVersions.of(template));
        }
        TemplateId unfinished = template.state() == TemplateState.READY ? null : template.id();
        return spare == null
                ? new FromTemplate(template.name(), template.uuid(), unfinished, outdated)
                : new FromSpare(spare.name(), spare.uuid(), template.name(), template.uuid(), outdated);
    }

    private static Supplier<Template> templateLater(Transaction tx, TemplateId id) {
        Supplier<Optional<Template>> found = tx.records(RecordTypes.TEMPLATES).findLater(id.value());
        return () -> requireReady(
                found.get().orElseThrow(() -> RecordLookup.missing(RecordTypes.TEMPLATES, "Template", id.value())));
    }

    private static Template requireReady(Template template) {
        if (template.state() != TemplateState.READY) {
            throw SaasException.conflict(
                    ErrorCodes.TEMPLATE_NOT_READY,
                    "Template \"" + template.name() + "\" is not ready; "
                            + (template.reserved() ? "build it" : "wait until it is built")
                            + ", or choose another.");
        }
        return template;
    }

    /** An identity from the caller must be unused; a generated one is. */
    private static UUID uuid(Reservation reservation, CreateTenant command, @Nullable Spare spare) {
        UUID uuid = command.uuid();
        if (uuid == null) {
            return spare == null ? reservation.tools().context().secrets().uuid() : spare.uuid();
        }
        Filter<Object> same = Filter.equal(RecordField.named("uuid"), uuid);
        if (reservation.tx().records(RecordTypes.TENANTS).count(same) > 0
                || reservation.tx().records(RecordTypes.TEMPLATES).count(same) > 0) {
            throw SaasException.conflict(
                    ErrorCodes.TENANT_NAME_TAKEN,
                    "Another tenant or a template already has the identity " + uuid + "; choose another one.");
        }
        return uuid;
    }

    /** Otherwise a key for one customer could give a database, and its data, to another one. */
    private static void requireOwnerInScope(Actor actor, @Nullable User owner) {
        if (owner != null && actor.scope().customer() != null && !owner.equals(actor.user())) {
            actor.requireInScope(owner.customerId(), null);
        }
    }

    private static Wanted wanted(CreateTenant command, @Nullable User owner, @Nullable String hash) {
        CreateTenant.Administrator administrator = command.administrator();
        if (administrator == null) {
            return new Wanted(command.notifyOwner(), null, null);
        }
        if (hash == null) {
            // Hashing would keep the locks of this transaction for too long.
            throw SaasException.unavailable(
                    ErrorCodes.OPERATION_IN_PROGRESS,
                    "The request with this idempotency key has just failed; repeat it.",
                    null);
        }
        String login = TextRules.login(administrator.login());
        if (login.equals(Actor.SYSTEM_LOGIN) || (owner != null && login.equals(owner.login()))) {
            throw SaasException.conflict(
                    ErrorCodes.ACCOUNT_LOGIN_TAKEN,
                    "The administrator of a tenant database cannot have the login of its owner, or the system's.");
        }
        return new Wanted(command.notifyOwner(), login, hash);
    }

    @Override
    default boolean takesLong() {
        return false;
    }

    /** A spare gets its owner when it is claimed. */
    @Override
    default NewTenant configure(Creation creation) {
        if (creation.known().open()) {
            return creation.known();
        }
        Filling filling = Filling.of(creation, this);
        Databases databases = creation.databases();
        return creation.filled(() -> databases.<Optional<MemberId>>transact(creation.target(), tx -> {
            Creation.deferDurability(tx, databases);
            return filling.in(tx);
        }));
    }

    @Override
    default Consumer<DatabaseTransaction> filling(Creation creation) {
        Wanted wanted = WANTED.read(creation.operation());
        return tx -> {
            if (wanted.adminLogin() != null) {
                DatabaseSetup.setAdministrator(tx, wanted.adminLogin(), wanted.adminHash());
            }
        };
    }

    @Override
    default EventType event() {
        return EventType.TENANT_CREATED;
    }

    @Override
    default Map<String, String> eventDetails(Creation creation) {
        return Map.of(
                "name",
                creation.tenant().name(),
                "plan",
                String.valueOf(creation.tenant().planId()),
                "notify",
                Boolean.toString(WANTED.read(creation.operation()).notifyOwner()));
    }
}
