// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.Server;
import dev.allotment.Tenant;
import dev.allotment.TenantAlias;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.net.URI;
import java.util.Comparator;
import java.util.Optional;

/** Where the client databases of a control plane are reached, and which one is reached where. */
final class TenantHosts {
    private final ControlPlane plane;

    TenantHosts(ControlPlane plane) {
        this.plane = plane;
    }

    /** @param host in its {@link Hosts#normal} form */
    Optional<Tenant> find(Transaction tx, String host) {
        if (host.equals(mainHost(tx))) {
            return Optional.empty();
        }
        String domain = baseDomain(tx);
        return tx.records(RecordTypes.SERVERS).list(Query.all()).stream()
                .flatMap(server -> Hosts.databases(server.clientsHostTemplate(), host, domain).stream()
                        .flatMap(name -> ControlPlane.tenantByName(tx, name).stream())
                        .filter(tenant -> tenant.serverId().equals(server.id()))
                        .filter(tenant -> Hosts.place(server.clientsHostTemplate(), tenant.name(), domain)
                                .equals(host)))
                // Where two names make the same host, who came later must not get the visitors of who was there.
                .min(Comparator.comparingLong(tenant -> tenant.id().value()))
                .or(() -> AliasUseCases.find(tx, host)
                        .flatMap(alias -> tx.records(RecordTypes.TENANTS)
                                .find(alias.tenantId().value()))
                        .filter(tenant -> tenant.state().live()));
    }

    /** Whether a host is one that the main database has, or that the name of a client database could give. */
    static boolean isProviders(ControlPlane plane, Transaction tx, String host) {
        String domain = baseDomain(tx);
        return host.equals(mainHost(tx))
                || host.equals(plane.mainDatabase)
                || host.equals(domain)
                || host.endsWith("." + domain)
                || tx.records(RecordTypes.SERVERS).list(Query.all()).stream()
                        .anyMatch(server -> isServers(server, host, domain));
    }

    private static boolean isServers(Server server, String host, String domain) {
        String template = server.clientsHostTemplate();
        if (template == null || template.isBlank()) {
            return false;
        }
        String example = Hosts.place(template, "name", domain);
        boolean shared = example.indexOf('/') >= 0 && Hosts.host(example).equals(host);
        return shared || Hosts.databases(template, host, domain).stream().anyMatch(name -> !name.equals(host));
    }

    /** Host, and path if there is one. */
    String place(Tenant tenant) {
        return plane.catalog.transact(
                tx -> place(tx, tenant, MainParameters.site(tx).baseDomain()));
    }

    private static String place(Transaction tx, Tenant tenant, String baseDomain) {
        String template = tx.records(RecordTypes.SERVERS)
                .find(tenant.serverId().value())
                .map(Server::clientsHostTemplate)
                .orElse(null);
        return Hosts.place(template, tenant.name(), baseDomain);
    }

    URI publicUrl(Tenant tenant) {
        return plane.catalog.transact(tx -> {
            MainParameters.Site site = MainParameters.site(tx);
            return publicUrl(site.baseUrl(), place(tx, tenant, site.baseDomain()));
        });
    }

    private static URI publicUrl(URI base, String place) {
        String port = base.getPort() < 0 ? "" : ":" + base.getPort();
        String host = Hosts.host(place);
        return URI.create(base.getScheme() + "://" + host + port + place.substring(host.length()));
    }

    /** Whether a client database is reached at a URL: at its own host, or at one that it has besides. */
    boolean isAt(Tenant tenant, String url) {
        if (url.equals(publicUrl(tenant).toString())) {
            return true;
        }
        URI base = plane.parameters.baseUrl();
        String port = base.getPort() < 0 ? "" : ":" + base.getPort();
        Filter<TenantAlias> its = Filter.equal(TenantAlias.TENANT_ID, tenant.id());
        return plane.catalog.transact(tx -> tx.records(RecordTypes.ALIASES).list(Query.where(its))).stream()
                .anyMatch(alias -> url.equals(base.getScheme() + "://" + alias.host() + port));
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
