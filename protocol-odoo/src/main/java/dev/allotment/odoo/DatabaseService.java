// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import dev.allotment.CreateTenant;
import dev.allotment.DuplicateTenant;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.value.Faults;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import dev.allotment.odoo.internal.value.OdooTexts;
import dev.allotment.odoo.internal.value.PythonText;
import dev.allotment.odoo.internal.value.Value;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Implements the service {@code db}: creates, copies, renames, drops, dumps and restores whole databases for callers
 * who know the master password.
 */
final class DatabaseService {
    private static final String MASTER = "master_pwd";
    private static final MethodSignature CREATE = MethodSignature.required(MASTER, "db_name", "demo", "lang")
            .optional("user_password", "login", "country_code", "phone");
    private static final MethodSignature DUPLICATE =
            MethodSignature.required(MASTER, "db_original_name", "db_name").optional("neutralize_database");
    private static final MethodSignature RENAME = MethodSignature.required(MASTER, "old_name", "new_name");
    private static final MethodSignature DROP = MethodSignature.required(MASTER, "db_name");
    private static final MethodSignature DUMP =
            MethodSignature.required(MASTER, "db_name").optional("format");
    private static final MethodSignature RESTORE =
            MethodSignature.required(MASTER, "db_name", "data").optional("copy");
    private static final String ZIP = "zip";
    private static final MethodSignature CHANGE_PASSWORD = MethodSignature.required(MASTER, "new_password");

    /**
     * Default login and default password of a new database. Clients that send neither expect them and change them
     * next.
     */
    private static final String ADMINISTRATOR = "admin";

    /** Callers need not sign in, so what a call costs is bounded. No client offers this many names. */
    private static final int MOST_LISTED = 10_000;

    private final Saas saas;
    private final OdooSettings settings;

    DatabaseService(Saas saas, OdooSettings settings) {
        this.saas = saas;
        this.settings = settings;
    }

    Object call(String method, List<?> params, @Nullable String clientAddress) {
        return switch (method) {
            case "server_version" -> {
                MethodSignature.none().bind(method, params, Map.of());
                yield settings.serverVersion();
            }
            case "list" -> {
                MethodSignature.none().optional("document").bind(method, params, Map.of());
                yield new ArrayList<Object>(names());
            }
            case "db_exist" ->
                exists(MethodSignature.required("db_name")
                        .bind(method, params, Map.of())
                        .get("db_name")
                        .text());
            case "create_database" -> create(CREATE.bind(method, params, Map.of()), clientAddress);
            case "duplicate_database" -> duplicate(DUPLICATE.bind(method, params, Map.of()), clientAddress);
            case "rename" -> rename(RENAME.bind(method, params, Map.of()), clientAddress);
            case "drop" -> drop(DROP.bind(method, params, Map.of()), clientAddress);
            case "dump" -> dump(DUMP.bind(method, params, Map.of()), clientAddress);
            case "restore" -> restore(RESTORE.bind(method, params, Map.of()), clientAddress);
            case "change_admin_password" ->
                changePassword(CHANGE_PASSWORD.bind(method, params, Map.of()), clientAddress);
            default ->
                throw OdooFault.request("Service db has no method " + PythonText.abbreviated(method)
                        + "; it has server_version, list, db_exist, create_database, duplicate_database, rename, drop,"
                        + " dump, restore and change_admin_password.");
        };
    }

    private List<String> names() {
        requireListing();
        List<String> names = saas.tenants().databaseNames(MOST_LISTED + 1);
        if (names.size() > MOST_LISTED) {
            throw OdooFault.accessDenied();
        }
        return names;
    }

    private void requireListing() {
        if (!settings.listDatabases()) {
            throw OdooFault.accessDenied();
        }
    }

    private boolean exists(String name) {
        requireListing();
        return name.equals(saas.mainDatabase())
                || saas.tenants()
                        .findByName(name)
                        .filter(tenant -> tenant.state() == TenantState.OPEN || tenant.state() == TenantState.SUSPENDED)
                        .isPresent();
    }

    private Object create(OdooArguments arguments, @Nullable String clientAddress) {
        Saas master = master(arguments, clientAddress);
        String login = arguments.get("login").optionalText();
        String password = arguments.get("user_password").optionalText();
        master.tenants()
                .create(CreateTenant.outsidePlans(
                                arguments.get("db_name").text(),
                                new CreateTenant.Administrator(
                                        OdooTexts.or(login, ADMINISTRATOR), OdooTexts.or(password, ADMINISTRATOR)))
                        .lang(arguments.get("lang").optionalText())
                        .build());
        return true;
    }

    private Object duplicate(OdooArguments arguments, @Nullable String clientAddress) {
        Saas master = master(arguments, clientAddress);
        Tenant source = client(master, arguments.get("db_original_name").text());
        master.tenants()
                .duplicate(DuplicateTenant.builder(source.id())
                        .name(arguments.get("db_name").text())
                        .build());
        return true;
    }

    private Object rename(OdooArguments arguments, @Nullable String clientAddress) {
        Saas master = master(arguments, clientAddress);
        Tenant tenant = client(master, arguments.get("old_name").text());
        master.tenants().rename(tenant.id(), arguments.get("new_name").text());
        return true;
    }

    private Object drop(OdooArguments arguments, @Nullable String clientAddress) {
        Saas master = master(arguments, clientAddress);
        String name = arguments.get("db_name").text();
        if (!name.equals(saas.mainDatabase())
                && master.tenants().findByName(name).isEmpty()) {
            return false;
        }
        master.tenants().delete(client(master, name).id());
        return true;
    }

    private Object dump(OdooArguments arguments, @Nullable String clientAddress) {
        Saas master = master(arguments, clientAddress);
        Value format = arguments.get("format");
        if (!format.absent() && !format.text().equals(ZIP)) {
            throw Faults.userError("Dumps have the format zip here, and no other: this server does not run pg_dump.");
        }
        Tenant tenant = client(master, arguments.get("db_name").text());
        return Base64.getEncoder().encodeToString(master.dumps().create(tenant.id(), mostDumpBytes()));
    }

    /** A dump fits into a call of {@code restore}: 57 bytes are a line of base64, which has at most 80 characters. */
    private int mostDumpBytes() {
        return settings.mostTextCharacters() / 80 * 57;
    }

    private Object restore(OdooArguments arguments, @Nullable String clientAddress) {
        Saas master = master(arguments, clientAddress);
        master.dumps()
                .restore(
                        arguments.get("db_name").text(),
                        arguments.get("data").bytes(),
                        arguments.get("copy").flag());
        return true;
    }

    private Object changePassword(OdooArguments arguments, @Nullable String clientAddress) {
        master(arguments, clientAddress)
                .changeMasterPassword(arguments.get("new_password").text());
        return true;
    }

    private Saas master(OdooArguments arguments, @Nullable String clientAddress) {
        Value password = arguments.get(MASTER);
        if (password.absent()) {
            throw OdooFault.accessDenied();
        }
        return saas.withMasterPassword(password.text(), clientAddress).orElseThrow(OdooFault::accessDenied);
    }

    private Tenant client(Saas master, String name) {
        if (name.equals(saas.mainDatabase())) {
            throw Faults.userError(
                    "The main database \"" + name + "\" can be neither copied, renamed, dropped nor dumped.");
        }
        return master.tenants().findByName(name).orElseThrow(() -> Faults.unknownDatabase(name));
    }
}
