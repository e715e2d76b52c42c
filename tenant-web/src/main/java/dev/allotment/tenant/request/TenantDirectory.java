// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.request;

import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds the tenant that a request is for, and caches it for a short time. Thread-safe. */
public final class TenantDirectory {
    private static final int MAX_CACHED = 10_000;
    /** How long an unknown or closed tenant is cached. It is short because a visitor may be waiting for it. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    private static final Pattern OWN = Pattern.compile("localhost|[0-9.]+|\\[.*");
    private static final String PORTAL = "portal";

    private final Saas saas;
    private final @Nullable Pattern prefix;
    private final Duration ttl;
    private final ExpiringLruCache<String, Optional<TenantSite>> recent;
    private final ExpiringLruCache<String, String> portalHost;

    /**
     * @param pathPrefix the start of the path of tenants without their own host; null if each tenant has its own host
     */
    public TenantDirectory(Saas saas, @Nullable String pathPrefix, Duration ttl, LongSupplier ticker) {
        this.saas = saas;
        prefix = pathPrefix == null ? null : Pattern.compile(Pattern.quote(pathPrefix) + "/([a-z0-9.-]{1,63})(/.*)?");
        this.ttl = ttl;
        recent = new ExpiringLruCache<>(MAX_CACHED, ticker);
        portalHost = new ExpiringLruCache<>(1, ticker);
    }

    /** Returns the cached tenant, or else what the catalog says. */
    public Optional<TenantSite> find(String host, String path) {
        Optional<TenantSite> known = recent.get(key(host, path));
        return known == null ? refresh(host, path) : known;
    }

    /** Returns what the catalog says now. */
    public Optional<TenantSite> refresh(String host, String path) {
        String key = key(host, path);
        Optional<TenantSite> found = look(host, path);
        boolean open =
                found.filter(site -> site.tenant().state() == TenantState.OPEN).isPresent();
        recent.put(key, found, open || ttl.compareTo(SHORT) < 0 ? ttl : SHORT);
        return found;
    }

    /**
     * Whether this host may serve something other than tenants: it is the host of the portal, {@code localhost} or an
     * IP address, or tenants without their own host share it.
     */
    public boolean servesOthers(String host) {
        if (prefix != null || OWN.matcher(host).matches()) {
            return true;
        }
        String portal = portalHost.get(PORTAL);
        if (portal == null) {
            portal = hostOf(new PortalClient(saas).url());
            portalHost.put(PORTAL, portal, ttl);
        }
        return host.equals(portal);
    }

    private String key(String host, String path) {
        Matcher shared = shared(path);
        return shared == null ? host : host + "/" + shared.group(1);
    }

    private @Nullable Matcher shared(String path) {
        Matcher matcher = prefix == null ? null : prefix.matcher(path);
        return matcher != null && matcher.matches() ? matcher : null;
    }

    private Optional<TenantSite> look(String host, String path) {
        Matcher shared = shared(path);
        if (shared == null) {
            return saas.tenants().findByHost(host).map(tenant -> new TenantSite(tenant, at(host, url(tenant))));
        }
        String base = path.substring(0, shared.end(1));
        return saas.tenants()
                .findByName(shared.group(1))
                .map(tenant -> new TenantSite(tenant, url(tenant)))
                .filter(site -> site.base().equals(base) && host.equals(hostOf(site.url())))
                // Pages of a tenant at the portal's host could act in the name of portal users.
                .filter(site -> !host.equals(hostOf(new PortalClient(saas).url())));
    }

    private URI url(Tenant tenant) {
        return saas.tenants().publicUrl(tenant);
    }

    /** Returns the tenant's URL at the requested host. Pages and the portal's answer stay at that host. */
    private static URI at(String host, URI url) {
        return host.equals(hostOf(url))
                ? url
                : URI.create(url.getScheme() + "://" + host + (url.getPort() < 0 ? "" : ":" + url.getPort()));
    }

    private static String hostOf(URI url) {
        return String.valueOf(url.getHost()).toLowerCase(Locale.ROOT);
    }
}
