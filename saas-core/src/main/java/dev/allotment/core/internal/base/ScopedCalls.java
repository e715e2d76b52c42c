// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.Access;
import dev.allotment.Accounts;
import dev.allotment.Addons;
import dev.allotment.Aliases;
import dev.allotment.ApiKeyScope;
import dev.allotment.ApiKeys;
import dev.allotment.AsyncOperations;
import dev.allotment.Backups;
import dev.allotment.Campaigns;
import dev.allotment.CatalogIdentity;
import dev.allotment.Configuration;
import dev.allotment.Customers;
import dev.allotment.ErrorCodes;
import dev.allotment.Events;
import dev.allotment.Exports;
import dev.allotment.Groups;
import dev.allotment.Lookup;
import dev.allotment.Maintenance;
import dev.allotment.Members;
import dev.allotment.Operations;
import dev.allotment.Parameters;
import dev.allotment.Plans;
import dev.allotment.Reconciliation;
import dev.allotment.SaasException;
import dev.allotment.SelfService;
import dev.allotment.Servers;
import dev.allotment.Templates;
import dev.allotment.Tenants;
import dev.allotment.UsageRecords;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Limits use cases to the scope of an API key. Each use case that a scope contains is listed here, so one that is added
 * later is refused until this list says otherwise. The records that a scope contains are decided by the lookups.
 */
public final class ScopedCalls {
    private static final Set<String> LOOKUP = Set.of("find", "get", "list", "count");

    /** What {@link ApiKeyScope#READ_ONLY} contains. The use cases of keys check the scope of the key themselves. */
    private static final Map<Class<?>, Set<String>> READING = Map.ofEntries(
            entry(Lookup.class),
            entry(Accounts.class, "findByLogin"),
            entry(Customers.class, "listByName", "listByEmail"),
            entry(Plans.class, "findByName", "versions", "version"),
            entry(Parameters.class, "value"),
            entry(Servers.class, "findByName", "status", "statuses", "load", "loss", "rebalancing"),
            entry(Templates.class, "findByName", "addons", "spares"),
            entry(
                    Tenants.class,
                    "counts",
                    "findByName",
                    "findByHost",
                    "load",
                    "proofOfDeletion",
                    "previewSwitch",
                    "databaseNames",
                    "host",
                    "publicUrl"),
            only(SelfService.class, "offers", "checkName", "operation", "previewSwitch", "restorable"),
            only(Backups.class, "hasStore", "list", "listNewest", "find", "usage"),
            only(Exports.class),
            entry(Aliases.class, "instructions"),
            only(Configuration.class, "previewUninstall"),
            only(Access.class, "isRedirectUri"),
            entry(ApiKeys.class, "create", "rotate", "revoke"),
            entry(Operations.class, "await"),
            only(AsyncOperations.class),
            only(Campaigns.class, "count", "status", "failures", "versions"),
            entry(Events.class),
            entry(UsageRecords.class, "export", "total"),
            only(CatalogIdentity.class, "isCopy"),
            only(Reconciliation.class, "check"),
            only(Maintenance.class, "listeners", "nodes", "statistics", "backlogs"),
            entry(Members.class, "findByLogin", "groups", "inGroup"),
            entry(Groups.class, "findByXmlId", "members"),
            entry(Addons.class));

