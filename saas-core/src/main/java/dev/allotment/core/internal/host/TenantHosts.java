// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.host;

import dev.allotment.CustomDomain;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.parameter.MainParameters;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.rule.HostTemplates;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Computes where tenants are reached, and finds the tenant that is reached at a host. */
public final class TenantHosts {
    private final CoreContext context;
    private final MainParameters mainParameters;

    public TenantHosts(CoreContext context, MainParameters mainParameters) {
        this.context = context;
        this.mainParameters = mainParameters;
    }

    /**
     * Finds the tenant that is reached at a host name.
     *
     * @param host in its {@link HostTemplates#normal} form
     */
    public Optional<StoredTenant> find(Transaction tx, String host) {
        if (host.equals(mainHost(tx))) {
            return Optional.empty();
        }
        String domain = baseDomain(tx);
        List<String> names = templates(tx).stream()
                .flatMap(template -> HostTemplates.databases(template, host, domain).stream())
                .distinct()
                .toList();
        // If two names make the same host, the later tenant must not get the visitors of the earlier one.
        return named(tx, names).stream()
                .filter(tenant ->
                        address(tx, tenant.serverId(), tenant.name(), domain).equals(host))
                .findFirst()
                .or(() -> TenantDomains.find(tx, host)
                        .flatMap(custom -> tx.records(RecordTypes.TENANTS)
                                .find(custom.tenantId().value()))
                        .filter(tenant -> tenant.state().live()));
    }

    /** Returns the different templates of all servers, which are few, in one query. */
    private static Set<@Nullable String> templates(Transaction tx) {
        return tx.records(RecordTypes.SERVERS)
                .counts(Server.CLIENTS_HOST_TEMPLATE, Filter.all())
                .keySet();
    }

    private static List<StoredTenant> named(Transaction tx, List<String> names) {
        return names.isEmpty()
                ? List.of()
                : tx.records(RecordTypes.TENANTS)
                        .list(Query.where(Filter.and(Filter.in(StoredTenant.NAME, names), TenantRows.LIVE))
                                .orderBy(StoredTenant.ID));
    }

    /** Whether a host is the main database's, or could be derived from a tenant's name. */
    boolean isProviders(Transaction tx, String host) {
        String domain = baseDomain(tx);
        return host.equals(mainHost(tx))
                || host.equals(context.mainDatabase())
                || host.equals(domain)
                || host.endsWith("." + domain)
                || templates(tx).stream().anyMatch(template -> isServers(template, host, domain));
    }

    /**
     * The tenant of another customer whose host is above the host of a tenant. An application at one of the two can set
     * cookies for the other one.
     */
    private static Optional<StoredTenant> above(Transaction tx, String host, StoredTenant tenant, String domain) {
        List<String> parents = parents(host);
        if (parents.isEmpty()) {
            return Optional.empty();
        }
        Supplier<List<CustomDomain>> domains =
                tx.records(RecordTypes.CUSTOM_DOMAINS).listLater(Query.where(Filter.in(CustomDomain.HOST, parents)));
        List<String> names = templates(tx).stream()
                .flatMap(template ->
                        parents.stream().flatMap(each -> HostTemplates.databases(template, each, domain).stream()))
                .distinct()
                .toList();
        Stream<StoredTenant> own = named(tx, names).stream()
                .filter(each -> parents.contains(address(tx, each.serverId(), each.name(), domain)));
        Stream<StoredTenant> byCustomDomain = domains.get().stream()
                .flatMap(custom ->
                        tx.records(RecordTypes.TENANTS).find(custom.tenantId().value()).stream());
        return Stream.concat(own, byCustomDomain)
                .filter(each -> !Objects.equals(each.customerId(), tenant.customerId()))
                .findFirst();
    }

    /** The domains above a host, without top-level domains. */
    private static List<String> parents(String host) {
        List<String> parents = new ArrayList<>();
        for (int dot = host.indexOf('.');
                dot >= 0 && host.indexOf('.', dot + 1) >= 0;
                dot = host.indexOf('.', dot + 1)) {
            parents.add(host.substring(dot + 1));
        }
        return parents;
    }

