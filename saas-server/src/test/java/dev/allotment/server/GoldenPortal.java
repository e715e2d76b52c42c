// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.CreateTenant;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.Member;
import dev.allotment.access.MemberChange;
import dev.allotment.access.MemberId;
import dev.allotment.access.NewApiKey;
import dev.allotment.access.NewMember;
import dev.allotment.access.TenantDatabase;
import dev.allotment.server.GoldenCall.User;
import dev.allotment.server.command.CommandLineArguments;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A server with what the golden calls expect: two customers with a tenant each, and members in one of them. */
final class GoldenPortal implements AutoCloseable {
    static final String MAIN = "portal.localhost";
    static final String CLIENT = "shop.localhost";
    static final String PASSWORD = "The Same Everywhere";

    private final RunningServer server;
    private final Map<User, Long> uids = new EnumMap<>(User.class);
    private final Map<User, String> sessions = new EnumMap<>(User.class);
    private final Map<User, String> keys = new EnumMap<>(User.class);

    GoldenPortal(List<String> backend) throws Exception {
        List<String> line = new ArrayList<>(List.of(
                "serve",
                "--port",
                "0",
                "--password-rounds",
                "1",
                "--node",
                "golden",
                "--admin-password",
                PASSWORD,
                "--list-databases",
                "true"));
        line.addAll(backend);
        server = SaasServer.start(Map.of(), CommandLineArguments.parse("test", line.toArray(new String[0])));
        Saas saas = server.saas();
        Plan plan = saas.plans()
                .create(Plan.builder("Basic")
                        .dbNameTemplate("basic-%i.localhost")
                        .build());
        dev.allotment.User owner = signUp(saas, "owner@example.com", "Olga Owner");
        dev.allotment.User other = signUp(saas, "other@example.com", "Otto Other");
        tenant(saas, plan, owner, CLIENT);
        tenant(saas, plan, other, "other.localhost");
        TenantDatabase client = saas.database(CLIENT);
        client.members()
                .update(
                        Member.ADMINISTRATOR,
                        MemberChange.builder()
                                .record(member -> member.toBuilder()
                                        .login("boss")
                                        .name("The Boss")
                                        .build())
                                .password(PASSWORD)
                                .build());
        Member worker = client.members()
                .create(NewMember.builder("worker", "Wanda Worker")
                        .password(PASSWORD)
                        .build());
        uids.put(User.ADMIN, 2L);
        uids.put(User.OWNER, owner.id().value());
        uids.put(User.BOSS, Member.ADMINISTRATOR.value());
        uids.put(User.WORKER, worker.id().value());
        for (User user : User.values()) {
            keys.put(user, key(saas, user));
        }
    }

    private static dev.allotment.User signUp(Saas saas, String login, String name) {
        return saas.accounts().signUp(SignUp.builder(login, name, PASSWORD).build());
    }

    private static Tenant tenant(Saas saas, Plan plan, dev.allotment.User owner, String name) {
        return saas.tenants()
                .create(CreateTenant.onPlan(plan.id()).owner(owner).name(name).build())
                .tenant();
    }

    private String key(Saas saas, User user) {
        NewApiKey key = new NewApiKey("golden", ApiKeyScope.EVERYTHING, null);
        NewApiKey limited =
                new NewApiKey("golden", ApiKeyScope.EVERYTHING, Instant.now().plus(Duration.ofDays(1)));
        return switch (user) {
            case ADMIN ->
                saas.actingAs(new UserId(uid(user))).apiKeys().create(key).secret();
            case OWNER ->
                saas.actingAs(new UserId(uid(user))).apiKeys().create(limited).secret();
            case BOSS ->
                saas.database(CLIENT)
                        .actingAs(new MemberId(uid(user)))
                        .apiKeys()
                        .create(key)
                        .secret();
            case WORKER ->
                saas.database(CLIENT)
                        .actingAs(new MemberId(uid(user)))
                        .apiKeys()
                        .create(limited)
                        .secret();
        };
    }

    /** Returns the secrets of the web sessions that were opened so far, to which callers add. */
    Map<User, String> sessions() {
        return sessions;
    }

    int port() {
        return server.port();
    }

    long uid(User user) {
        return uids.get(user);
    }

    String key(User user) {
        return keys.get(user);
    }

    @Override
    public void close() {
        server.close();
    }
}
