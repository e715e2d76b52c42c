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
 * What a client database asks for.
 *
 * @param client a client database that lives
 * @param redirectUri its own, to the letter
 * @param wantsToken rather than a code
 * @param challenge null: none, where a token is wanted
 * @param error what is wrong with it; null: nothing
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
     * Reads a query. Client and address come first: while these are in doubt, nobody is sent anywhere.
     *
     * @throws PageFailure where the client is not known, or the address is not its own
     */
    static AuthorizationQuery read(Saas saas, String query) {
        Map<String, List<String>> parameters = URLUtils.parseParameters(query);
        Tenant tenant = only(parameters, "client_id")
                .flatMap(AuthorizationQuery::uuid)
                .flatMap(uuid -> saas.tenants().list(Query.where(Filter.equal(Tenant.UUID, uuid))).stream()
                        .findFirst())
                .filter(each -> each.state().live())
                .orElseThrow(() -> new PageFailure(
                        400,
                        "Unknown database",
                        "The link that brought you here names no database that there is. Go back to your database and"
                                + " log in from there."));
        String own = only(parameters, "redirect_uri")
                .filter(uri -> saas.access().isRedirectUri(tenant.uuid(), uri))
                .orElseThrow(() -> new PageFailure(
                        400,
                        "Wrong address",
                        "The link that brought you here would lead on to an address that is not this database's. Nothing"
                                + " was sent there."));
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

    /** Twice the same parameter is none: who reads the other one is deceived. */
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

    /** Where errors go: behind the ? in any case, since a server has to see them. */
    ResponseMode mode() {
        return ResponseMode.QUERY;
    }
}