    /** Whether a custom domain of a tenant would be below the host of another customer's tenant. */
    boolean isBelowAnother(Transaction tx, String host, StoredTenant tenant) {
        return above(tx, host, tenant, baseDomain(tx)).isPresent();
    }

    /** Whether a host is that of a database server, or below one. */
    static boolean isAtServer(Transaction tx, String host) {
        List<String> domains = new ArrayList<>(parents(host));
        domains.add(host);
        return tx.records(RecordTypes.SERVERS).count(Filter.in(Server.HOST, domains)) > 0;
    }

    /**
     * Refuses a name that gives a tenant a host below the host of another customer's tenant.
     *
     * @param tenant with the new name
     * @throws SaasException {@code tenant.name-invalid}
     */
    public static void requireApart(Transaction tx, StoredTenant tenant) {
        Function<String, String> addresses = addresses(tx, tenant.serverId(), tenant.name());
        String domain = baseDomain(tx);
        String address = addresses.apply(domain);
        if (address.indexOf('/') < 0 && above(tx, address, tenant, domain).isPresent()) {
            throw SaasException.invalid(
                    ErrorCodes.TENANT_NAME_INVALID,
                    "The host " + address + " is below the host of a tenant of another customer; choose another name.");
        }
    }

    private static boolean isServers(@Nullable String template, String host, String domain) {
        if (template == null || template.isBlank()) {
            return false;
        }
        String example = HostTemplates.address(template, "name", domain);
        boolean shared =
                example.indexOf('/') >= 0 && HostTemplates.host(example).equals(host);
        return shared
                || HostTemplates.databases(template, host, domain).stream().anyMatch(name -> !name.equals(host));
    }

    /** The host, and the path if there is one. */
    public String address(ServerId server, String name) {
        return context.catalog().transact(tx -> {
            Function<String, String> addresses = addresses(tx, server, name);
            return addresses.apply(MainParameters.site(tx).baseDomain());
        });
    }

    private static String address(Transaction tx, ServerId server, String name, String baseDomain) {
        return addresses(tx, server, name).apply(baseDomain);
    }

    /** Returns the address by the base domain, for a caller that reads more together with the server. */
    private static Function<String, String> addresses(Transaction tx, ServerId server, String name) {
        Supplier<Optional<Server>> found = tx.records(RecordTypes.SERVERS).findLater(server.value());
        return baseDomain -> HostTemplates.address(
                found.get().map(Server::clientsHostTemplate).orElse(null), name, baseDomain);
    }

    /** The URL of a tenant. */
    public URI publicUrl(StoredTenant tenant) {
        return publicUrl(tenant.serverId(), tenant.name());
    }

    /** The URL of the tenant with a name on a server. */
    public URI publicUrl(ServerId server, String name) {
        return context.catalog().transact(tx -> {
            Function<String, String> addresses = addresses(tx, server, name);
            MainParameters.Site site = MainParameters.site(tx);
            return publicUrl(site.baseUrl(), addresses.apply(site.baseDomain()));
        });
    }

    private static URI publicUrl(URI base, String address) {
        String port = base.getPort() < 0 ? "" : ":" + base.getPort();
        String host = HostTemplates.host(address);
        return URI.create(base.getScheme() + "://" + host + port + address.substring(host.length()));
    }

    /** Whether a tenant is reached at a URL: at its own host, or at one of its custom domains. */
    public boolean isAt(StoredTenant tenant, String url) {
        if (url.equals(publicUrl(tenant).toString())) {
            return true;
        }
        URI base = mainParameters.baseUrl();
        String port = base.getPort() < 0 ? "" : ":" + base.getPort();
        Filter<CustomDomain> its = Filter.equal(CustomDomain.TENANT_ID, tenant.id());
        return context
                .catalog()
                .transact(tx -> tx.records(RecordTypes.CUSTOM_DOMAINS).list(Query.where(its)))
                .stream()
                .anyMatch(domain -> url.equals(base.getScheme() + "://" + domain.host() + port));
    }

    private static String mainHost(Transaction tx) {
        return MainParameters.value(tx, Parameter.BASE_URL)
                .map(url -> String.valueOf(URI.create(url).getHost()))
                .orElse("");
    }

    private static String baseDomain(Transaction tx) {
        return MainParameters.value(tx, Parameter.BASE_DOMAIN).orElse("localhost");
    }
}
