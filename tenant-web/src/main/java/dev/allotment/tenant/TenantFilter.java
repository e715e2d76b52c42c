// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import dev.allotment.ErrorCategory;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.TenantState;
import dev.allotment.servlet.TrustedProxies;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Put before an application, it serves each client database under its own host: it finds the tenant by host, signs its
 * members in and out, keeps strangers out, answers for tenants that are suspended, and hands the application a {@link
 * TenantContext}. Requests for hosts that are no tenant's pass on untouched. Thread-safe; starts no thread but those of
 * {@link TenantDataSources}.
 *
 * <p>Map it to {@code /*} of the root context. At a tenant's host these paths are its own: {@code /web/login}, {@code
 * /web/session/logout}, {@code /saas_client/*} and {@code /auth_oauth/*}.
 */
public final class TenantFilter implements Filter {
    private static final Logger LOG = LoggerFactory.getLogger(TenantFilter.class);
    private static final Duration LONGEST_TRUST = Duration.ofMinutes(1);

    /** Segments that are resolved, with or without escapes and parameters. */
    private static final Pattern DOTS = Pattern.compile("(?i)/(?:\\.|%2e){1,2}(?:;[^/]*)?(?:/|$)");

    private final Directory directory;
    private final TenantSessions sessions;
    private final TenantSignInPages pages;
    private final StatePages states;
    private final TenantDataSources sources;
    private final boolean ownsSources;
    private final TrustedProxies proxies;
    private final Paths passedOn;
    private final Paths anonymous;

    private TenantFilter(Builder builder) {
        directory = new Directory(builder.saas, builder.pathPrefix, builder.hostCache, builder.ticker);
        sessions = new TenantSessions(builder.saas, builder.trust, builder.ticker);
        pages = new TenantSignInPages(builder.saas, sessions);
        states = new StatePages(builder.saas);
        TenantDataSources given = builder.sources;
        sources = given == null ? TenantDataSources.of(builder.saas) : given;
        ownsSources = given == null;
        proxies = builder.proxies;
        passedOn = new Paths(builder.passedOn);
        anonymous = new Paths(builder.anonymous);
    }

    /** With the defaults named at each method of the builder. */
    public static TenantFilter of(Saas saas) {
        return builder(saas).build();
    }

    /**
     * Starts from the defaults named at each method.
     *
     * @param saas the view that the builder of the control plane opened, with all rights
     */
    public static Builder builder(Saas saas) {
        return new Builder(saas);
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request instanceof HttpServletRequest http && response instanceof HttpServletResponse answer) {
            filter(http, answer, chain);
        } else {
            chain.doFilter(request, response);
        }
    }

    private void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (HostName.isAmbiguous(request)) {
            refuse(response, HttpServletResponse.SC_BAD_REQUEST, "A request names one host.");
            return;
        }
        String path = Paths.of(request);
        String host = HostName.of(request);
        if (host == null || passedOn.contain(path.replaceAll("/{2,}", "/"))) {
            chain.doFilter(request, response);
            return;
        }
        Granted granted;
        try {
            Optional<TenantSite> site = find(host, path);
            if (site.isEmpty()) {
                chain.doFilter(request, response);
                return;
            }
            granted = admit(visit(request, response, site.get(), path), host, path);
        } catch (SaasException e) {
            fail(response, e);
            return;
        }
        if (granted != null) {
            serve(granted, chain);
        }
    }

    /** What is not known, or not open, may have changed just now for whoever comes by a link to it. */
    private Optional<TenantSite> find(String host, String path) {
        Optional<TenantSite> site = directory.find(host, path);
        boolean open =
                site.filter(each -> each.tenant().state() == TenantState.OPEN).isPresent();
        return open || !path.contains("/saas_client/") ? site : directory.findAnew(host, path);
    }

    private Visit visit(HttpServletRequest request, HttpServletResponse response, TenantSite site, String path) {
        return new Visit(request, response, site, local(path, site), proxies.caller(request));
    }

    private static String local(String path, TenantSite site) {
        String local = path.substring(site.base().length());
        return local.isEmpty() ? "/" : local;
    }

    /** A request that the application may answer. */
    private record Granted(Visit visit, @Nullable SignedIn signedIn) {}

    /** Null where it has been answered here. */
    private @Nullable Granted admit(Visit visit, String host, String path) throws IOException {
        if (visit.request().getCharacterEncoding() == null) {
            visit.request().setCharacterEncoding(StandardCharsets.UTF_8.name());
        }
        boolean ours = TenantSignInPages.isOurs(visit.path());
        if (isClosed(visit)) {
            return null;
        }
        if (ours) {
            pages.answer(visit);
            return null;
        }
        if (!visit.isSafe() && visit.isFromElsewhere()) {
            refuse(visit.response(), HttpServletResponse.SC_FORBIDDEN, "This was sent by a page of another site.");
            return null;
        }
        Optional<SignedIn> found = sessions.find(visit);
        if (found.isPresent() || anonymous.contain(visit.path())) {
            return new Granted(visit, found.orElse(null));
        }
        // It may have been suspended, or renamed, since it was looked at.
        Optional<TenantSite> now = visit.sessions().isEmpty() ? Optional.of(visit.site()) : directory.findAnew(host, path);
        Visit again =
                new Visit(visit.request(), visit.response(), now.orElse(visit.site()), visit.path(), visit.caller());
        if (!isClosed(again)) {
            signIn(again);
        }
        return null;
    }

    /** Answers for a tenant that is not open; its pages look as they do otherwise. */
    private boolean isClosed(Visit visit) throws IOException {
        TenantState state = visit.site().tenant().state();
        if (state == TenantState.OPEN || visit.path().startsWith(StaticFiles.FOLDER)) {
            return false;
        }
        if (state == TenantState.DRAFT) {
            states.beingMade(visit);
        } else {
            states.suspended(visit);
        }
        return true;
    }

    private static void signIn(Visit visit) throws IOException {
        if (!visit.isSafe() || !visit.wantsPage()) {
            refuse(visit.response(), HttpServletResponse.SC_UNAUTHORIZED, "Log in first.");
            return;
        }
        String query = visit.request().getQueryString();
        String wish = visit.request().getRequestURI() + (query == null ? "" : "?" + query);
        String login = visit.site().path(TenantSignInPages.LOGIN);
        boolean start = LocalPath.of(wish, visit.site()).equals(visit.site().path("/"));
        visit.redirect(start ? login : login + "?redirect=" + URLEncoder.encode(wish, StandardCharsets.UTF_8));
    }

    private void serve(Granted granted, FilterChain chain) throws IOException, ServletException {
        Visit visit = granted.visit();
        SignedIn signedIn = granted.signedIn();
        RequestConnections connections = new RequestConnections(sources, visit.path());
        HttpServletRequest request =
                signedIn == null ? visit.request() : new SignedInRequest(visit.request(), signedIn);
        request.setAttribute(TenantContext.ATTRIBUTE, new TenantContext(visit.site(), signedIn, connections));
        boolean async = false;
        try {
            if (visit.site().hasOwnHost()) {
                chain.doFilter(request, visit.response());
            } else {
                forward(visit, request);
            }
            async = request.isAsyncStarted();
            if (async) {
                request.getAsyncContext().addListener(new EndOfRequest(connections));
            }
        } finally {
            if (!async) {
                connections.end();
            }
        }
    }

    /**
     * The application is not to know that a tenant has no host of its own. What it gets has to be the path that was looked at here:
     * so the tenant's part of the address has to stand there as it is, and nothing may lead out of what follows.
     */
    private static void forward(Visit visit, HttpServletRequest request) throws IOException, ServletException {
        String raw = visit.request()
                .getRequestURI()
                .substring(visit.request().getContextPath().length());
        String base = visit.site().base();
        if (!(raw + "/").startsWith(base + "/") || DOTS.matcher(raw).find()) {
            refuse(
                    visit.response(),
                    HttpServletResponse.SC_BAD_REQUEST,
                    "Write the address as it is, without escapes.");
            return;
        }
        String inside = raw.substring(base.length());
        visit.request().getRequestDispatcher(inside.isEmpty() ? "/" : inside).forward(request, visit.response());
    }

    /** Whatever failed: the visitor gets to see a sentence or a number, the log what it was. */
    private static void fail(HttpServletResponse response, SaasException e) throws IOException {
        if (e.category() == ErrorCategory.UNAVAILABLE) {
            LOG.warn("A tenant has to wait: {}", e.getMessage());
            response.setIntHeader("Retry-After", 5);
            refuse(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "Out of reach for a moment. Try again soon.");
        } else {
            UUID reference = UUID.randomUUID();
            LOG.error("A tenant's request failed, reference {}", reference, e);
            refuse(
                    response,
                    HttpServletResponse.SC_INTERNAL_SERVER_ERROR,
                    "Internal error, reference " + reference + ".");
        }
    }

    private static void refuse(HttpServletResponse response, int status, String text) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
        Headers.forAll(response, false);
        response.setStatus(status);
        response.setContentType("text/plain; charset=utf-8");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    /** Closes the data sources that it made itself. */
    @Override
    public void destroy() {
        if (ownsSources) {
            sources.close();
        }
    }

    /** Closes what a request has left open that went on after the filter. */
    private record EndOfRequest(RequestConnections connections) implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            connections.end();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            // The container completes it.
        }

        @Override
        public void onError(AsyncEvent event) {
            // The container completes it.
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
        }
    }

    /** Collects what a filter is made of; not safe for use by several threads. */
    public static final class Builder {
        private final Saas saas;
        private final Set<String> passedOn = new LinkedHashSet<>();
        private final Set<String> anonymous = new LinkedHashSet<>();
        private @Nullable TenantDataSources sources;
        private @Nullable String pathPrefix;
        private TrustedProxies proxies = TrustedProxies.of(List.of());
        private Duration hostCache = Duration.ofSeconds(5);
        private Duration trust = Duration.ZERO;
        private LongSupplier ticker = System::nanoTime;

        private Builder(Saas saas) {
            this.saas = saas;
        }

        /** Uses these, and leaves them open; by default it makes its own, with their defaults, and closes them. */
        public Builder dataSources(TenantDataSources value) {
            sources = value;
            return this;
        }

        /**
         * Serves tenants without a host of their own under this path, followed by their name; by default there are none.
         * Needs a template of hosts such as {@code clients.example.com/db/{dbname}} at the database server. Tenants are less
         * apart from each other then than under hosts of their own. Under the host of the main database there are none.
         *
         * @param path such as {@code /db}
         */
        public Builder pathPrefix(String path) {
            if (!path.matches("(/[a-z0-9._-]+)+")) {
                throw new IllegalArgumentException("A path prefix is such as /db, found " + path + ".");
            }
            pathPrefix = path;
            return this;
        }

        /**
         * Lets requests for these paths pass on as if this filter was not there, for what checks its callers itself.
         *
         * @param patterns such as {@code /xmlrpc/*}
         */
        public Builder passOn(Collection<String> patterns) {
            passedOn.addAll(patterns);
            return this;
        }

        /**
         * Lets people see these paths who have not signed in; by default nobody sees anything before that.
         *
         * @param patterns such as {@code /shop/*}
         */
        public Builder allowAnonymous(String... patterns) {
            anonymous.addAll(List.of(patterns));
            return this;
        }

        /**
         * Believes what these proxies say about a caller's address and TLS; by default nobody is believed.
         *
         * @param addresses addresses and networks in CIDR notation, such as {@code 10.0.0.0/8}; no names
         * @throws IllegalArgumentException naming all that are neither
         */
        public Builder trustedProxies(Collection<String> addresses) {
            proxies = TrustedProxies.of(addresses);
            return this;
        }

        /**
         * How long it is remembered which tenant is at a host, and that it is open; by default 5 seconds. Whoever has signed
         * in is out at once all the same when it is suspended.
         */
        public Builder rememberHosts(Duration value) {
            hostCache = value;
            return this;
        }

        /**
         * How long a session is not asked for again, up to a minute. By default it is asked for with each request, so that
         * whoever is signed out is out at once, on all nodes; with this, requests of whoever has signed in cost no query.
         */
        public Builder trustSessions(Duration value) {
            if (value.isNegative() || value.compareTo(LONGEST_TRUST) > 0) {
                throw new IllegalArgumentException("Sessions are trusted for up to a minute, not " + value + ".");
            }
            trust = value;
            return this;
        }

        Builder ticker(LongSupplier value) {
            ticker = value;
            return this;
        }

        /**
         * Makes the filter.
         *
         * @throws IllegalArgumentException for patterns that are none
         */
        public TenantFilter build() {
            return new TenantFilter(this);
        }
    }
}
