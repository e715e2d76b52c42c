// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.fleet.Server;
import java.util.List;
import java.util.function.Predicate;

/** The database servers that a form offers, with their labels. */
final class ServerOptions {
    private ServerOptions() {}

    /** @param chosen the id of the chosen one; empty for none */
    static List<SelectOption> of(Saas saas, Predicate<Server> offered, String chosen) {
        return saas.servers().list(Query.all().orderBy(Server.SEQUENCE)).stream()
                .filter(offered)
                .map(each -> new SelectOption(
                        each.id().toString(), named(each), each.id().toString().equals(chosen)))
                .toList();
    }

    private static String named(Server server) {
        return server.name() + (server.labels().isEmpty() ? "" : " (" + Labels.text(server.labels()) + ")");
    }
}
