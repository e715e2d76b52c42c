// SPDX-License-Identifier: Apache-2.0
package dev.allotment.test;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.allotment.identity.ProviderSignIns.Answer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * An OpenID provider on this computer that is honest until a test makes it hostile. It is written with the JDK only, so
 * that it shares no mistakes with what reads its answers. A code of it counts once, and only with the verifier of its
 * challenge.
 */
public final class HostileProvider implements AutoCloseable {
    /** The client that it knows. */
    public static final String CLIENT = "allotment";

    /** The secret of the client. */
    public static final String SECRET = "s3cret:%&";

    /** Made once, since that takes long. All providers have the same, so no test passes because the keys differ. */
    private static final Keys FIRST = Keys.rsa("first", 2048);

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Supplier<Instant> clock;
    private final String place;
    private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> requests = new ConcurrentHashMap<>();
    private final Map<String, HttpHandler> handlers = new ConcurrentHashMap<>();
    private final AtomicInteger number = new AtomicInteger();
    private volatile Keys keys = FIRST;
    private volatile Keys published = keys;
    private volatile Consumer<Map<String, Object>> claims = all -> {};
    private volatile Consumer<Map<String, Object>> description = all -> {};
    private volatile BiFunction<HostileProvider, String, String> signing =
            (provider, payload) -> provider.keys.sign(Map.of(), payload);
    private volatile Map<String, Object> person = Map.of("sub", "248289761001");

