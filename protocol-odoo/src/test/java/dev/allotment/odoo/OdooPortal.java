// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.access.Member;
import dev.allotment.access.TenantDatabase;
import dev.allotment.hook.Neutraliser;
import dev.allotment.hook.TenantTransaction;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.testing.MemoryBackend;
import dev.allotment.testing.MemoryBackupStore;
import dev.allotment.testing.SettableClock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A control plane in memory and the services over it, called as a client calls them. */
final class OdooPortal implements AutoCloseable {
    static final String DB = "portal.localhost";
    static final String MASTER = "master secret";
    static final long ADMIN = 2;
    static final String PASSWORD = "Client Password";

    final MemoryBackend backend = MemoryBackend.withServers("second");
    final SettableClock clock = SettableClock.at("2026-03-01T12:00:00Z");
    final MemoryBackupStore backups = new MemoryBackupStore(clock);
    final AtomicLong nanos = new AtomicLong();
    final LockedServers locked = new LockedServers();
    /** The names of the copies that were neutralised. */
    final List<String> neutralised = new ArrayList<>();
    /** The tenants that the action {@code clean} fails for. */
    final Set<String> broken = new HashSet<>();

    final Saas saas;
    final OdooServices services;

    OdooPortal() {
        this(OdooSettings.defaults());
    }

    OdooPortal(OdooSettings settings) {
        saas = Saas.builder()
                .backend(backend)
                .mainDatabase(DB)
                .administrator("admin", "admin")
                .masterPassword(MASTER)
                .passwordIterations(1)
                .clock(clock)
                .ticker(nanos::get)
                .addons(() -> OdooTestAddon.ALL)
                .provider(locked)
                .secretKey("a secret key for tests")
                .backupStore(backups)
                .neutraliser(new Neutraliser() {
                    @Override
                    public String name() {
                        return "recorded";
                    }

                    @Override
                    public void neutralise(Tenant copy, TenantTransaction transaction) {
                        neutralised.add(copy.name());
                    }
                })
                .fix("sale.order.fix_totals", database -> {})
                .tenantAction("clean", (acting, tenant) -> {
                    if (broken.contains(tenant.name())) {
                        throw new IllegalStateException("This database is broken");
                    }
                })
                .open();
        saas.parameters().set(Parameter.RETENTION_DAYS, "0");
        services = new OdooServices(saas, settings, clock);
    }

    Object common(String method, Object... params) {
        return services.call("common", method, list(params), "192.0.2.1");
    }

    Object db(String method, Object... params) {
        return services.call("db", method, list(params), "192.0.2.1");
    }

    /** Calls a method as the administrator of the main database. */
    Object admin(String model, String method, Object... args) {
        return execute(DB, ADMIN, "admin", model, method, args);
    }

    Object adminKw(String model, String method, List<?> args, Map<String, ?> kwargs) {
        return executeKw(DB, ADMIN, "admin", model, method, args, kwargs);
    }

    Object execute(String db, long uid, String password, String model, String method, Object... args) {
        return executeKw(db, uid, password, model, method, list(args), Map.of());
    }

    Object executeKw(
            String db, long uid, String password, String model, String method, List<?> args, Map<String, ?> kwargs) {
        return services.call("object", "execute_kw", list(db, uid, password, model, method, args, kwargs), "192.0.2.1");
    }

    long signUp(String login) {
        admin("res.users", "signup", Map.of("login", login, "name", "Client " + login, "password", PASSWORD));
        return (Long) common("authenticate", DB, login, PASSWORD, Map.of());
    }

    long plan(Map<String, ?> values) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("name", "Basic");
        all.put("dbname_template", "client-%i.localhost");
        all.putAll(values);
        return (Long) admin("saas_portal.plan", "create", all);
    }

    @SuppressWarnings("unchecked")
    Map<String, Object> newDatabase(long plan, Map<String, ?> kwargs) {
        return (Map<String, Object>) adminKw("saas_portal.plan", "create_new_database", List.of(List.of(plan)), kwargs);
    }

    /** Reads one record of a model of the main database as the administrator. */
    Map<String, Object> read(String model, long id, String... fields) {
        return rows(admin(model, "read", List.of(id), List.of(fields))).get(0);
    }

    /** Creates a tenant database whose owner also has a password there. */
    Client client(String login) {
        long owner = signUp(login);
        Map<String, Object> made = newDatabase(plan(Map.of()), Map.of("user_id", owner));
        long id = (Long) made.get("id");
        String name = (String) read("saas_portal.client", id, "name").get("name");
        TenantDatabase database = saas.database(name);
        Member member = database.members()
                .list(Query.where(Filter.equal(Member.OWNER, true)))
                .get(0);
        database.members().setPassword(member.id(), PASSWORD);
        database.members().setPassword(Member.ADMINISTRATOR, MASTER);
        return new Client(id, name, owner, member.id().value());
    }

    /**
     * A tenant database.
     *
     * @param owner the id of the owner in the main database
     * @param member the id of the owner in the tenant database
     */
    record Client(long id, String name, long owner, long member) {}

    /** Calls a method inside a tenant database as its owner. */
    Object owner(Client client, String model, String method, Object... args) {
        return execute(client.name(), client.member(), PASSWORD, model, method, args);
    }

    /** Calls a method inside a tenant database as its administrator. */
    Object inside(Client client, String model, String method, Object... args) {
        return execute(client.name(), Member.ADMINISTRATOR.value(), MASTER, model, method, args);
    }

    static OdooFault fault(ThrowingCallable call) {
        OdooFault fault = catchThrowableOfType(OdooFault.class, call);
        assertThat(fault).as("a fault").isNotNull();
        return fault;
    }

    /** Asserts a fault of {@code /xmlrpc/2}. */
    static void assertFault(int code, String message, ThrowingCallable call) {
        OdooFault fault = fault(call);
        assertThat(fault.code() + " " + fault.getMessage()).isEqualTo(code + " " + message);
    }

    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> rows(Object result) {
        return (List<Map<String, Object>>) result;
    }

    static List<Object> list(Object... values) {
        List<Object> list = new ArrayList<>();
        for (Object value : values) {
            list.add(value);
        }
        return list;
    }

    @Override
    public void close() {
        saas.close();
    }
}
