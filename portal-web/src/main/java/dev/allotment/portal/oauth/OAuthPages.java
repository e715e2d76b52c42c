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
import dev.allotment.ErrorCategory;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignInLink;
import dev.allotment.Tenant;
import dev.allotment.access.Access;
import dev.allotment.access.AuthorizationRequest;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The authorization endpoint {@code /oauth2/auth}: a tenant's application sends a browser here to have the owner signed
 * in (RFC 6749). It supports the code grant with RFC 7636, and the implicit grant as clients of Odoo SaaS Tools use it.
 */
public final class OAuthPages {
    static final Scope SCOPE = new Scope("userinfo");
    static final long TOKEN_SECONDS = 3600;

    private static final String PATH = "/oauth2/auth";

    private OAuthPages() {}

    /** Returns the URL patterns of these pages. */
    public static Set<String> urlPatterns() {
        return Set.of(PATH, "/oauth2/token", "/oauth2/tokeninfo");
    }

    /** Adds the pages to the routes. */
    public static void add(Routes routes) {
        routes.show(PATH, OAuthPages::authorize);
        routes.call("/oauth2/token", TokenEndpoint::exchange);
        routes.show("/oauth2/tokeninfo", TokenEndpoint::introspect);
        routes.call("/oauth2/tokeninfo", TokenEndpoint::introspect);
    }

    /**
     * Returns the origin of the tenant that an authorization request redirects to in the end. Browsers apply a page's
     * form policy to all redirects that follow, so the sign-in page has to allow this origin. Empty if the path is not
     * a valid authorization request.
     */
    public static Optional<String> targetOrigin(Saas saas, String path) {
        if (!path.startsWith(PATH + "?")) {
            return Optional.empty();
        }
        try {
            URI uri = AuthorizationQuery.read(saas, path.substring(PATH.length() + 1))
                    .redirectUri();
            return Optional.of(uri.getScheme() + "://" + uri.getRawAuthority());
        } catch (PageFailure e) {
            return Optional.empty();
        }
    }

    /** Returns the name of the tenant that an authorization request is for, as {@link #targetOrigin} does. */
    public static Optional<String> targetName(Saas saas, String path) {
        if (!path.startsWith(PATH + "?")) {
            return Optional.empty();
        }
        try {
            UUID client = AuthorizationQuery.read(saas, path.substring(PATH.length() + 1))
                    .client();
            return saas.tenants().list(Query.where(Filter.equal(Tenant.UUID, client))).stream()
                    .map(Tenant::name)
                    .findFirst();
        } catch (PageFailure e) {
            return Optional.empty();
        }
    }

    private static void authorize(PortalExchange exchange) throws IOException {
        String parameters = exchange.request().getQueryString();
        AuthorizationQuery query =
                AuthorizationQuery.read(exchange.site().saas(), parameters == null ? "" : parameters);
        if (query.error() != null) {
            refuse(exchange, query, query.error());
            return;
        }
        Optional<Visitor> visitor = exchange.visitor();
        if (visitor.isEmpty()) {
            String back = PATH + "?" + parameters;
            exchange.redirect("/web/login?redirect=" + URLEncoder.encode(back, StandardCharsets.UTF_8));
            return;
        }
        try {
            answer(exchange, query, visitor.get().saas().access());
        } catch (SaasException e) {
            refuse(exchange, query, error(e));
        }
    }

    /** A token is issued under the same conditions as a code, because a code could be exchanged for it. */
    private static void answer(PortalExchange exchange, AuthorizationQuery query, Access access) throws IOException {
        String code = access.authorize(
                new AuthorizationRequest(query.client(), query.redirectUri().toString(), query.challenge()));
        AccessToken token = null;
        if (query.wantsToken()) {
            token = exchange.site()
                    .saas()
                    .access()
                    .exchange(query.client(), code, query.redirectUri().toString(), null)
                    .map(OAuthPages::token)
                    .orElseThrow(() -> new PageFailure(409, "oauth.not-signed-in", "oauth.too-late"));
        }
        redirect(
                exchange,
                new AuthorizationSuccessResponse(
                                query.redirectUri(),
                                token == null ? new AuthorizationCode(code) : null,
                                token,
                                query.state(),
                                null)
                        .toURI());
    }

    static AccessToken token(SignInLink link) {
        return new BearerAccessToken(link.token(), TOKEN_SECONDS, SCOPE);
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

    /** Redirects only to an address that belongs to the client, see {@link AuthorizationQuery#read}. */
    private static void refuse(PortalExchange exchange, AuthorizationQuery query, ErrorObject error)
            throws IOException {
        redirect(
                exchange,
                new AuthorizationErrorResponse(query.redirectUri(), error, query.state(), query.mode()).toURI());
    }

    private static void redirect(PortalExchange exchange, @Nullable URI address) throws IOException {
        if (address == null) {
            throw new PageFailure(400, "failure.invalid", "oauth.no-address");
        }
        exchange.redirectOut(address);
    }
}
