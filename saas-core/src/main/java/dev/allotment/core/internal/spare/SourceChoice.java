// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.spare;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.server.Placement;
import dev.allotment.core.internal.server.RequiredLabels;
import dev.allotment.core.internal.template.TemplateCopies;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.Transaction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Chooses the server of a new database and what it is made from: a spare, or a template. */
public final class SourceChoice {
    private final DatabaseServers servers;
    private final TemplateCopies templateCopies;
    private final ClaimStatistics statistics = new ClaimStatistics();

    public SourceChoice(DatabaseServers servers, TemplateCopies templateCopies) {
        this.servers = servers;
        this.templateCopies = templateCopies;
    }

    /** The databases of templates on several servers, from which databases are copied. */
    public TemplateCopies copies() {
        return templateCopies;
    }

    /** How often there was a spare. */
    public ClaimStatistics statistics() {
        return statistics;
    }

    /**
     * A server for a new database, and what the database is made from.
     *
     * @param template the template's database on that server; it may still have to be built
     * @param spare the spare to claim; null: none, and the template is copied
     */
    public record Choice(
            ServerId server, Template template, @Nullable Spare spare) {}

    /**
     * Chooses for one more database of a template. A spare is placed already, so a spare on any active server is
     * preferred.
     *
     * @param pinned the only acceptable server; null: any
     * @param required the labels that the server must have
     * @throws SaasException {@code server.none}, {@code server.labels-missing}, {@code server.full}, {@code
     *     template.not-ready}
     */
    public Choice choose(
            Transaction tx,
            Template template,
            @Nullable ServerId pinned,
            RequiredLabels required,
            boolean mayTakeSpare) {
        List<Template> siblings = TemplateCopies.siblings(tx, template);
        List<Template> ready = siblings.stream()
                .filter(each -> each.state() == TemplateState.READY)
                .toList();
        List<Server> servers = this.servers.placement().ranked(tx, pinned, required);
        if (mayTakeSpare) {
            Optional<Choice> claimed = claimed(tx, ready, servers, required);
            if (claimed.isPresent()) {
                return claimed.get();
            }
        }
        ServerId server = this.servers.placement().choose(tx, where(template, ready, servers), required);
        return new Choice(server, templateCopies.on(tx, template, siblings, server), null);
    }

    private Optional<Choice> claimed(
            Transaction tx, List<Template> ready, List<Server> servers, RequiredLabels required) {
        Map<TemplateId, Template> here = new HashMap<>();
        for (Template template : ready) {
            boolean serves = servers.stream()
                    .anyMatch(server -> server.id().equals(template.serverId())
                            && !this.servers.health().seemsDown(server.id()));
            if (serves) {
                here.put(template.id(), template);
            }
        }
        while (!here.isEmpty()) {
            Optional<Spare> locked = SpareClaims.lock(
                    tx, List.copyOf(here.keySet()), this.servers.registry().preparedSpares());
            if (locked.isEmpty()) {
                return Optional.empty();
            }
            Spare spare = locked.get();
            if (Placement.isStillInService(tx, spare.serverId(), required)) {
                SpareClaims.claim(tx, spare);
                Template template = here.getOrDefault(spare.templateId(), ready.get(0));
                return Optional.of(new Choice(spare.serverId(), template, spare));
            }
            here.values()
                    .removeIf(each -> each.id().equals(spare.templateId())
                            || each.serverId().equals(spare.serverId()));
        }
        return Optional.empty();
    }

    /** An adopted template cannot be built elsewhere, so only its servers are acceptable. */
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
                            + " and the one that stores it takes no databases of this plan.");
        }
        return holding;
    }
}
