// SPDX-License-Identifier: Apache-2.0
package dev.allotment.openid;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyType;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.allotment.spi.openid.OpenIdReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the answers of identity providers with Nimbus JOSE + JWT, which is also used by Spring Security. */
public final class NimbusReader implements OpenIdReader {
    /** Signatures with a public key only: what everyone knows must not sign. */
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    /** Clocks of providers differ. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    /** An ID token is fetched when it is made. */
    private static final Duration OLDEST = Duration.ofMinutes(10);

    private static final int FEWEST_BITS = 2048;
    private static final int MOST_KEYS = 20;
    private static final int LONGEST = 255;

    /** For ServiceLoader. */
    public NimbusReader() {}

    @Override
    public Optional<Metadata> metadata(String document) {
        try {
            Map<String, Object> json = json(document);
            String issuer = JSONObjectUtils.getString(json, "issuer");
            String authorization = JSONObjectUtils.getString(json, "authorization_endpoint");
            String token = JSONObjectUtils.getString(json, "token_endpoint");
            String keys = JSONObjectUtils.getString(json, "jwks_uri");
            if (issuer == null || authorization == null || token == null || keys == null) {
                return Optional.empty();
            }
            List<String> methods = JSONObjectUtils.getStringList(json, "token_endpoint_auth_methods_supported");
            return Optional.of(new Metadata(
                    issuer,
                    new Endpoints(authorization, token, keys),
                    Boolean.TRUE.equals(json.get("authorization_response_iss_parameter_supported")),
                    methods != null
                            && methods.contains("client_secret_post")
                            && !methods.contains("client_secret_basic")));
        } catch (ParseException e) {
            return Optional.empty();
        }
    }

    /** Nimbus returns null for the text {@code null}. */
    private static Map<String, Object> json(String text) throws ParseException {
        Map<String, Object> json = JSONObjectUtils.parse(text);
        if (json == null) {
            throw new ParseException("No object", 0);
        }
        return json;
    }

    @Override
    public Optional<String> idToken(String answer) {
        try {
            return Optional.ofNullable(JSONObjectUtils.getString(json(answer), "id_token"));
        } catch (ParseException e) {
            return Optional.empty();
        }
    }

    @Override
    public Result verify(Expected expected, String idToken, String keys) {
        try {
            return verify(expected, SignedJWT.parse(idToken), keys);
        } catch (ParseException e) {
            return Result.refused(isUnsigned(idToken) ? Refusal.ALGORITHM : Refusal.UNREADABLE);
        } catch (RuntimeException e) {
            // Nimbus does not expect each text that a provider can send, such as a header that is null.
            return Result.refused(Refusal.UNREADABLE);
        }
    }

    private static Result verify(Expected expected, SignedJWT token, String keys) throws ParseException {
        JWSHeader header = token.getHeader();
        if (!ALGORITHMS.contains(header.getAlgorithm())) {
            return Result.refused(Refusal.ALGORITHM);
        }
        if (header.getType() != null && !JOSEObjectType.JWT.equals(header.getType())) {
            return Result.refused(Refusal.UNREADABLE);
        }
        if (!isSigned(token, keys)) {
            return Result.refused(Refusal.KEY);
        }
        JWTClaimsSet claims = token.getJWTClaimsSet();
        // Nimbus takes a number for a text.
        if (!(token.getPayload().toJSONObject().get("sub") instanceof String)) {
            return Result.refused(Refusal.SUBJECT);
        }
        Refusal refusal = refusal(expected, claims);
        return refusal == null ? Result.of(claims(claims)) : Result.refused(refusal);
    }

    /** Whether it has no signature. Nimbus does not take it for a signed token. */
    private static boolean isUnsigned(String token) {
        return token.endsWith(".");
    }

    private static boolean isSigned(SignedJWT token, String keys) {
        List<JWK> candidates;
        try {
            candidates = new JWKSelector(JWKMatcher.forJWSHeader(token.getHeader())).select(JWKSet.parse(json(keys)));
        } catch (ParseException e) {
            return false;
        }
        return candidates.stream()
                .filter(NimbusReader::isStrong)
                .limit(MOST_KEYS)
                .anyMatch(each -> isSignedBy(token, each));
    }

    private static boolean isStrong(JWK key) {
        return !KeyType.RSA.equals(key.getKeyType()) || key.size() >= FEWEST_BITS;
    }

    private static boolean isSignedBy(SignedJWT token, JWK key) {
        if (!(key instanceof AsymmetricJWK pair)) {
            return false;
        }
        try {
            JWSVerifier verifier =
                    new DefaultJWSVerifierFactory().createJWSVerifier(token.getHeader(), pair.toPublicKey());
            return token.verify(verifier);
        } catch (JOSEException e) {
            // Such a key cannot have signed it.
            return false;
        }
    }

    private static @Nullable Refusal refusal(Expected expected, JWTClaimsSet claims) throws ParseException {
        if (!expected.issuer().equals(claims.getIssuer())) {
            return Refusal.ISSUER;
        }
        String party = claims.getStringClaim("azp");
        List<String> audience = claims.getAudience();
        if (!audience.contains(expected.clientId())
                || (party == null ? audience.size() > 1 : !party.equals(expected.clientId()))) {
            return Refusal.AUDIENCE;
        }
        if (!isOfNow(expected.now(), claims)) {
            return Refusal.TIME;
        }
        String nonce = claims.getStringClaim("nonce");
        if (nonce == null || !MessageDigest.isEqual(bytes(nonce), bytes(expected.nonce()))) {
            return Refusal.NONCE;
        }
        String subject = claims.getSubject();
        return subject == null || subject.isBlank() || subject.length() > LONGEST || hasControl(subject)
                ? Refusal.SUBJECT
                : null;
    }

    private static boolean isOfNow(Instant now, JWTClaimsSet claims) {
        Date expires = claims.getExpirationTime();
        Date issued = claims.getIssueTime();
        Date starts = claims.getNotBeforeTime();
        return expires != null
                && issued != null
                && expires.toInstant().isAfter(now.minus(SKEW))
                && !issued.toInstant().isAfter(now.plus(SKEW))
                && !issued.toInstant().isBefore(now.minus(OLDEST))
                && (starts == null || !starts.toInstant().isAfter(now.plus(SKEW)));
    }

    private static Claims claims(JWTClaimsSet claims) throws ParseException {
        Date authenticated = claims.getDateClaim("auth_time");
        Object verified = claims.getClaim("email_verified");
        return new Claims(
                claims.getSubject(),
                text(claims, "email"),
                Boolean.TRUE.equals(verified) || "true".equals(verified),
                text(claims, "name"),
                authenticated == null ? null : authenticated.toInstant());
    }

    /** What people read. It is not needed, so it is left away if it is unusual. */
    private static @Nullable String text(JWTClaimsSet claims, String name) {
        return claims.getClaim(name) instanceof String text
                        && !text.isBlank()
                        && text.length() <= LONGEST
                        && !hasControl(text)
                ? text.strip()
                : null;
    }

    private static boolean hasControl(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
