// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.identity;

import dev.allotment.SaasException;
import dev.allotment.access.SignIns;
import dev.allotment.identity.IdentityProviderId;
import dev.allotment.identity.ProviderSignIns;
import dev.allotment.identity.ProviderSignIns.Answer;
import dev.allotment.identity.ProviderSignIns.Finished;
import dev.allotment.identity.ProviderSignIns.Purpose;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.PortalPath;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sends visitors to an identity provider, and receives them when they come back. */
public final class ProviderSignInPages {
    private final BiFunction<SignIns.Step, String, Optional<String>> next;
    private final Function<PortalExchange, String> home;

    /**
     * Creates the pages.
     *
     * @param next returns the page that a sign-in waits for, from its step and where to go afterwards
     * @param home returns the start page of the user who has just signed in
     */
    public ProviderSignInPages(
            BiFunction<SignIns.Step, String, Optional<String>> next, Function<PortalExchange, String> home) {
        this.next = next;
        this.home = home;
    }

    /** Adds the pages to the routes. */
    public void add(Routes routes) {
        routes.show("/web/login/with/{provider}", ProviderSignInPages::start);
        routes.show("/web/login/openid/{place}", this::finish);
    }

    private static ProviderSignIns signIns(PortalExchange exchange) {
        return exchange.site().saas().providerSignIns();
    }

    private static void start(PortalExchange exchange) throws IOException {
        String target = PortalPath.orElse(exchange.param("redirect"), "");
        IdentityProviderId provider = new IdentityProviderId(exchange.pathId("provider"));
        try {
            exchange.redirectOut(signIns(exchange).start(provider, target, exchange.browser()));
        } catch (SaasException e) {
            refuse(exchange, e);
        }
    }

    private void finish(PortalExchange exchange) throws IOException {
        Answer answer = new Answer(
                exchange.pathPart("place"),
                orNull(exchange.param("state")),
                orNull(exchange.param("code")),
                orNull(exchange.param("iss")),
                orNull(exchange.param("error")));
        Finished finished;
        try {
            finished = signIns(exchange)
                    .finish(
                            answer,
                            exchange.browser(),
                            exchange.visitor().map(Visitor::secret).orElse(null));
        } catch (SaasException e) {
            refuse(exchange, e);
            return;
        }
        String target = PortalPath.orElse(finished.target(), "");
        SignIns.Step step = finished.step();
        if (step != null) {
            exchange.signIn(step);
            exchange.redirect(
                    next.apply(step, target).orElseGet(() -> PortalPath.orElse(target, home.apply(exchange))));
        } else if (finished.purpose() == Purpose.LINK) {
            exchange.redirect(IdentityPages.PATH + "?done=linked");
        } else {
            exchange.redirect(PortalPath.orElse(target, home.apply(exchange)));
        }
    }

    /** Shows what people can do something about. Every other failure has its own page. */
    private static void refuse(PortalExchange exchange, SaasException e) throws IOException {
        if (e.code().startsWith("record.")) {
            throw PageFailure.notFound();
        }
        if (!e.code().startsWith("identity.")) {
            throw e;
        }
        exchange.render(
                422,
                "provider-failure",
                exchange.page(exchange.text("provider-failure.title"), "login"),
                new ProviderFailureView(
                        Message.of(exchange.texts(), e), exchange.visitor().isPresent()));
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
