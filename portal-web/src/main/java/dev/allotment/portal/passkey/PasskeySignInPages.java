// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.passkey;

import dev.allotment.access.Passkeys;
import dev.allotment.access.SignIns;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.PortalJson;
import dev.allotment.portal.web.PortalPath;
import dev.allotment.portal.web.Routes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Signs in with a passkey. The script of the page fetches a challenge when it is needed, so that a page works which was
 * opened a while ago.
 */
public final class PasskeySignInPages {
    /** The page that has nothing but the button. */
    public static final String PATH = "/web/login/passkey";

    private final Function<PortalExchange, String> destination;

    /** @param destination returns where to go after signing in */
    public PasskeySignInPages(Function<PortalExchange, String> destination) {
        this.destination = destination;
    }

    /** Adds the pages to the routes. */
    public void add(Routes routes) {
        routes.show(PATH, exchange -> show(exchange, 200, new Form()));
        routes.show(PATH + "/options", PasskeySignInPages::options);
        routes.accept(PATH, this::signIn);
    }

    private static void show(PortalExchange exchange, int status, Form form) throws IOException {
        exchange.render(
                status,
                "passkey-sign-in",
                exchange.page(exchange.text("passkey-sign-in.title"), "login"),
                new PasskeySignInView(form, PortalPath.orElse(exchange.param("redirect"), "")));
    }

    private static void options(PortalExchange exchange) throws IOException {
        Passkeys.Request request = exchange.site()
                .saas()
                .signIns()
                .startPasskey(exchange.browser())
                .orElseThrow(PageFailure::notFound);
        String json =
                PortalJson.object(Map.of("challenge", request.challenge(), "relyingParty", request.relyingParty()));
        exchange.send(200, "application/json; charset=utf-8", json.getBytes(StandardCharsets.UTF_8));
    }

    private void signIn(PortalExchange exchange) throws IOException {
        Passkeys.Answer answer = new Passkeys.Answer(
                exchange.param("challenge"),
                exchange.param("credential"),
                new Passkeys.Response(
                        exchange.param("client-data"),
                        exchange.param("authenticator-data"),
                        exchange.param("signature"),
                        exchange.param("user-handle")));
        Optional<SignIns.Step> step = exchange.site().saas().signIns().enterPasskey(answer, exchange.browser());
        if (step.isEmpty()) {
            Form form = new Form();
            form.refuse("", exchange.text("passkey-sign-in.refused"));
            show(exchange, 422, form);
        } else {
            exchange.signIn(step.get());
            exchange.redirect(destination.apply(exchange));
        }
    }
}
