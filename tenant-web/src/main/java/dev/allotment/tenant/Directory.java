// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

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

/** Finds the tenant that a request is for, and remembers it for a short while. Thread-safe. */
final class Directory {
    private static final int REMEMBERED = 10_000;
    /** How long it is remembered that there is none, or that it is closed: somebody may be waiting for it. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    private final Saas saas;
    private final @Nullable Pattern prefix;
    private final Duration life;
    private final ExpiringLruCache<String, Optional<TenantSite>> recent;

    /** @param pathPrefix what the path of a tenant without a host of its own begins with; null: each has its own host */
    Directory(Saas saas, @Nullable String pathPrefix, Duration life, LongSupplier ticker) {
        this.saas = saas;
        prefix = pathPrefix == null ? null : Pattern.compile(Pattern.quote(pathPrefix) + "/([a-z0-9.-]{1,63})(/.*)?");
        this.life = life;
        recent = new ExpiringLruCache<>(REMEMBERED, ticker);
    }

    /** What is remembered, or else what the catalog says. */
    Optional<TenantSite> find(String host, String path) {
        Optional<TenantSite> known = recent.get(key(host, path));
        return known == null ? findAnew(host, path) : known;
    }

    /** What the catalog says. */
    Optional<TenantSite> findAnew(String host, String path) {
        String key = key(host, path);
        Optional<TenantSite> found = look(host, path);
        boolean open =
                found.filter(site -> site.tenant().state() == TenantState.OPEN).isPresent();
        recent.put(key, found, open || life.compareTo(SHORT) < 0 ? life : SHORT);
        return found;
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
                // A page of a tenant there could act in the name of whoever looks at it at the portal.
                .filter(site -> !host.equals(hostOf(new PortalClient(saas).url())));
    }

    private URI url(Tenant tenant) {
        return saas.tenants().publicUrl(tenant);
    }

    /** Where a tenant is reached at one of its hosts: pages, and what the portal answers, stay at the host that was asked for. */
    private static URI at(String host, URI url) {
        return host.equals(hostOf(url))
                ? url
                : URI.create(url.getScheme() + "://" + host + (url.getPort() < 0 ? "" : ":" + url.getPort()));
    }

    private static String hostOf(URI url) {
        return String.valueOf(url.getHost()).toLowerCase(Locale.ROOT);
    }
}
