// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.fleet.Server;
import dev.allotment.portal.web.Choice;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** Lists the values of filters. Pages link to the rest, such as the databases of the 300th server. */
final class Choices {
    private static final int MOST = 200;

    private Choices() {}

    static List<Choice> plans(Saas saas) {
        return saas.plans().list(Query.all().orderBy(Plan.NAME).page(0, MOST)).stream()
                .map(plan -> new Choice(plan.id().toString(), plan.name()))
                .toList();
    }

    static List<Choice> servers(Saas saas) {
        return servers(saas, server -> true);
    }

    static List<Choice> servers(Saas saas, Predicate<Server> which) {
        return saas.servers().list(Query.all().orderBy(Server.NAME).page(0, MOST)).stream()
                .filter(which)
                .map(server -> new Choice(server.id().toString(), server.name()))
                .toList();
    }

    /** Lists the constants of an enum by their names. */
    static <E extends Enum<E>> List<Choice> of(E[] constants, Function<E, String> text) {
        return Arrays.stream(constants)
                .map(each -> new Choice(each.name(), text.apply(each)))
                .toList();
    }
}
