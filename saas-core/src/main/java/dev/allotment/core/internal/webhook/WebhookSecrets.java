// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.webhook;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.SecretCipher;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.WebhookSecret;
import dev.allotment.webhook.WebhookEndpoint;
import dev.allotment.webhook.WebhookEndpointId;
import dev.allotment.webhook.WebhookSigning;
import dev.allotment.webhook.Webhooks;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Makes the secrets of endpoints, keeps them encrypted, and signs messages with them. */
final class WebhookSecrets {
    private static final String HMAC = "HmacSHA256";
    private static final String ED25519 = "Ed25519";
    private static final String SHARED = "whsec_";
    private static final String PUBLIC = "whpk_";
    private static final int SECRET_BYTES = 32;
    /** The last bytes of an encoded public key are the key. */
    private static final int PUBLIC_BYTES = 32;

    private final SecretCipher cipher;
    private final SecureRandom random;

    WebhookSecrets(SecretCipher cipher, SecureRandom random) {
        this.cipher = cipher;
        this.random = random;
    }

    /** Whether this process can sign. */
    boolean available() {
        return cipher.hasKey();
    }

    /** @throws SaasException {@code webhook.key-missing} */
    String make(Transaction tx, WebhookEndpoint endpoint) {
        requireKey(cipher);
        String secret = endpoint.signing() == WebhookSigning.ED25519 ? keyPair() : sharedSecret();
        tx.records(RecordTypes.WEBHOOK_SECRETS)
                .insert(new WebhookSecret(0, endpoint.id(), cipher.encrypt(purpose(endpoint.id()), secret), null));
        return shown(secret);
    }

    String rotate(Transaction tx, WebhookEndpoint endpoint, Instant now) {
        Records<WebhookSecret> secrets = tx.records(RecordTypes.WEBHOOK_SECRETS);
        for (WebhookSecret each : secrets.list(of(endpoint.id()))) {
            if (each.until() == null) {
                secrets.update(new WebhookSecret(each.id(), endpoint.id(), each.sealed(), now.plus(Webhooks.ROTATION)));
            } else {
                secrets.delete(each.id());
            }
        }
        return make(tx, endpoint);
    }

    /** What the receiver needs. */
    String shown(Transaction tx, WebhookEndpointId endpoint) {
        WebhookSecret current = tx
                .records(RecordTypes.WEBHOOK_SECRETS)
                .list(of(endpoint).and(Filter.equal(WebhookSecret.UNTIL, null)))
                .stream()
                .findFirst()
                .orElseThrow(() -> keyMissing("Webhook endpoint " + endpoint + " has no secret. Rotate it."));
        return shown(opened(current));
    }

    /** Those that sign at this time, the current one first. */
    static List<WebhookSecret> signing(Transaction tx, WebhookEndpointId endpoint, Instant now) {
        Filter<WebhookSecret> valid = Filter.or(
                Filter.equal(WebhookSecret.UNTIL, null),
                Filter.compare(WebhookSecret.UNTIL, Filter.Operator.GREATER, now));
        return tx.records(RecordTypes.WEBHOOK_SECRETS)
                .list(of(endpoint).and(valid).orderByDescending(WebhookSecret.UNTIL));
    }

    private static Query<WebhookSecret> of(WebhookEndpointId endpoint) {
        return Query.where(Filter.equal(WebhookSecret.ENDPOINT_ID, endpoint));
    }

    /**
     * The header {@code webhook-signature}.
     *
     * @throws SaasException {@code webhook.key-missing}
     */
    String sign(List<WebhookSecret> secrets, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return secrets.stream().map(each -> sign(opened(each), bytes)).collect(Collectors.joining(" "));
    }

    private static String sign(String secret, byte[] text) {
        try {
            if (secret.startsWith(SHARED)) {
                Mac mac = Mac.getInstance(HMAC);
                mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring(SHARED.length())), HMAC));
                return "v1," + base64(mac.doFinal(text));
            }
            byte[] key = Base64.getDecoder().decode(secret.substring(0, secret.indexOf(' ')));
            Signature signature = Signature.getInstance(ED25519);
            signature.initSign(KeyFactory.getInstance(ED25519).generatePrivate(new PKCS8EncodedKeySpec(key)));
            signature.update(text);
            return "v1a," + base64(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK cannot sign", e);
        }
    }

    /** Encrypts with the first key what another one has encrypted. Returns how many secrets. */
    int renew(Transaction tx) {
        if (!cipher.hasOlderKeys()) {
            return 0;
        }
        Records<WebhookSecret> secrets = tx.records(RecordTypes.WEBHOOK_SECRETS);
        int renewed = 0;
        for (WebhookSecret each : secrets.list(Query.all())) {
            String purpose = purpose(each.endpointId());
            if (!cipher.isCurrent(purpose, each.sealed())
                    && secrets.lock(each.id()).filter(each::equals).isPresent()) {
                secrets.update(new WebhookSecret(
                        each.id(), each.endpointId(), cipher.encrypt(purpose, opened(each)), each.until()));
                renewed++;
            }
        }
        return renewed;
    }

    private String opened(WebhookSecret secret) {
        return cipher.decrypt(purpose(secret.endpointId()), secret.sealed())
                .orElseThrow(() -> keyMissing("The secret of webhook endpoint " + secret.endpointId()
                        + " was encrypted with another secret key. Give this process that key, or rotate the secret."));
    }

    private static String shown(String secret) {
        return secret.substring(secret.indexOf(' ') + 1);
    }

    private String sharedSecret() {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return SHARED + base64(bytes);
    }

    /** The private key, and the public key in the form that is shown. */
    private String keyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(ED25519);
            generator.initialize(NamedParameterSpec.ED25519, random);
            KeyPair pair = generator.generateKeyPair();
            byte[] encoded = pair.getPublic().getEncoded();
            byte[] raw = Arrays.copyOfRange(encoded, encoded.length - PUBLIC_BYTES, encoded.length);
            return base64(pair.getPrivate().getEncoded()) + " " + PUBLIC + base64(raw);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK has no " + ED25519, e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String purpose(WebhookEndpointId endpoint) {
        return "webhook endpoint " + endpoint;
    }

    /** @throws SaasException {@code webhook.key-missing} */
    static void requireKey(SecretCipher cipher) {
        if (!cipher.hasKey()) {
            throw keyMissing("This process has no secret key, and secrets of webhooks are stored only encrypted. Give"
                    + " every node the same one: Saas.builder().secretKey(…), or --secret-key or SAAS_SECRET_KEY of"
                    + " the server.");
        }
    }

    static SaasException keyMissing(String message) {
        return new SaasException(
                ErrorCategory.CONFLICT, ErrorCodes.WEBHOOK_KEY_MISSING, message, Map.of(), false, null);
    }
}
