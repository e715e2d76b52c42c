// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.servlet.TrustedProxies;
import dev.allotment.servlet.page.SecurityHeaders;
import dev.allotment.servlet.request.Refusal;
import dev.allotment.servlet.request.RequestParameters;
import dev.allotment.spi.protocol.FailureReference;
import dev.allotment.spi.protocol.UnavailableLog;
import dev.allotment.support.SupportSession;
import dev.allotment.tenant.page.StatePages;
import dev.allotment.tenant.page.StaticFiles;
import dev.allotment.tenant.page.TenantSignInPages;
import dev.allotment.tenant.pool.Looking;
import dev.allotment.tenant.pool.LookingTenants;
import dev.allotment.tenant.request.HostName;
import dev.allotment.tenant.request.LocalPath;
import dev.allotment.tenant.request.Paths;
import dev.allotment.tenant.request.PortalClient;
import dev.allotment.tenant.request.TenantDirectory;
import dev.allotment.tenant.request.TenantSite;
import dev.allotment.tenant.request.TenantTexts;
import dev.allotment.tenant.request.Visit;
import dev.allotment.tenant.session.SignedIn;
import dev.allotment.tenant.session.SignedInRequest;
import dev.allotment.tenant.session.TenantSessions;
import dev.allotment.tenant.support.BannerResponse;
import dev.allotment.tenant.support.SupportPages;
import dev.allotment.tenant.support.SupportRequest;
import dev.allotment.text.TextBundles;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Serves each tenant under its own host, in front of an application. The filter finds the tenant by host, signs members
 * in and out, requires a session, answers for suspended tenants, and gives the application a {@link TenantContext}.
 * Requests for hosts that belong to no tenant pass on unchanged. Thread-safe; starts only the threads of {@link
 * TenantDataSources}.
 *
 * <p>Map it to {@code /*} of the root context, for requests, and for asynchronous and error dispatches if the
 * application needs the {@link CurrentTenant} there, or if operators of support enter tenants, so that these pages have
 * the banner, too. At a tenant's host it answers these paths itself: {@code
 * /web/login}, {@code /web/session/logout}, {@code /saas_client/*} and {@code /auth_oauth/*}.
 */
public final class TenantFilter implements Filter {
    private static final Logger LOG = LoggerFactory.getLogger(TenantFilter.class);
    private static final UnavailableLog UNAVAILABLE_LOG = new UnavailableLog(LOG::warn);
    private static final Duration MAX_SESSION_CACHE_TTL = Duration.ofMinutes(1);

    /** Dot segments, with or without escapes and parameters. */
    private static final Pattern DOTS = Pattern.compile("(?i)/(?:\\.|%2e){1,2}(?:;[^/]*)?(?:/|$)");

    private final TenantDirectory directory;
    private final TenantSessions sessions;
    private final StaticFiles files;
    private final TenantSignInPages pages;
    private final SupportPages support;
    private final StatePages states;
    private final TenantTexts texts;
    private final TenantDataSources sources;
    private final boolean ownsSources;
    private final TrustedProxies proxies;
    private final Paths bypass;
    private final Paths anonymous;
    private final Paths tenantsOnly;
    private final boolean passesUnknownHosts;

    private TenantFilter(Builder builder) {
        directory = new TenantDirectory(builder.saas, builder.pathPrefix, builder.hostCacheTtl, builder.ticker);
        sessions = new TenantSessions(builder.saas, builder.sessionCacheTtl, builder.ticker);
        files = new StaticFiles(builder.saas);
        pages = new TenantSignInPages(builder.saas, sessions, files, builder.signInLink);
        support = new SupportPages(sessions, new PortalClient(builder.saas));
        states = new StatePages(builder.saas);
        texts = new TenantTexts(builder.saas, builder.texts);
        TenantDataSources given = builder.sources;
        sources = given == null ? TenantDataSources.of(builder.saas) : given;
        ownsSources = given == null;
        proxies = TrustedProxies.of(builder.proxies);
        bypass = new Paths(builder.bypass);
        anonymous = new Paths(builder.anonymous);
        tenantsOnly = new Paths(builder.tenantsOnly);
        passesUnknownHosts = builder.passesUnknownHosts;
    }

    /**
     * Creates a filter with the defaults that the methods of {@link Builder} name.
     *
     * @param saas the control plane with all rights, as its builder returned it
     */
    public static TenantFilter of(Saas saas) {
        return builder(saas).build();
    }

    /**
     * Returns a builder with the defaults that its methods name.
     *
     * @param saas the control plane with all rights, as its builder returned it
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
        DispatcherType type = request.getDispatcherType();
        if (type == DispatcherType.ASYNC || type == DispatcherType.ERROR) {
            again(request, response, chain);
            return;
        }
        if (HostName.isAmbiguous(request)) {
            refuse(response, HttpServletResponse.SC_BAD_REQUEST, "A request must name exactly one host.");
            return;
        }
        String path = Paths.of(request);
        String host = HostName.of(request);
        if (bypass.contain(path.replaceAll("/{2,}", "/"))) {
            chain.doFilter(request, response);
            return;
        }
        if (host == null) {
            refuse(response, HttpServletResponse.SC_BAD_REQUEST, "The host of the request is not a valid host name.");
            return;
        }
        Granted granted;
        try {
            Optional<TenantSite> site = find(host, path);
            if (site.isEmpty()) {
                passOn(request, response, host, path, chain);
                return;
            }
            RequestParameters.requireKnownCharset(request);
            granted = admit(visit(request, response, site.get(), path), host, path);
        } catch (Refusal e) {
            e.headers().forEach(response::setHeader);
            response.setHeader("Connection", "close");
            refuse(response, e.status(), e.text());
            return;
        } catch (SaasException e) {
            fail(response, e, host);
            return;
        } catch (RuntimeException e) {
            failInside(response, e, host);
            return;
        }
        if (granted != null) {
            serve(granted, chain);
        }
    }

    /** Continues with a request that was admitted, or not concerned, when it arrived. */
    private void again(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Optional<TenantContext> known = TenantContext.find(request);
        Optional<BannerResponse> banner = known.flatMap(TenantContext::banner);
        Runnable leave = known.map(context -> sources.currentTenant().enter(context.tenant()))
                .orElse(() -> {});
        try {
            if (banner.isPresent()) {
                chain.doFilter(
                        SupportRequest.of(request, banner.get()),
                        banner.get().on(response, request.getDispatcherType()));
            } else {
                chain.doFilter(request, response);
            }
        } finally {
            leave.run();
        }
    }

    private void passOn(
            HttpServletRequest request, HttpServletResponse response, String host, String path, FilterChain chain)
            throws IOException, ServletException {
        if ((passesUnknownHosts || directory.servesOthers(host))
                && !tenantsOnly.contain(path.replaceAll("/{2,}", "/"))) {
            chain.doFilter(request, response);
        } else {
            refuse(response, HttpServletResponse.SC_NOT_FOUND, "There is no database at this address.");
        }
    }

    /**
     * Finds the tenant. A visitor with a sign-in link may be waiting for a tenant that was just created, so the cache
     * is bypassed then.
     */
    private Optional<TenantSite> find(String host, String path) {
        Optional<TenantSite> site = directory.find(host, path);
        boolean open =
                site.filter(each -> each.tenant().state() == TenantState.OPEN).isPresent();
        return open || !path.contains("/saas_client/") ? site : directory.refresh(host, path);
    }

    private Visit visit(HttpServletRequest request, HttpServletResponse response, TenantSite site, String path) {
        return new Visit(request, response, site, local(path, site), proxies.caller(request), files.styles(), texts);
    }

    private static String local(String path, TenantSite site) {
        String local = path.substring(site.base().length());
        return local.isEmpty() ? "/" : local;
    }

    /** A request that the application may answer. */
    private record Granted(Visit visit, @Nullable SignedIn signedIn) {}

    /** Returns null if the filter has answered the request itself. */
    private @Nullable Granted admit(Visit visit, String host, String path) throws IOException {
        if (visit.request().getCharacterEncoding() == null) {
            visit.request().setCharacterEncoding(StandardCharsets.UTF_8.name());
        }
        boolean own = TenantSignInPages.isOwnPath(visit.path());
        if (isClosed(visit)) {
            return null;
        }
        if (own) {
            if (!support.answer(visit)) {
                pages.answer(visit);
            }
            return null;
        }
        if (!visit.isSafe() && visit.isCrossOrigin()) {
            refuse(
                    visit.response(),
                    HttpServletResponse.SC_FORBIDDEN,
                    "This request came from a page of another site.");
            return null;
        }
        Optional<SignedIn> found = sessions.find(visit);
        if (found.isPresent() || anonymous.contain(visit.path())) {
            return granted(visit, found.orElse(null));
        }
        if (TenantSessions.isSupport(visit)) {
            support.ended(visit);
            return null;
        }
        // The tenant may have been suspended or renamed since it was cached.
        Optional<TenantSite> now =
                visit.sessions().isEmpty() ? Optional.of(visit.site()) : directory.refresh(host, path);
        Visit again = new Visit(
                visit.request(),
                visit.response(),
                now.orElse(visit.site()),
                visit.path(),
                visit.caller(),
                files.styles(),
                texts);
        if (!isClosed(again)) {
            signIn(again);
        }
        return null;
    }

    /** An operator who looks gets a tenant whose connections only read. */
    private Granted granted(Visit visit, @Nullable SignedIn signedIn) {
        SupportSession session = signedIn == null ? null : signedIn.support();
        if (signedIn == null || session == null) {
            return new Granted(visit, signedIn);
        }
        Looking looking = new Looking(session.use(), TenantSessions.supportSecret(signedIn.secret()));
        Tenant tenant = visit.site().tenant();
        BannerResponse response = BannerResponse.of(visit, signedIn, session);
        return new Granted(
                new Visit(
                        SupportRequest.of(visit.request(), response),
                        response,
                        new TenantSite(
                                session.looking() ? LookingTenants.add(tenant, looking) : tenant,
                                visit.site().url()),
                        visit.path(),
                        visit.caller(),
                        visit.styles(),
                        visit.language()),
                signedIn);
    }

    /** Answers for a tenant that is not open; returns false if the tenant is open. */
    private boolean isClosed(Visit visit) throws IOException {
        TenantState state = visit.site().tenant().state();
        if (state == TenantState.OPEN || visit.path().startsWith(StaticFiles.FOLDER)) {
            return false;
        }
        if (state == TenantState.DRAFT) {
            states.beingCreated(visit);
        } else {
            states.suspended(visit);
        }
        return true;
    }

    private static void signIn(Visit visit) throws IOException {
        if (!visit.isSafe() || !visit.wantsPage()) {
            refuse(visit.response(), HttpServletResponse.SC_UNAUTHORIZED, "Sign in first.");
            return;
        }
        String query = visit.request().getQueryString();
        String target = visit.request().getRequestURI() + (query == null ? "" : "?" + query);
        String login = visit.site().path(TenantSite.SIGN_IN_PATH);
        boolean start = LocalPath.of(target, visit.site()).equals(visit.site().path("/"));
        visit.redirect(start ? login : login + "?redirect=" + URLEncoder.encode(target, StandardCharsets.UTF_8));
    }

    private void serve(Granted granted, FilterChain chain) throws IOException, ServletException {
        Visit visit = granted.visit();
        SignedIn signedIn = granted.signedIn();
        RequestConnections connections = new RequestConnections(sources, visit.path());
        HttpServletRequest request =
                signedIn == null ? visit.request() : new SignedInRequest(visit.request(), signedIn);
        request.setAttribute(FailureReference.TENANT_KEY, visit.site().tenant().name());
        request.setAttribute(TenantContext.ATTRIBUTE, new TenantContext(visit, signedIn, sessions, connections));
        boolean async = false;
        Runnable leave = sources.currentTenant().enter(visit.site().tenant());
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
            leave.run();
            if (!async) {
                connections.finish();
            }
        }
    }

    /**
     * Forwards a request to the application without the tenant's prefix. The application has to get the same path that
     * was checked here, so the prefix must be unescaped and no later part may climb out of it.
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
                    "Write the tenant's part of the address without escapes.");
            return;
        }
        String inside = raw.substring(base.length());
        visit.request().getRequestDispatcher(inside.isEmpty() ? "/" : inside).forward(request, visit.response());
    }

    /** Answers a failure with a sentence or, if it is a defect, with a reference that the log explains. */
    private static void fail(HttpServletResponse response, SaasException e, String host) throws IOException {
        // A tenant that is being moved to another server is busy.
        if (e.category() == ErrorCategory.UNAVAILABLE || e.code().equals(ErrorCodes.TENANT_BUSY)) {
            UNAVAILABLE_LOG.log("The tenant at " + host, e);
            response.setIntHeader("Retry-After", 5);
            refuse(
                    response,
                    HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                    "Temporarily unavailable. Please try again shortly.");
        } else if (e.category() != ErrorCategory.INTERNAL) {
            refuse(response, status(e.category()), String.valueOf(e.getMessage()));
        } else {
            failInside(response, e, host);
        }
    }

    private static void failInside(HttpServletResponse response, RuntimeException e, String host) throws IOException {
        String reference = FailureReference.of(MDC.get(FailureReference.REQUEST_KEY));
        LOG.error("A request to a tenant failed: host={} reference={}", host, reference, e);
        refuse(response, HttpServletResponse.SC_INTERNAL_SERVER_ERROR, "Internal error, reference " + reference + ".");
    }

    private static int status(ErrorCategory category) {
        return switch (category) {
            case NOT_FOUND -> HttpServletResponse.SC_NOT_FOUND;
            case NOT_ALLOWED -> HttpServletResponse.SC_FORBIDDEN;
            case INVALID_INPUT -> HttpServletResponse.SC_BAD_REQUEST;
            default -> HttpServletResponse.SC_CONFLICT;
        };
    }

    private static void refuse(HttpServletResponse response, int status, String text) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
        SecurityHeaders.set(response, false);
        response.setStatus(status);
        response.setContentType("text/plain; charset=utf-8");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    /** Closes the data sources, unless the builder was given some. */
    @Override
    public void destroy() {
        if (ownsSources) {
            sources.close();
        }
    }

    /** Closes the connections of a request that went on asynchronously after the filter. */
    private record EndOfRequest(RequestConnections connections) implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            connections.finish();
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

    /** Collects the settings of the filter. Not thread-safe. */
    public static final class Builder {
        private final Saas saas;
        private final Set<String> bypass = new LinkedHashSet<>();
        private final Set<String> anonymous = new LinkedHashSet<>();
        private final Set<String> tenantsOnly = new LinkedHashSet<>();
        private boolean passesUnknownHosts;
        private @Nullable TenantDataSources sources;
        private @Nullable String pathPrefix;
        private TenantSignInPages.@Nullable Link signInLink;
        private List<String> proxies = List.of();
        private Duration hostCacheTtl = Duration.ofSeconds(5);
        private Duration sessionCacheTtl = Duration.ZERO;
        private LongSupplier ticker = System::nanoTime;

        private TextBundles texts = TenantTexts.STANDARD;

        private Builder(Saas saas) {
            this.saas = Objects.requireNonNull(saas, "saas");
        }

        /**
         * Uses these data sources and does not close them. Default: the filter creates its own with their defaults, and
         * closes them.
         */
        public Builder dataSources(TenantDataSources value) {
            sources = value;
            return this;
        }

        /**
         * Changes texts of the pages, and adds languages. The folder is read once, see {@link TextBundles#with}.
         * Default: the texts of this library.
         *
         * @throws dev.allotment.SaasException {@code setting.invalid} naming every file and key that is wrong
         */
        public Builder texts(Path folder) {
            texts = TenantTexts.STANDARD.with(folder);
            return this;
        }

        /**
         * Serves tenants that do not have their own host under this path, followed by their name. Default: each tenant
         * needs its own host. It requires a host template at the database server such as {@code
         * clients.example.com/db/{dbname}}. These tenants are less isolated from each other than under their own hosts.
         * The host of the main database serves none of them.
         *
         * @param path such as {@code /db}
         */
        public Builder pathPrefix(String path) {
            pathPrefix = path;
            return this;
        }

        /**
         * Passes requests for these paths on as if the filter did not exist, for handlers that check their callers
         * themselves. Default: none.
         *
         * @param patterns such as {@code /xmlrpc/*}
         */
        public Builder bypass(Collection<String> patterns) {
            bypass.addAll(patterns);
            return this;
        }

        /**
         * Passes requests for hosts without a tenant on down the chain, without a context, for an application that
         * also serves other hosts. Default: with a path prefix, all of them are passed on; without one, only those for
         * the host of {@code web.base.url}, for {@code localhost} and for IP addresses, and other hosts get 404.
         */
        public Builder passOnUnknownHosts() {
            passesUnknownHosts = true;
            return this;
        }

        /**
         * Answers 404 for these paths at the hosts where no tenant is, such as the portal's host and {@code localhost}.
         * Otherwise requests reach the application there without signing in, and without a {@link TenantContext}.
         * Default: none.
         *
         * @param patterns such as {@code /app/*}, or {@code /*} if the application serves tenants only
         */
        public Builder tenantsOnly(String... patterns) {
            tenantsOnly.addAll(List.of(patterns));
            return this;
        }

        /**
         * Allows these paths without signing in. Default: none.
         *
         * @param patterns such as {@code /shop/*}
         */
        public Builder allowAnonymous(String... patterns) {
            anonymous.addAll(List.of(patterns));
            return this;
        }

        /**
         * Shows a link on the sign-in page to a page of the application, where members can sign in as well, see {@link
         * TenantContext#signIn}. The path has to be one that needs no sign-in. Default: none.
         *
         * @param label such as {@code Sign in with Example}
         * @param path such as {@code /oauth2/authorization/example}
         */
        public Builder signInLink(String label, String path) {
            signInLink = new TenantSignInPages.Link(label, path);
            return this;
        }

        /**
         * Trusts what these proxies report about the client address and TLS. Default: no proxy is trusted.
         *
         * @param addresses addresses and networks in CIDR notation, such as {@code 10.0.0.0/8}; no names
         */
        public Builder trustedProxies(Collection<String> addresses) {
            proxies = List.copyOf(addresses);
            return this;
        }

        /**
         * Sets how long the tenant of a host is cached. Members of a tenant that is suspended are signed out at once
         * nevertheless. Not negative. Default: 5 seconds.
         */
        public Builder hostCacheTtl(Duration value) {
            hostCacheTtl = value;
            return this;
        }

        /**
         * Sets how long an open session is cached, up to one minute. With a cache, requests of signed-in members need
         * no query, but signing a member out takes up to this long on other nodes. Default: zero, so each request
         * checks its session.
         */
        public Builder sessionCacheTtl(Duration value) {
            sessionCacheTtl = value;
            return this;
        }

        Builder ticker(LongSupplier value) {
            ticker = value;
            return this;
        }

        /**
         * Builds the filter.
         *
         * @throws IllegalArgumentException naming every setting that is wrong
         */
        public TenantFilter build() {
            Mistakes mistakes = new Mistakes();
            mistakes.require(
                    pathPrefix == null || pathPrefix.matches("(/[a-z0-9._-]+)+"),
                    "Invalid path prefix: expected a path such as /db, found \"" + pathPrefix + "\".");
            mistakes.require(
                    !hostCacheTtl.isNegative(), "hostCacheTtl must not be negative, found " + hostCacheTtl + ".");
            mistakes.require(
                    !sessionCacheTtl.isNegative() && sessionCacheTtl.compareTo(MAX_SESSION_CACHE_TTL) <= 0,
                    "sessionCacheTtl must be from zero to one minute, found " + sessionCacheTtl + ".");
            TenantSignInPages.Link link = signInLink;
            mistakes.require(
                    link == null || (!link.label().isBlank() && link.path().matches("/([^/].*)?")),
                    "Invalid sign-in link: expected a label and a path such as /sign-in, found "
                            + (link == null ? "" : "\"" + link.label() + "\" and \"" + link.path() + "\"") + ".");
            mistakes.during(() -> TrustedProxies.of(proxies));
            mistakes.during(() -> new Paths(bypass));
            mistakes.during(() -> new Paths(anonymous));
            mistakes.during(() -> new Paths(tenantsOnly));
            mistakes.refuse();
            return new TenantFilter(this);
        }
    }
}
