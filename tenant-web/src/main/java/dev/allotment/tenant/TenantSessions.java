// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import dev.allotment.Access;
import dev.allotment.ErrorCategory;
import dev.allotment.Group;
import dev.allotment.Member;
import dev.allotment.MemberId;
import dev.allotment.Members;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** The sessions at client databases. Thread-safe. */
final class TenantSessions {
    private static final int REMEMBERED = 10_000;
    /** How long a member's name and groups are remembered; that its session has not ended is asked each time. */
    private static final Duration DETAILS = Duration.ofSeconds(5);

    private final Saas saas;
    private final Duration trust;
    private final ExpiringLruCache<String, SignedIn> details;
    private final ExpiringLruCache<String, SignedIn> trusted;

    /** @param trust how long a session is not asked for again; zero: each time */
    TenantSessions(Saas saas, Duration trust, LongSupplier ticker) {
        this.saas = saas;
        this.trust = trust;
        details = new ExpiringLruCache<>(REMEMBERED, ticker);
        trusted = new ExpiringLruCache<>(REMEMBERED, ticker);
    }

    /**
     * Who is signed in at this tenant with one of the secrets that a browser has. Nobody where two of them are good: one was put
     * there by a page of a sibling host, for the visitor to work in somebody else's name. Then both end, or that one would be in
     * the way for ever.
     */
    Optional<SignedIn> find(Visit visit) {
        Tenant tenant = visit.site().tenant();
        List<SignedIn> found = visit.sessions().stream()
                .flatMap(secret -> find(tenant, secret).stream())
                .toList();
        if (found.size() > 1) {
            close(visit);
        }
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    private Optional<SignedIn> find(Tenant tenant, String secret) {
        String key = key(tenant, secret);
        SignedIn known = trust.isZero() ? null : trusted.get(key);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<SignedIn> found = saas.access()
                .findSession(secret)
                .filter(session -> session.database().equals(tenant.name()))
                .flatMap(session -> details(tenant, secret, session));
        if (!trust.isZero()) {
            found.ifPresent(each -> trusted.put(key, each, trust));
        }
        return found;
    }

    private Optional<SignedIn> details(Tenant tenant, String secret, Access.Session session) {
        String key = key(tenant, secret);
        SignedIn known = details.get(key);
        if (known != null && known.member().id().value() == session.user()) {
            return Optional.of(known);
        }
        try {
            Members members = saas.database(tenant.name()).members();
            MemberId id = new MemberId(session.user());
            Optional<SignedIn> found = members.find(id).map(member -> signedIn(secret, member, members));
            found.ifPresent(each -> details.put(key, each, DETAILS));
            return found;
        } catch (SaasException e) {
            if (e.category() == ErrorCategory.NOT_FOUND) {
                // Gone between the two.
                return Optional.empty();
            }
            throw e;
        }
    }

    private static SignedIn signedIn(String secret, Member member, Members members) {
        Set<String> groups =
                members.groups(member.id()).stream().map(Group::xmlId).collect(Collectors.toUnmodifiableSet());
        return new SignedIn(secret, member, groups);
    }

    /** With a new secret; whatever session this browser had at this tenant ends. */
    void open(Visit visit, MemberId member) {
        Tenant tenant = visit.site().tenant();
        close(visit);
        visit.setSession(saas.access().openSession(tenant.name(), member.value()));
        visit.clearBrowserSecret(Visit.FORMS);
        visit.clearBrowserSecret(Visit.PORTAL);
    }

    /** Ends the sessions that this browser has here. */
    void close(Visit visit) {
        Tenant tenant = visit.site().tenant();
        for (String secret : visit.sessions()) {
            boolean here = saas.access()
                    .findSession(secret)
                    .filter(session -> session.database().equals(tenant.name()))
                    .isPresent();
            if (here) {
                saas.access().closeSession(secret);
                details.remove(key(tenant, secret));
                trusted.remove(key(tenant, secret));
            }
        }
    }

    /** A secret is not kept, and counts at one tenant only. */
    private static String key(Tenant tenant, String secret) {
        return HexFormat.of().formatHex(BrowserSecret.sha256(tenant.uuid() + secret));
    }
}
