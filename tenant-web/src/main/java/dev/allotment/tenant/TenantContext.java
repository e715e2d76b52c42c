// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import dev.allotment.Member;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import jakarta.servlet.ServletRequest;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Whose request it is: the tenant, who has signed in there, and the tenant's database. It belongs to one request; {@link
 * TenantFilter} makes it. The methods other than {@link #dataSource} do no I/O.
 */
public final class TenantContext {
    static final String ATTRIBUTE = TenantContext.class.getName();

    private final TenantSite site;
    private final @Nullable SignedIn signedIn;
    private final RequestConnections connections;

    TenantContext(TenantSite site, @Nullable SignedIn signedIn, RequestConnections connections) {
        this.site = site;
        this.signedIn = signedIn;
        this.connections = connections;
    }

    /**
     * The tenant that a request is for.
     *
     * @throws IllegalStateException where it is for none: the filter is not mapped to it, or its host is nobody's
     */
    public static TenantContext of(ServletRequest request) {
        return find(request)
                .orElseThrow(
                        () -> new IllegalStateException(
                                "This request is for no tenant: TenantFilter is not mapped to it, or its host is no tenant's."));
    }

    /** The tenant that a request is for, if it is for one. */
    public static Optional<TenantContext> find(ServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof TenantContext context
                ? Optional.of(context)
                : Optional.empty();
    }

    /** As it was a few seconds ago at most; open. */
    public Tenant tenant() {
        return site.tenant();
    }

    /** Who has signed in; empty only at paths that {@link TenantFilter.Builder#allowAnonymous} names. */
    public Optional<Member> member() {
        return Optional.ofNullable(signedIn).map(SignedIn::member);
    }

    /** The XML ids of the groups of whoever has signed in, as they were a few seconds ago at most. */
    public Set<String> groups() {
        return signedIn == null ? Set.of() : signedIn.groups();
    }

    /** Whether whoever has signed in is in a group, such as {@code base.group_system}. */
    public boolean inGroup(String xmlId) {
        return groups().contains(xmlId);
    }

    /**
     * The tenant's database, for as long as this request lasts: connections that are left open are closed at its end, with
     * a warning. Connects as the tenant's own user, who gets into this database only.
     *
     * @throws SaasException {@code backend.unsupported} where the backend has no logins for applications, {@code
     *     backend.unavailable}
     */
    public DataSource dataSource() {
        return connections.of(tenant());
    }

    /**
     * A path at this tenant as browsers are told it: as it is, or after the tenant's own path where it has no host of its
     * own.
     *
     * @param local such as {@code /orders}
     */
    public String path(String local) {
        return site.path(local);
    }

    /** Where logging out is confirmed, as browsers are told it. */
    public String logoutPath() {
        return path(TenantSignInPages.LOGOUT);
    }

    /**
     * What the application's own forms may carry, and {@link #isForm} checks: bound to the session, so that no other site
     * can know it. Empty where nobody has signed in.
     */
    public String form() {
        return signedIn == null ? "" : new BrowserSecret(signedIn.secret()).form();
    }

    /** Whether a form of this session was sent: {@link #form} is what it carried. */
    public boolean isForm(@Nullable String carried) {
        return signedIn != null && carried != null && new BrowserSecret(signedIn.secret()).fitsForm(carried);
    }
}
