// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.oauth;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.oauth2.sdk.AccessTokenResponse;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.TokenErrorResponse;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.token.Tokens;
import dev.allotment.SignInLink;
import dev.allotment.User;
import dev.allotment.access.Access;
import dev.allotment.portal.web.PortalExchange;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints for programs: {@code /oauth2/token} and {@code /oauth2/tokeninfo}. They do not serve pages of other
 * origins.
 */
final class TokenEndpoint {
    private static final String JSON = "application/json; charset=utf-8";
    private static final String BEARER = "Bearer ";
    private static final int MAX_BODY_BYTES = 16 * 1024;

    private TokenEndpoint() {}

    /** Exchanges a code and its verifier for an access token. */
    static void exchange(PortalExchange exchange) throws IOException {
        ErrorObject error;
        try {
            Optional<SignInLink> link = redeem(exchange.site().saas().access(), read(exchange));
            if (link.isPresent()) {
                send(
                        exchange,
                        new AccessTokenResponse(new Tokens(OAuthPages.token(link.get()), null)).toHTTPResponse());
                return;
            }
            error = OAuth2Error.INVALID_GRANT;
        } catch (ParseException e) {
            ErrorObject found = e.getErrorObject();
            error = found == null ? OAuth2Error.INVALID_REQUEST : found;
        }
        send(exchange, new TokenErrorResponse(error).toHTTPResponse());
    }

    private static TokenRequest read(PortalExchange exchange) throws IOException, ParseException {
        byte[] body = exchange.request().getInputStream().readNBytes(MAX_BODY_BYTES + 1);
        if (body.length > MAX_BODY_BYTES) {
            throw new ParseException("Too large", OAuth2Error.INVALID_REQUEST);
        }
        HTTPRequest request = new HTTPRequest(HTTPRequest.Method.POST, URI.create("http://localhost/oauth2/token"));
        String type = exchange.request().getContentType();
        if (type != null) {
            request.setContentType(type);
        }
        request.setBody(new String(body, StandardCharsets.UTF_8));
        return TokenRequest.parse(request);
    }

    /** Tenants' applications have no secret: the code verifier proves that the same application started the request. */
    private static Optional<SignInLink> redeem(Access access, TokenRequest request) throws ParseException {
        if (!(request.getAuthorizationGrant() instanceof AuthorizationCodeGrant grant)) {
            throw new ParseException("Another grant", OAuth2Error.UNSUPPORTED_GRANT_TYPE);
        }
        UUID client = client(request.getClientID());
        URI redirectUri = grant.getRedirectionURI();
        if (client == null || redirectUri == null || grant.getCodeVerifier() == null) {
            return Optional.empty();
        }
        return access.exchange(
                client,
                grant.getAuthorizationCode().getValue(),
                redirectUri.toString(),
                grant.getCodeVerifier().getValue());
    }

    private static @Nullable UUID client(@Nullable ClientID id) {
        try {
            return id == null ? null : UUID.fromString(id.getValue());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * Returns the account that a token belongs to, without using the token up. The names are those that clients of Odoo
     * SaaS Tools read.
     */
    static void introspect(PortalExchange exchange) throws IOException {
        Optional<Access.Redeemed> found = exchange.site().saas().access().inspect(token(exchange));
        if (found.isEmpty()) {
            exchange.response().setHeader("WWW-Authenticate", "Bearer error=\"invalid_token\"");
            exchange.send(401, JSON, bytes(Map.of("error", "invalid_token")));
            return;
        }
        exchange.send(200, JSON, bytes(facts(exchange, found.get())));
    }

    private static Map<String, Object> facts(PortalExchange exchange, Access.Redeemed redeemed) {
        Map<String, Object> facts = new LinkedHashMap<>();
        Optional<User> owner = Optional.ofNullable(redeemed.tenant().ownerId())
                .flatMap(id -> exchange.site().saas().accounts().find(id));
        owner.ifPresent(user -> {
            facts.put("user_id", user.id().value());
            facts.put("login", user.login());
            facts.put("name", user.name());
            facts.put("email", user.email() == null ? user.login() : user.email());
        });
        facts.put("client_id", redeemed.tenant().uuid().toString());
        facts.put("scope", OAuthPages.SCOPE.toString());
        return facts;
    }

    private static String token(PortalExchange exchange) {
        String header = exchange.request().getHeader("Authorization");
        return header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? header.substring(BEARER.length()).strip()
                : exchange.param("access_token");
    }

    private static void send(PortalExchange exchange, HTTPResponse response) throws IOException {
        String body = response.getBody();
        exchange.send(response.getStatusCode(), JSON, (body == null ? "" : body).getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(Map<String, Object> facts) {
        return JSONObjectUtils.toJSONString(facts).getBytes(StandardCharsets.UTF_8);
    }
}
