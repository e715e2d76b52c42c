// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.oauth;

import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationErrorResponse;
import com.nimbusds.oauth2.sdk.AuthorizationSuccessResponse;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import dev.allotment.Access;
import dev.allotment.AuthorizationRequest;
import dev.allotment.ErrorCategory;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignInLink;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code /oauth2/auth}: a client database sends a browser here to have its owner signed in (RFC 6749; code grant with RFC
 * 7636, and the implicit grant as clients of Odoo SaaS Tools use it).
 */
public final class OAuthPages {
    static final Scope SCOPE = new Scope("userinfo");
    static final long TOKEN_SECONDS = 3600;

    private static final String PATH = "/oauth2/auth";

    private OAuthPages() {}

    /** What the servlet has to be mapped to for these. */
    public static Set<String> urlPatterns() {
        return Set.of(PATH, "/oauth2/token", "/oauth2/tokeninfo");
    }

    /** Adds them. */
    public static void add(Routes routes) {
        routes.show(PATH, OAuthPages::authorize);
        routes.call("/oauth2/token", TokenEndpoint::exchange);
        routes.show("/oauth2/tokeninfo", TokenEndpoint::tell);
        routes.call("/oauth2/tokeninfo", TokenEndpoint::tell);
    }

    /**
     * The origin that a path of this site leads to in the end, where that is another one: whoever came from a client database is
     * sent back there, and browsers hold a page's form to its policy through all redirects that follow. Empty where the
     * authorization page would lead nowhere.
     */
    public static Optional<String> leadsTo(Saas saas, String path) {
        if (!path.startsWith(PATH + "?")) {
            return Optional.empty();
        }
        try {
            URI uri = AuthorizationQuery.read(saas, path.substring(PATH.length() + 1)).redirectUri();
            return Optional.of(uri.getScheme() + "://" + uri.getRawAuthority());
        } catch (PageFailure e) {
            return Optional.empty();
        }
    }

    private static void authorize(PortalExchange exchange) throws IOException {
        String query = exchange.request().getQueryString();
        AuthorizationQuery question = AuthorizationQuery.read(exchange.site().saas(), query == null ? "" : query);
        if (question.error() != null) {
            refuse(exchange, question, question.error());
            return;
        }
        Optional<Visitor> visitor = exchange.visitor();
        if (visitor.isEmpty()) {
            String back = PATH + "?" + query;
            exchange.redirect("/web/login?redirect=" + URLEncoder.encode(back, StandardCharsets.UTF_8));
            return;
        }
        try {
            answer(exchange, question, visitor.get().saas().access());
        } catch (SaasException e) {
            refuse(exchange, question, error(e));
        }
    }

    /** A token is what a code would be exchanged for: so both are given for the same reasons. */
    private static void answer(PortalExchange exchange, AuthorizationQuery question, Access access) throws IOException {
        String code = access.authorize(new AuthorizationRequest(
                question.client(), question.redirectUri().toString(), question.challenge()));
        AccessToken token = null;
        if (question.wantsToken()) {
            token = exchange.site()
                    .saas()
                    .access()
                    .exchange(question.client(), code, question.redirectUri().toString(), null)
                    .map(OAuthPages::token)
                    .orElseThrow(() -> new PageFailure(409, "Not signed in", "This took too long. Please try again."));
        }
        lead(
                exchange,
                new AuthorizationSuccessResponse(
                                question.redirectUri(),
                                token == null ? new AuthorizationCode(code) : null,
                                token,
                                question.state(),
                                null)
                        .toURI());
    }

    static AccessToken token(SignInLink entry) {
        return new BearerAccessToken(entry.token(), TOKEN_SECONDS, SCOPE);
    }

    private static ErrorObject error(SaasException e) {
        if (e.category() == ErrorCategory.NOT_ALLOWED || e.category() == ErrorCategory.CONFLICT) {
            return OAuth2Error.ACCESS_DENIED;
        }
        if (e.category() == ErrorCategory.INVALID_INPUT) {
            return OAuth2Error.INVALID_REQUEST;
        }
        throw e;
    }

    /** Only to an address that is the client's own: see {@link AuthorizationQuery#read}. */
    private static void refuse(PortalExchange exchange, AuthorizationQuery question, ErrorObject error) throws IOException {
        lead(
                exchange,
                new AuthorizationErrorResponse(question.redirectUri(), error, question.state(), question.mode())
                        .toURI());
    }

    private static void lead(PortalExchange exchange, @Nullable URI address) throws IOException {
        if (address == null) {
            throw new PageFailure(400, "That does not work", "The answer has no address.");
        }
        exchange.redirectOut(address);
    }
}
