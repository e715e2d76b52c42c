// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.access.SignIns;
import dev.allotment.identity.ProviderSignIns;
import dev.allotment.servlet.request.RequestParameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Asks the user to confirm who it is before a form is accepted, and then continues with that form: the page carries its
 * fields. The core decides whether the user has to confirm.
 */
final class ProofPage {
    private static final String FIELD = "confirm-proof";
    /** What the page has itself. */
    private static final Set<String> OWN = Set.of(FIELD, "form");

    private ProofPage() {}

    /** Returns whether the form is accepted now. Otherwise the page was sent. */
    static boolean passed(PortalExchange exchange, String path) throws IOException {
        Visitor visitor = exchange.visitor().orElseThrow(PageFailure::notFound);
        SignIns signIns = visitor.saas().signIns();
        if (signIns.isProven(visitor.secret())) {
            return true;
        }
        boolean factor =
                visitor.saas().secondFactors().status(visitor.user().id()).on();
        String proof = proof(exchange, factor);
        if (!proof.isEmpty() && signIns.prove(visitor.secret(), proof)) {
            return true;
        }
        Form form = new Form();
        if (!proof.isEmpty()) {
            form.refuse(FIELD, exchange.text(factor ? "proof.wrong-code" : "proof.wrong-password"));
        }
        exchange.render(
                form.isFine() ? 200 : 422,
                "proof",
                exchange.page(exchange.text("proof.title"), ""),
                new ProofView(
                        form,
                        path,
                        fields(exchange),
                        factor,
                        visitor.user().login(),
                        factor
                                ? List.of()
                                : visitor
                                        .saas()
                                        .providerSignIns()
                                        .list(visitor.user().id())
                                        .stream()
                                        .filter(ProviderSignIns.Identity::proving)
                                        .toList()));
        return false;
    }

    /** A form that has a field for the password anyway need not be followed by a page that does. */
    private static String proof(PortalExchange exchange, boolean factor) {
        return Stream.of(FIELD, factor ? FIELD : "proof", factor ? FIELD : "current")
                .map(exchange::rawParam)
                .filter(each -> !each.isEmpty())
                .findFirst()
                .orElse("");
    }

    private static List<ProofView.Field> fields(PortalExchange exchange) {
        RequestParameters sent = RequestParameters.of(exchange.request());
        List<ProofView.Field> fields = new ArrayList<>();
        for (String name : sent.names()) {
            if (!OWN.contains(name)) {
                sent.all(name).forEach(value -> fields.add(new ProofView.Field(name, value)));
            }
        }
        return fields;
    }
}
