// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import dev.allotment.Saas;
import dev.allotment.UserId;
import dev.allotment.access.Access;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.OdooDatabase;
import dev.allotment.odoo.internal.shared.UserContext;
import dev.allotment.odoo.internal.value.OdooIdentity;
import dev.allotment.odoo.internal.value.PythonText;
import dev.allotment.odoo.internal.value.Value;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Odoo's external API over a control plane, without a wire format. Codecs call it. Thread-safe.
 *
 * <p>Incoming values are Boolean, Integer, Long, Double, String, {@code byte[]}, {@link java.time.LocalDateTime} (as
 * written, without a zone), List, Map with String keys, and null. Outgoing values are Boolean, Integer, Long, String,
 * List and Map with String keys in a fixed order. They are never null: as in Odoo, an absent or empty value is false.
 * Instants are text, {@code YYYY-MM-DD HH:MM:SS} in UTC.
 *
 * <p>Every method does I/O unless it says otherwise, and throws {@link OdooFault} if the call fails.
 */
public final class OdooServices implements WebCalls, NamedCalls {
    private final Saas saas;
    private final OdooDatabases databases;
    private final HostDatabases hosts;
    private final CommonService common;
    private final ObjectService object;
    private final DatabaseService db;

    /**
     * Creates the services over a control plane with all rights. Each call is restricted to the rights of the user
     * that it authenticates.
     */
    public OdooServices(Saas saas, OdooSettings settings) {
        this(saas, settings, Clock.systemUTC());
    }

    /** Creates the services with the clock of the control plane. */
    public OdooServices(Saas saas, OdooSettings settings, Clock clock) {
        this.saas = saas;
        databases = new OdooDatabases(saas, settings, clock);
        hosts = new HostDatabases(saas, System::nanoTime);
        common = new CommonService(databases, settings);
        object = new ObjectService(databases);
        db = new DatabaseService(saas, settings);
    }

    @Override
    public Object call(String service, String method, List<?> params, @Nullable String clientAddress) {
        return guarded(() -> switch (service) {
            case "common" -> common.call(method, params, clientAddress);
            case "object" -> object.call(method, params, clientAddress);
            case "db" -> db.call(method, params, clientAddress);
            default ->
                throw OdooFault.request("Unknown service " + PythonText.abbreviated(service)
                        + ". The services are common, object and db.");
        });
    }

    @Override
    public Map<String, Object> versionInfo() {
        return common.version();
    }

    @Override
    public Optional<WebLogin> signIn(String db, String login, String password, @Nullable String clientAddress) {
        return guarded(() -> {
            OdooDatabase database = databases.get(db);
            Optional<OdooIdentity> user = database.authenticate(
                    new Value(OdooFault.Kind.REQUEST, "login", login).text(), password, clientAddress);
            return user.map(each -> {
                Saas self =
                        db.equals(saas.mainDatabase()) ? saas.actingAs(new UserId(each.uid()), clientAddress) : saas;
                String secret = self.access().openSession(db, each.uid(), each.login());
                return new WebLogin(secret, info(secret, db, each));
            });
        });
    }

    @Override
    public Optional<WebSession> session(String secret) {
        return guarded(() -> saas.access()
                .findSession(secret)
                .map(session -> new WebSession(
                        session.database(),
                        session.user(),
                        session.login(),
                        session.expiresAt(),
                        session.byBrowser() ? secret : null)));
    }

    @Override
    public void signOut(String secret) {
        guarded(() -> {
            saas.access().closeSession(secret);
            return true;
        });
    }

    @Override
    public Map<String, Object> sessionInfo(String secret) {
        return guarded(() -> {
            Access.Session session = open(secret);
            return info(secret, session.database(), identity(session, secret));
        });
    }

    @Override
    public Object callKw(
            String secret,
            String model,
            String method,
            List<?> args,
            Map<String, ?> kwargs,
            @Nullable String clientAddress) {
        return guarded(() -> {
            Access.Session session = open(secret);
            return databases
                    .get(session.database())
                    .call(identity(session, secret), model, method, args, kwargs, clientAddress);
        });
    }

    @Override
    public Optional<String> databaseAt(String host) {
        return guarded(() -> hosts.databaseAt(host));
    }

    @Override
    public String mainDatabase() {
        return saas.mainDatabase();
    }

    @Override
    public boolean hasDatabase(String name) {
        return guarded(() -> databases.find(name).isPresent());
    }

    @Override
    public Optional<NamedCaller> byKey(String database, String key, @Nullable String clientAddress) {
        return guarded(
                () -> databases.get(database).keyHolder(key, clientAddress).map(UserCalls::new));
    }

    @Override
    public NamedCaller bySession(WebSession session, @Nullable String clientAddress) {
        return guarded(() -> new UserCalls(databases
                .get(session.database())
                .user(new OdooIdentity(session.user(), session.login(), session.portalSecret()), clientAddress)));
    }

    private Access.Session open(String secret) {
        return saas.access()
                .findSession(secret)
                .orElseThrow(() -> new OdooFault(OdooFault.Kind.SESSION_EXPIRED, "Session expired"));
    }

    /** A person who signed in at the portal has to prove here, too, who it is. */
    private static OdooIdentity identity(Access.Session session, String secret) {
        return new OdooIdentity(session.user(), session.login(), session.byBrowser() ? secret : null);
    }

    private Map<String, Object> info(String secret, String db, OdooIdentity user) {
        OdooDatabase.Account account = databases.get(db).account(user);
        long uid = user.uid();
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("uid", uid);
        info.put("session_id", secret);
        info.put("db", db);
        info.put("username", account.login());
        info.put("name", account.name());
        info.put("partner_display_name", account.partnerName());
        info.put("partner_id", account.partner() == null ? false : account.partner());
        info.put("user_context", UserContext.of(account.lang(), account.zone(), uid));
        info.put("is_admin", account.administrator());
        info.put("is_system", account.administrator());
        info.put("server_version", common.version().get("server_version"));
        info.put("server_version_info", common.version().get("server_version_info"));
        return info;
    }

    private static <T> T guarded(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            throw OdooFault.of(e);
        }
    }
}
