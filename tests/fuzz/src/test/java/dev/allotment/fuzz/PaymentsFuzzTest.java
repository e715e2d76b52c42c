// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.allotment.Customer;
import dev.allotment.Query;
import dev.allotment.spi.protocol.ProtocolAdapter;
import dev.allotment.spi.protocol.ProtocolAdapter.Answer;
import dev.allotment.spi.protocol.ProtocolAdapter.Call;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Any bytes as a message of a payment system and as its headers, from strangers and correctly signed. */
class PaymentsFuzzTest {
    private static final String STRIPE = "/payments/stripe";
    private static final String LAGO = "/payments/lago";
    private static final String SECRET = "a secret of both systems";
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final KeyPair KEYS = keys();
    private static final ProtocolAdapter PAYMENTS = FuzzedPortal.protocol(
            "payments",
            Map.of(
                    "payments.stripe.secret",
                    SECRET,
                    "payments.lago.secret",
                    SECRET + ",-----BEGIN" + " PUBLIC KEY-----"
                            + Base64.getEncoder()
                                    .encodeToString(KEYS.getPublic().getEncoded())
                            + "-----END PUBLIC KEY-----"));

    static {
        for (Customer each : FuzzedPortal.SAAS.customers().list(Query.all())) {
            FuzzedPortal.SAAS
                    .customers()
                    .update(
                            each.id(),
                            known -> known.toBuilder()
                                    .attribute("stripe.customer", "cus_1")
                                    .attribute("lago.customer", "c-1")
                                    .build());
        }
    }

    @FuzzTest(maxDuration = "10m")
    void anyMessageIsAnswered(byte[] input) throws Exception {
        String text = new String(input, StandardCharsets.UTF_8);
        long now = Instant.now().getEpochSecond();
        for (String path : List.of(STRIPE, LAGO)) {
            assertThat(answer(path, input, Map.of())).isEqualTo(401);
            for (String algorithm : List.of("hmac", "jwt", text)) {
                assertThat(answer(
                                path,
                                input,
                                Map.of(
                                        "stripe-signature",
                                        text,
                                        "x-lago-signature",
                                        text,
                                        "x-lago-signature-algorithm",
                                        algorithm)))
                        .isEqualTo(401);
            }
        }
        assertThat(answer(STRIPE, input, Map.of("stripe-signature", "t=" + now + ",v1=" + text)))
                .isEqualTo(401);

        byte[] timed = hmac((now + ".").getBytes(StandardCharsets.UTF_8), input);
        assertThat(answer(
                        STRIPE,
                        input,
                        Map.of(
                                "stripe-signature",
                                "t=" + now + ",v1=" + HexFormat.of().formatHex(timed))))
                .isIn(200, 400, 422);
        assertThat(answer(
                        LAGO,
                        input,
                        Map.of(
                                "x-lago-signature",
                                BASE64.encodeToString(hmac(input)),
                                "x-lago-signature-algorithm",
                                "hmac")))
                .isIn(200, 400, 422);
        for (String token :
                List.of(token("{\"alg\":\"RS256\"}".getBytes(StandardCharsets.UTF_8), input), token(input, input))) {
            assertThat(answer(LAGO, input, Map.of("x-lago-signature", token, "x-lago-signature-algorithm", "jwt")))
                    .isEqualTo(401);
        }
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(1024);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] hmac(byte[]... parts) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] each : parts) {
            all.writeBytes(each);
        }
        return mac.doFinal(all.toByteArray());
    }

    /** A token with a right signature, whose content is not that of a message. */
    private static String token(byte[] header, byte[] content) throws GeneralSecurityException {
        String signed = BASE64.encodeToString(header) + "." + BASE64.encodeToString(content);
        Signature signer = Signature.getInstance("SHA256withRSA");
        signer.initSign(KEYS.getPrivate());
        signer.update(signed.getBytes(StandardCharsets.UTF_8));
        return signed + "." + BASE64.encodeToString(signer.sign());
    }

    private static int answer(String path, byte[] body, Map<String, String> headers) {
        long start = System.nanoTime();
        Answer answer = PAYMENTS.handle(new Call(path, headers, body, "192.0.2.1", false));
        assertThat(System.nanoTime() - start).as("nanoseconds").isLessThan(FuzzedPortal.MAX_NANOS);
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        assertThat(answer.status()).as(text).isLessThan(500);
        assertThat(text).doesNotContain("Internal error, reference", "java.", "Exception in");
        return answer.status();
    }
}
