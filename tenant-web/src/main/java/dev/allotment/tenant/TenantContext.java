// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.support.SupportSession;
import dev.allotment.tenant.request.BrowserSecret;
import dev.allotment.tenant.request.TenantSite;
import dev.allotment.tenant.request.Visit;
import dev.allotment.tenant.session.SignedIn;
import dev.allotment.tenant.session.TenantSessions;
import dev.allotment.tenant.support.BannerResponse;
import jakarta.servlet.ServletRequest;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The tenant of a request, the signed-in member, and the tenant's database. {@link TenantFilter} creates it for one
 * request. Only {@link #dataSource} and {@link #signIn} do I/O.
 */
public final class TenantContext {
    static final String ATTRIBUTE = TenantContext.class.getName();

    private final Visit visit;
    private final TenantSite site;
    private final @Nullable SignedIn signedIn;
    private final TenantSessions sessions;
    private final RequestConnections connections;

    TenantContext(Visit visit, @Nullable SignedIn signedIn, TenantSessions sessions, RequestConnections connections) {
        this.visit = visit;
        this.site = visit.site();
        this.signedIn = signedIn;
        this.sessions = sessions;
        this.connections = connections;
    }

    /**
     * Returns the context of a request.
     *
     * @throws IllegalStateException if the request is for no tenant: the filter is not mapped to it, or its host does
     *     not belong to a tenant
     */
    public static TenantContext of(ServletRequest request) {
        return find(request)
                .orElseThrow(() -> new IllegalStateException(
                        "This request is for no tenant. Map TenantFilter to its path, and use the host of a tenant."));
    }

    /** Returns the context of a request, or empty if the request is for no tenant. */
    public static Optional<TenantContext> find(ServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof TenantContext context
                ? Optional.of(context)
                : Optional.empty();
    }

    /** Returns the response that adds the banner of support; empty unless there is an {@link #impersonator}. */
    Optional<BannerResponse> banner() {
        return visit.response() instanceof BannerResponse banner ? Optional.of(banner) : Optional.empty();
    }

    /** Returns the tenant, which is open. It may be a few seconds old. */
    public Tenant tenant() {
        return site.tenant();
    }

    /** Returns the signed-in member; empty only at paths that {@link TenantFilter.Builder#allowAnonymous} names. */
    public Optional<Member> member() {
        return Optional.ofNullable(signedIn).map(SignedIn::member);
    }

    /**
     * Returns the session of the operator who acts as the member, or sees what it sees, with the consent of the
     * customer; empty if the member itself has signed in. The application records it with what it changes, and does
     * nothing outside of the database, such as sending mail, if {@link SupportSession#looking}.
     */
    public Optional<SupportSession> impersonator() {
        return Optional.ofNullable(signedIn).map(SignedIn::support);
    }

    /** Returns the XML ids of the signed-in member's groups. They may be a few seconds old. */
    public Set<String> groups() {
        return signedIn == null ? Set.of() : signedIn.groups();
    }

    /** Whether the signed-in member is in a group, such as {@code base.group_system}. */
    public boolean inGroup(String xmlId) {
        return groups().contains(xmlId);
    }

    /**
     * Returns a data source for the tenant's database, for use during this request. Connections that are still open at
     * the end of the request are closed with a warning. It connects as the tenant's own database user, who can open
     * this database only. If an {@link #impersonator} only looks, it connects as a user who can only read.
     *
     * @throws SaasException {@code backend.unsupported} if the backend has no logins for applications, {@code
     *     backend.unavailable}
     */
    public DataSource dataSource() {
        return connections.of(tenant());
    }

    /**
     * Returns a path at this tenant, as browsers see it. If the tenant does not have its own host, the result starts
     * with the tenant's path.
     *
     * @param local such as {@code /orders}
     */
    public String path(String local) {
        return site.path(local);
    }

    /**
     * Signs a member in whom the application has authenticated just now, for example with OpenID Connect. Opens a
     * session with a new secret for this browser, and closes the one that it had at this tenant. From the next request
     * on, {@link #member} returns the member if it exists and is active.
     *
     * @throws IllegalStateException if the response is committed, so that it cannot carry the cookie; if there is an
     *     {@link #impersonator}, who would become a member
     * @throws SaasException {@code backend.unavailable}; {@code database.unknown} if the tenant was renamed or deleted
     */
    public void signIn(MemberId member) {
        if (visit.response().isCommitted()) {
            throw new IllegalStateException("The response is committed. Sign the member in before it is written.");
        }
        if (impersonator().isPresent()) {
            throw new IllegalStateException(
                    "An operator of support sent this request. It ends its session before it signs in as a member.");
        }
        sessions.open(visit, member);
    }

    /** Returns the path of the page that confirms signing out, as browsers see it. */
    public String signOutPath() {
        return path(TenantSite.SIGN_OUT_PATH);
    }

    /**
     * Returns a token for the application's own forms, which {@link #isForm} checks. It is bound to the session, so
     * other sites cannot know it. Empty if no member has signed in.
     */
    public String form() {
        return signedIn == null ? "" : new BrowserSecret(signedIn.secret()).form();
    }

    /** Whether a form carries the token that {@link #form} returned for this session. */
    public boolean isForm(@Nullable String carried) {
        return signedIn != null && carried != null && new BrowserSecret(signedIn.secret()).fitsForm(carried);
    }
}