    /** A pair of keys with its name. */
    public record Keys(String id, String algorithm, KeyPair pair) {
        /** Makes keys for RS256. */
        public static Keys rsa(String id, int bits) {
            try {
                KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
                generator.initialize(bits);
                return new Keys(id, "RS256", generator.generateKeyPair());
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Makes keys for ES256. */
        public static Keys elliptic(String id) {
            try {
                KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
                generator.initialize(new ECGenParameterSpec("secp256r1"));
                return new Keys(id, "ES256", generator.generateKeyPair());
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Returns the same keys with another algorithm, such as PS256. */
        public Keys with(String other) {
            return new Keys(id, other, pair);
        }

        /** Returns a signed token. */
        public String sign(Map<String, Object> header, String payload) {
            Map<String, Object> all = new LinkedHashMap<>(Map.of("alg", algorithm, "kid", id, "typ", "JWT"));
            all.putAll(header);
            String text = base64(json(all)) + "." + base64(payload);
            return text + "." + base64(signed(text));
        }

        private byte[] signed(String text) {
            try {
                Signature signature = switch (algorithm) {
                    case "ES256" -> Signature.getInstance("SHA256withECDSAinP1363Format");
                    case "PS256" -> pss();
                    default -> Signature.getInstance("SHA256withRSA");
                };
                PrivateKey key = pair.getPrivate();
                signature.initSign(key);
                signature.update(text.getBytes(StandardCharsets.US_ASCII));
                return signature.sign();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        private static Signature pss() throws GeneralSecurityException {
            Signature signature = Signature.getInstance("RSASSA-PSS");
            signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
            return signature;
        }

        /** Returns the public key as a JWK. */
        public Map<String, Object> jwk() {
            PublicKey key = pair.getPublic();
            Map<String, Object> jwk = new LinkedHashMap<>();
            jwk.put("kid", id);
            jwk.put("use", "sig");
            if (key instanceof RSAPublicKey rsa) {
                jwk.put("kty", "RSA");
                jwk.put("n", base64(unsigned(rsa.getModulus(), rsa.getModulus().bitLength() / 8)));
                jwk.put("e", base64(unsigned(rsa.getPublicExponent(), 3)));
            } else if (key instanceof ECPublicKey ec) {
                jwk.put("kty", "EC");
                jwk.put("crv", "P-256");
                jwk.put("x", base64(unsigned(ec.getW().getAffineX(), 32)));
                jwk.put("y", base64(unsigned(ec.getW().getAffineY(), 32)));
            }
            return jwk;
        }

        private static byte[] unsigned(BigInteger number, int length) {
            byte[] bytes = number.toByteArray();
            byte[] all = new byte[length];
            int count = Math.min(bytes.length, length);
            System.arraycopy(bytes, bytes.length - count, all, length - count, count);
            return all;
        }
    }

    /**
     * Starts a provider.
     *
     * @param place where its answers arrive, the last part of the path
     */
    public HostileProvider(String place, Supplier<Instant> clock) throws IOException {
        this.place = place;
        this.clock = clock;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        serve("/.well-known/openid-configuration", exchange -> send(exchange, 200, json(description())));
        serve("/keys", exchange -> send(exchange, 200, "{\"keys\":[" + json(published.jwk()) + "]}"));
        serve("/token", this::token);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            requests.computeIfAbsent(path, any -> new AtomicInteger()).incrementAndGet();
            HttpHandler handler = handlers.get(path);
            if (handler == null) {
                send(exchange, 404, "");
            } else {
                handler.handle(exchange);
            }
        });
        server.start();
    }

    /** Returns its issuer. */
    public String issuer() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Answers requests to a path. */
    public void serve(String path, HttpHandler handler) {
        handlers.put(path, handler);
    }

    /** Returns how many requests to a path there were. */
    public int requests(String path) {
        return requests.getOrDefault(path, new AtomicInteger()).get();
    }

    /** Signs with other keys, which it publishes. */
    public void rotate(Keys other) {
        keys = other;
        published = other;
    }

    /** Publishes other keys than those with which it signs. */
    public void publish(Keys other) {
        published = other;
    }

    /** Returns the keys with which it signs. */
    public Keys keys() {
        return keys;
    }

    /** Makes tokens from payloads in another way. */
    public void signing(BiFunction<HostileProvider, String, String> other) {
        signing = other;
    }

    /** Changes what its ID tokens say. */
    public void claims(Consumer<Map<String, Object>> change) {
        claims = change;
    }

    /** Changes what it publishes about itself. */
    public void description(Consumer<Map<String, Object>> change) {
        description = change;
    }

    /** Signs in another person. */
    public void person(Map<String, Object> other) {
        person = other;
    }

    private Map<String, Object> description() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("issuer", issuer());
        all.put("authorization_endpoint", issuer() + "/authorize");
        all.put("token_endpoint", issuer() + "/token");
        all.put("jwks_uri", issuer() + "/keys");
        all.put("authorization_response_iss_parameter_supported", true);
        description.accept(all);
        return all;
    }

    /** Does what a browser does that is sent to an address of it, and returns what the browser brings back. */
    public Answer authorize(URI address) {
        Map<String, String> query = parameters(address.getRawQuery());
        if (!address.toString().startsWith(issuer() + "/authorize?")
                || !"code".equals(query.get("response_type"))
                || !CLIENT.equals(query.get("client_id"))
                || !"S256".equals(query.get("code_challenge_method"))
                || !String.valueOf(query.get("scope")).startsWith("openid")
                || !String.valueOf(query.get("redirect_uri")).endsWith("/web/login/openid/" + place)) {
            throw new IllegalArgumentException("Not a request to this provider: " + address);
        }
        String code = "code-" + number.incrementAndGet();
        codes.put(code, query);
        return new Answer(place, query.get("state"), code, issuer(), null);
    }

    private void token(HttpExchange exchange) throws IOException {
        Map<String, String> form =
                parameters(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        String both = "allotment:s3cret%3A%25%26";
        String header = "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
        String sent = exchange.getRequestHeaders().getFirst("Authorization");
        boolean inBody = CLIENT.equals(form.get("client_id")) && SECRET.equals(form.get("client_secret"));
        if (!header.equals(sent) && !inBody) {
            send(exchange, 401, "{\"error\":\"invalid_client\"}");
            return;
        }
        Map<String, String> request = codes.remove(String.valueOf(form.get("code")));
        if (request == null
                || !"authorization_code".equals(form.get("grant_type"))
                || !String.valueOf(request.get("redirect_uri")).equals(form.get("redirect_uri"))
                || !challenge(String.valueOf(form.get("code_verifier"))).equals(request.get("code_challenge"))) {
            send(exchange, 400, "{\"error\":\"invalid_grant\"}");
            return;
        }
        Map<String, Object> all = new LinkedHashMap<>(person);
        all.put("iss", issuer());
        all.put("aud", CLIENT);
        all.put("iat", clock.get().getEpochSecond());
        all.put("exp", clock.get().getEpochSecond() + 300);
        all.put("nonce", String.valueOf(request.get("nonce")));
        if (request.containsKey("max_age")) {
            all.put("auth_time", clock.get().getEpochSecond());
        }
        claims.accept(all);
        String token = signing.apply(this, json(all));
        send(exchange, 200, "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"id_token\":\"" + token + "\"}");
    }

    /** Answers a request. */
    public static void send(HttpExchange exchange, int status, String body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        // Without a length, so that it comes in chunks.
        exchange.sendResponseHeaders(status, 0);
        exchange.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
        exchange.close();
    }

    private static Map<String, String> parameters(String query) {
        return Arrays.stream(query.split("&"))
                .map(each -> each.split("=", 2))
                .collect(Collectors.toMap(
                        each -> decoded(each[0]), each -> each.length > 1 ? decoded(each[1]) : "", (a, b) -> a));
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static String challenge(String verifier) {
        try {
            return base64(MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns a token that is signed with HMAC and a secret. */
    public static String hmac(String secret, String payload) {
        try {
            String text = base64("{\"alg\":\"HS256\"}") + "." + base64(payload);
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return text + "." + base64(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Encodes a text in base64url. */
    public static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Returns a value as JSON. */
    public static String json(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(each -> json(each.getKey()) + ":" + json(each.getValue()))
                    .collect(Collectors.joining(",", "{", "}"));
        }
        if (value instanceof Collection<?> all) {
            return all.stream().map(HostileProvider::json).collect(Collectors.joining(",", "[", "]"));
        }
        if (value instanceof String text) {
            return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
        }
        return String.valueOf(value);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
