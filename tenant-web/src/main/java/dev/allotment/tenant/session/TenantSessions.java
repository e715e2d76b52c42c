// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.session;

import dev.allotment.ErrorCategory;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.access.Group;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.access.MemberIdentity;
import dev.allotment.access.Members;
import dev.allotment.support.SupportAccesses;
import dev.allotment.tenant.request.BrowserSecret;
import dev.allotment.tenant.request.ExpiringLruCache;
import dev.allotment.tenant.request.Visit;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The sessions of members. Thread-safe. */
public final class TenantSessions {
    /** The start of the secrets of sessions of support in cookies. Others have no dot. */
    private static final String SUPPORT = "support.";

    private static final int MAX_CACHED = 10_000;
    /** How long a member's name and groups are cached. Whether the session is still open is checked each time. */
    private static final Duration DETAILS = Duration.ofSeconds(5);

    private final Saas saas;
    private final Duration ttl;
    private final ExpiringLruCache<String, SignedIn> details;
    private final ExpiringLruCache<String, SignedIn> open;

    /** @param ttl how long an open session is cached; zero to check it with each request */
    public TenantSessions(Saas saas, Duration ttl, LongSupplier ticker) {
        this.saas = saas;
        this.ttl = ttl;
        details = new ExpiringLruCache<>(MAX_CACHED, ticker);
        open = new ExpiringLruCache<>(MAX_CACHED, ticker);
    }

    /**
     * Returns the member who is signed in at this tenant with one of the browser's secrets. If two secrets are valid, a
     * page of a sibling host has planted one of them to make the visitor work in another account. Then both sessions
     * are closed and the visitor has to sign in again.
     */
    public Optional<SignedIn> find(Visit visit) {
        Tenant tenant = visit.site().tenant();
        List<SignedIn> found = visit.sessions().stream()
                .flatMap(secret -> find(tenant, secret).stream())
                .toList();
        if (found.size() > 1) {
            close(visit);
        }
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    /** Whether this browser has, or had, a session of support at this tenant. */
    public static boolean isSupport(Visit visit) {
        return visit.sessions().stream().anyMatch(each -> each.startsWith(SUPPORT));
    }

    /** Reads the catalog for each request, so that the session ends at once when the customer revokes the access. */
    private Optional<SignedIn> findSupport(Tenant tenant, String secret) {
        return saas.supportAccesses()
                .findSession(supportSecret(secret))
                .filter(session -> session.database().equals(tenant.name()))
                .flatMap(session ->
                        details(tenant, secret, session.member()).map(member -> member.withSupport(session)));
    }

    /** Returns the secret that the control plane knows for the value of a cookie. */
    public static String supportSecret(String cookie) {
        return cookie.substring(SUPPORT.length());
    }

    private Optional<SignedIn> find(Tenant tenant, String secret) {
        if (secret.startsWith(SUPPORT)) {
            return findSupport(tenant, secret);
        }
        String key = key(tenant, secret);
        SignedIn known = ttl.isZero() ? null : open.get(key);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<SignedIn> found = saas.access()
                .findSession(secret)
                .filter(session -> session.database().equals(tenant.name()))
                .flatMap(session ->
                        details(tenant, secret, new MemberIdentity(new MemberId(session.user()), session.login())));
        if (!ttl.isZero()) {
            found.ifPresent(each -> open.put(key, each, ttl));
        }
        return found;
    }

    private Optional<SignedIn> details(Tenant tenant, String secret, MemberIdentity identity) {
        String key = key(tenant, secret);
        SignedIn known = details.get(key);
        if (known != null && known.member().identity().equals(identity)) {
            return Optional.of(known);
        }
        try {
            Members members = saas.database(tenant.name()).members();
            Optional<SignedIn> found = members.find(identity.id())
                    .filter(member -> member.identity().equals(identity))
                    .map(member -> signedIn(secret, member, members));
            found.ifPresent(each -> details.put(key, each, DETAILS));
            return found;
        } catch (SaasException e) {
            if (e.category() == ErrorCategory.NOT_FOUND) {
                // The member was deleted in between.
                return Optional.empty();
            }
            throw e;
        }
    }

    private static SignedIn signedIn(String secret, Member member, Members members) {
        Set<String> groups =
                members.groups(member.id()).stream().map(Group::xmlId).collect(Collectors.toUnmodifiableSet());
        return new SignedIn(secret, member, groups, null);
    }

    /**
     * Opens a session of a member that was authenticated with a new secret, and closes any former session of this
     * browser at this tenant.
     */
    public void open(Visit visit, Member member) {
        String database = visit.site().tenant().name();
        open(visit, () -> saas.access().openSession(database, member.id().value(), member.login()));
    }

    /** Opens a session as {@link #open(Visit, Member)} for the member that has this number at present. */
    public void open(Visit visit, MemberId member) {
        String database = visit.site().tenant().name();
        open(visit, () -> saas.access().openSession(database, member.value()));
    }

    /** Opens a session of support with the token of a link; returns false if the token is not accepted. */
    public boolean openSupport(Visit visit, String token) {
        Optional<SupportAccesses.Opened> opened =
                saas.supportAccesses().redeem(visit.site().tenant().name(), token);
        opened.ifPresent(each -> open(visit, () -> SUPPORT + each.secret()));
        return opened.isPresent();
    }

    private void open(Visit visit, Supplier<String> opening) {
        close(visit);
        visit.setSession(opening.get());
        visit.clearBrowserSecret(Visit.FORMS);
        visit.clearBrowserSecret(Visit.PORTAL);
    }

    /** Closes the sessions of this browser at this tenant. */
    public void close(Visit visit) {
        Tenant tenant = visit.site().tenant();
        for (String secret : visit.sessions()) {
            if (secret.startsWith(SUPPORT)) {
                if (findSupport(tenant, secret).isPresent()) {
                    saas.supportAccesses().closeSession(supportSecret(secret));
                }
                continue;
            }
            boolean here = saas.access()
                    .findSession(secret)
                    .filter(session -> session.database().equals(tenant.name()))
                    .isPresent();
            if (here) {
                saas.access().closeSession(secret);
                details.remove(key(tenant, secret));
                open.remove(key(tenant, secret));
            }
        }
    }

    /** The key of the caches. They do not contain secrets, and a secret is valid at one tenant only. */
    private static String key(Tenant tenant, String secret) {
        return HexFormat.of().formatHex(BrowserSecret.sha256(tenant.uuid() + secret));
    }
}
