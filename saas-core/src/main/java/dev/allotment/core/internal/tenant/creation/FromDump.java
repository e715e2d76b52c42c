// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.creation;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.access.Member;
import dev.allotment.core.internal.backup.archive.Dump;
import dev.allotment.core.internal.database.DatabaseSetup;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.server.RequiredLabels;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A tenant outside any plan with the content of a dump, which only the node that has the request knows. */
record FromDump(UUID sourceUuid) implements Copied {
    /** A few, so that not every server is connected to. */
    private static final int MOST_FITTING = 5;

    static Reservation.Draft reserve(Reservation reservation, String name, Dump dump, boolean neutralise) {
        Reservation.Terms terms = Reservation.Terms.on(null, null, null, false, name);
        ServerId server = server(reservation, terms, dump);
        return Copied.draft(
                reservation, terms, reservation.reserve(terms, server), neutralise, new FromDump(dump.tenant()));
    }

    private static ServerId server(Reservation reservation, Reservation.Terms terms, Dump dump) {
        Transaction tx = reservation.tx();
        CreationTools tools = reservation.tools();
        RequiredLabels required = reservation.admit(terms);
        List<Server> fitting = tools.placement().ranked(tx, null, required).stream()
                .filter(each -> dump.format().equals(tools.registry().transferFormat(tx, each.id())))
                .limit(MOST_FITTING)
                .toList();
        if (fitting.isEmpty()) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKEND_UNSUPPORTED,
                    "The dump has a database of " + TextRules.describe(dump.format())
                            + ", and no active database server has databases of this kind.");
        }
        ServerId server = tools.placement().choose(tx, fitting, required);
        tools.backups()
                .dumps()
                .requireRestorable(dump, Abilities.transfer(tools.registry().databases(tx, server)));
        return server;
    }

    @Override
    public NewTenant make(Creation creation) {
        return creation.made((databases, target) -> {
            if (!(creation.known().foreign() instanceof Dump dump)) {
                throw SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        "The node that was restoring the dump has ended, and no other node has it. Restore it again.",
                        null);
            }
            creation.tools()
                    .backups()
                    .dumps()
                    .restore(
                            creation.operation(),
                            dump,
                            target.uuid(),
                            content ->
                                    Abilities.transfer(databases).receive(target, content, Copied.refused(creation)));
        });
    }

    @Override
    public List<Member> members(DatabaseTransaction tx, List<Member> found) {
        return DatabaseSetup.withoutOwner(tx, found);
    }

    @Override
    public Map<String, String> sourceDetails() {
        return Map.of("dump", "true");
    }
}
