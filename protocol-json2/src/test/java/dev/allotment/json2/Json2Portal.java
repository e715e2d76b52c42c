// SPDX-License-Identifier: Apache-2.0
package dev.allotment.json2;

import dev.allotment.CreateTenant;
import dev.allotment.CreateTenant.Administrator;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.MemberId;
import dev.allotment.access.NewApiKey;
import dev.allotment.access.NewMember;
import dev.allotment.spi.Settings;
import dev.allotment.spi.protocol.ProtocolAdapter;
import dev.allotment.spi.protocol.ProtocolAdapter.Answer;
import dev.allotment.spi.protocol.ProtocolAdapter.Call;
import dev.allotment.testing.MemoryBackend;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** A control plane in memory with one tenant, and the adapter over it. */
final class Json2Portal implements AutoCloseable {
    static final String MAIN = "portal.localhost";
    static final String SHOP = "shop.localhost";
    static final String PASSWORD = "correct horse battery";

    final Saas saas = Saas.builder()
            .backend(MemoryBackend.create())
            .mainDatabase(MAIN)
            .administrator("admin", "admin")
            .passwordIterations(1)
            .open();
    final ProtocolAdapter adapter = new Json2Provider().open(saas, Settings.of(Map.of("server.version", "19.0")));
    final long owner;
    final long worker;
    final String adminKey;
    final String ownerKey;
    final String bossKey;
    final String workerKey;

    Json2Portal() {
        owner = saas.accounts()
                .signUp(SignUp.builder("owner@example.com", "Olga Owner", PASSWORD)
                        .build())
                .id()
                .value();
        saas.tenants()
                .create(CreateTenant.outsidePlans(SHOP, new Administrator("boss", PASSWORD))
                        .build());
        worker = saas.database(SHOP)
                .members()
                .create(NewMember.builder("worker", "Wanda Worker")
                        .password(PASSWORD)
                        .build())
                .id()
                .value();
        adminKey = accountKey(2, ApiKeyScope.EVERYTHING);
        ownerKey = accountKey(owner, ApiKeyScope.EVERYTHING);
        bossKey = memberKey(2);
        workerKey = memberKey(worker);
    }

    String accountKey(long user, ApiKeyScope scope) {
        return saas.actingAs(new UserId(user)).apiKeys().create(key(scope)).secret();
    }

    private String memberKey(long member) {
        return saas.database(SHOP)
                .actingAs(new MemberId(member))
                .apiKeys()
                .create(key(ApiKeyScope.EVERYTHING))
                .secret();
    }

    private static NewApiKey key(ApiKeyScope scope) {
        return new NewApiKey("test", scope, Instant.now().plus(Duration.ofDays(1)));
    }

    /** Returns the secret of a new web session of an account. */
    String session(String database, long user) {
        return saas.access().openSession(database, user);
    }

    /** Begins a request to a method, as JSON with the key of the administrator. */
    Request to(String path) {
        return new Request(path)
                .header("host", MAIN)
                .header("content-type", "application/json")
                .header("authorization", "bearer " + adminKey);
    }

    @Override
    public void close() {
        saas.close();
    }

    /** A request. Header names are in lower case. */
    final class Request {
        private final String path;
        private final Map<String, String> headers = new LinkedHashMap<>();
        private byte[] body = new byte[0];

        private Request(String path) {
            this.path = path;
        }

        Request header(String name, String value) {
            headers.put(name, value);
            return this;
        }

        Request without(String name) {
            headers.remove(name);
            return this;
        }

        Request key(String key) {
            return header("authorization", "bearer " + key);
        }

        Request body(byte[] bytes) {
            body = bytes;
            return this;
        }

        Response post(String text) {
            return body(text.getBytes(StandardCharsets.UTF_8)).send("POST");
        }

        Response post() {
            return send("POST");
        }

        Response get() {
            return without("content-type").send("GET");
        }

        Response send(String method) {
            return new Response(adapter.handle(new Call(path, headers, body, "192.0.2.7", true, method)));
        }

        /** Sends a body that does not match its headers. */
        Response malformed(String message) {
            return new Response(
                    adapter.malformed(new Call(path, headers, new byte[0], "192.0.2.7", true, "POST"), message));
        }
    }

    record Response(Answer answer) {
        int status() {
            return answer.status();
        }

        String body() {
            return new String(answer.body(), StandardCharsets.UTF_8);
        }

        String header(String name) {
            return String.valueOf(answer.headers().get(name));
        }

        /** Returns status and body, to compare both at once. */
        String text() {
            return status() + " " + body();
        }
    }
}