    /** What the scopes of one customer and of one plan contain. */
    private static final Map<Class<?>, Set<String>> TENANTS = Map.ofEntries(
            entry(Lookup.class),
            entry(Accounts.class, "findByLogin"),
            entry(Customers.class, "listByName", "listByEmail"),
            entry(Plans.class, "findByName", "versions", "version"),
            only(Parameters.class),
            only(Servers.class),
            only(Templates.class),
            entry(
                    Tenants.class,
                    "counts",
                    "create",
                    "duplicate",
                    "findByName",
                    "findByHost",
                    "load",
                    "migrate",
                    "rename",
                    "delete",
                    "purge",
                    "restore",
                    "proofOfDeletion",
                    "update",
                    "extend",
                    "previewSwitch",
                    "switchPlan",
                    "suspend",
                    "resume",
                    "swap",
                    "batch",
                    "sync",
                    "reportFileStorage",
                    "sendParameters",
                    "host",
                    "publicUrl"),
            only(
                    SelfService.class,
                    "offers",
                    "checkName",
                    "start",
                    "operation",
                    "rename",
                    "duplicate",
                    "preview",
                    "previewSwitch",
                    "switchPlan",
                    "delete",
                    "restorable",
                    "restore"),
            only(
                    Backups.class,
                    "hasStore",
                    "list",
                    "listNewest",
                    "find",
                    "usage",
                    "create",
                    "restore",
                    "restoreInPlace"),
            only(Exports.class, "write", "writeBackup", "encrypted", "prepared", "download"),
            entry(Aliases.class, "add", "remove", "instructions"),
            only(Configuration.class, "apply", "previewUninstall"),
            only(Access.class, "issue"),
            entry(ApiKeys.class, "create", "rotate", "revoke"),
            entry(Operations.class, "await", "cancel"),
            only(
                    AsyncOperations.class,
                    "create",
                    "duplicate",
                    "createBackup",
                    "prepareExport",
                    "restoreBackup",
                    "restoreInPlace",
                    "rename",
                    "swap",
                    "switchPlan",
                    "delete",
                    "purge",
                    "restore",
                    "configure"),
            only(Campaigns.class),
            only(Events.class),
            entry(UsageRecords.class, "export", "total"),
            only(CatalogIdentity.class),
            only(Reconciliation.class),
            only(Maintenance.class));

    private ScopedCalls() {}

    private static Map.Entry<Class<?>, Set<String>> entry(Class<?> api, String... more) {
        Set<String> names = new HashSet<>(LOOKUP);
        names.addAll(List.of(more));
        return Map.entry(api, Set.copyOf(names));
    }

    private static Map.Entry<Class<?>, Set<String>> only(Class<?> api, String... names) {
        return Map.entry(api, Set.of(names));
    }

    /**
     * Returns the same use cases, limited to a scope.
     *
     * @param api the interface that callers see
     */
    public static <T> T limited(ApiKeyScope scope, Class<T> api, T useCases) {
        if (scope.equals(ApiKeyScope.EVERYTHING)) {
            return useCases;
        }
        Set<String> allowed = contents(scope).getOrDefault(api, Set.of());
        return api.cast(Proxy.newProxyInstance(
                ScopedCalls.class.getClassLoader(),
                new Class<?>[] {api},
                (proxy, method, arguments) -> call(scope, allowed, useCases, method, arguments)));
    }

    private static Map<Class<?>, Set<String>> contents(ApiKeyScope scope) {
        return scope.equals(ApiKeyScope.READ_ONLY) ? READING : TENANTS;
    }

    private static Object call(
            ApiKeyScope scope, Set<String> allowed, Object useCases, Method method, Object[] arguments)
            throws Throwable {
        if (!allowed.contains(method.getName()) && method.getDeclaringClass() != Object.class) {
            throw refused(scope);
        }
        try {
            return method.invoke(useCases, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /**
     * Refuses what only {@link ApiKeyScope#EVERYTHING} contains.
     *
     * @throws SaasException {@code access.not-allowed}
     */
    public static void requireEverything(ApiKeyScope scope) {
        if (!scope.equals(ApiKeyScope.EVERYTHING)) {
            throw refused(scope);
        }
    }

    /** The refusal of a call that the scope does not contain. */
    public static SaasException refused(ApiKeyScope scope) {
        return SaasException.notAllowed(
                ErrorCodes.ACCESS_NOT_ALLOWED,
                scope.equals(ApiKeyScope.READ_ONLY)
                        ? "This API key is read-only, so it cannot change anything."
                        : "The scope of this API key, " + scope + ", does not contain this.");
    }

    /** All use cases that are listed, as {@code class#method}: a test checks that they exist. */
    public static List<String> listedNames() {
        return Stream.of(READING, TENANTS)
                .flatMap(contents -> contents.entrySet().stream())
                .flatMap(each ->
                        each.getValue().stream().map(name -> each.getKey().getName() + "#" + name))
                .distinct()
                .toList();
    }
}
