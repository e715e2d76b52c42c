// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.oauth;

import com.nimbusds.oauth2.sdk.AuthorizationRequest;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseMode;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.util.URLUtils;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.portal.web.PageFailure;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request for authorization by a tenant's application.
 *
 * @param client the UUID of the tenant
 * @param redirectUri a redirect address of this tenant, compared literally
 * @param wantsToken whether a token is requested rather than a code
 * @param challenge the code challenge; null if a token is requested
 * @param error what is wrong with the request; null if it is valid
 */
record AuthorizationQuery(
        UUID client,
        URI redirectUri,
        @Nullable State state,
        boolean wantsToken,
        @Nullable String challenge,
        @Nullable ErrorObject error) {
    private static final ResponseType TOKEN = new ResponseType(ResponseType.Value.TOKEN);
    private static final ResponseType CODE = new ResponseType(ResponseType.Value.CODE);

    /**
     * Reads a query. Client and redirect address are checked first: until both are valid, the browser is not
     * redirected.
     *
     * @throws PageFailure if the client is unknown, or the address does not belong to it
     */
    static AuthorizationQuery read(Saas saas, String query) {
        Map<String, List<String>> parameters = URLUtils.parseParameters(query);
        Tenant tenant = only(parameters, "client_id")
                .flatMap(AuthorizationQuery::uuid)
                .flatMap(uuid -> saas.tenants().list(Query.where(Filter.equal(Tenant.UUID, uuid))).stream()
                        .findFirst())
                .filter(each -> each.state().live())
                .orElseThrow(() -> new PageFailure(400, "oauth.unknown-database", "oauth.unknown-database.text"));
        String own = only(parameters, "redirect_uri")
                .filter(uri -> saas.access().isRedirectUri(tenant.uuid(), uri))
                .orElseThrow(() -> new PageFailure(400, "oauth.wrong-address", "oauth.wrong-address.text"));
        State state = only(parameters, "state").map(State::new).orElse(null);
        return read(new AuthorizationQuery(tenant.uuid(), URI.create(own), state, false, null, null), query);
    }

    private static AuthorizationQuery read(AuthorizationQuery known, String query) {
        AuthorizationRequest request;
        try {
            request = AuthorizationRequest.parse(query);
        } catch (ParseException e) {
            ErrorObject error = e.getErrorObject();
            return known.wrong(error == null ? OAuth2Error.INVALID_REQUEST : error);
        }
        if (request.getResponseMode() != null) {
            return known.wrong(OAuth2Error.INVALID_REQUEST.setDescription("Leave response_mode out"));
        }
        if (TOKEN.equals(request.getResponseType())) {
            return new AuthorizationQuery(known.client, known.redirectUri, known.state, true, null, null);
        }
        if (!CODE.equals(request.getResponseType())) {
            return known.wrong(OAuth2Error.UNSUPPORTED_RESPONSE_TYPE);
        }
        CodeChallenge challenge = request.getCodeChallenge();
        if (challenge == null || !CodeChallengeMethod.S256.equals(request.getCodeChallengeMethod())) {
            return known.wrong(OAuth2Error.INVALID_REQUEST.setDescription("A code needs a code_challenge, by S256"));
        }
        return new AuthorizationQuery(known.client, known.redirectUri, known.state, false, challenge.getValue(), null);
    }

    /** A repeated parameter counts as missing, because two readers could use different values. */
    private static Optional<String> only(Map<String, List<String>> parameters, String name) {
        List<String> values = parameters.getOrDefault(name, List.of());
        return values.size() == 1 && !values.get(0).isEmpty() ? Optional.of(values.get(0)) : Optional.empty();
    }

    private static Optional<UUID> uuid(String text) {
        try {
            UUID uuid = UUID.fromString(text);
            return uuid.toString().equals(text) ? Optional.of(uuid) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private AuthorizationQuery wrong(ErrorObject error) {
        return new AuthorizationQuery(client, redirectUri, state, wantsToken, challenge, error);
    }

    /** Errors always go into the query, because the application's server has to see them. */
    ResponseMode mode() {
        return ResponseMode.QUERY;
    }
}
