// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import dev.allotment.Saas;
import dev.allotment.core.Allotment;
import dev.allotment.tck.memory.MemoryBackend;
import dev.allotment.tck.memory.SettableClock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** A control plane in memory with the services over it, called as a client calls them. */
final class Portal implements AutoCloseable {
    static final String DB = "portal.localhost";
    static final String MASTER = "master secret";
    static final long ADMIN = 2;
    static final String PASSWORD = "Client Password";

    final MemoryBackend backend = MemoryBackend.create();
    final SettableClock clock = SettableClock.at("2026-03-01T12:00:00Z");
    final AtomicLong nanos = new AtomicLong();
    final Saas saas;
    final OdooServices services;

    Portal() {
        this(OdooSettings.defaults());
    }

    Portal(OdooSettings settings) {
        saas = Allotment.builder()
                .backend(backend)
                .mainDatabase(DB)
                .administrator("admin", "admin")
                .masterPassword(MASTER)
                .passwordRounds(1)
                .clock(clock)
                .ticker(nanos::get)
                .addons(() -> TestAddon.ALL)
                .fix("sale.order.fix_totals", database -> {})
                .open();
        services = new OdooServices(saas, settings, clock);
    }

    Object common(String method, Object... params) {
        return services.call("common", method, list(params), "192.0.2.1");
    }

    Object db(String method, Object... params) {
        return services.call("db", method, list(params), "192.0.2.1");
    }

    /** As the administrator of the main database. */
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

    /** One record of a model of the main database, as the administrator sees it. */
    Map<String, Object> read(String model, long id, String... fields) {
        return rows(admin(model, "read", List.of(id), List.of(fields))).get(0);
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
