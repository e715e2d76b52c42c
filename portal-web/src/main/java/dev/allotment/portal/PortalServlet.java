// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import dev.allotment.Saas;
import dev.allotment.portal.account.AccountMessages;
import dev.allotment.portal.account.AccountPages;
import dev.allotment.portal.admin.AdminPages;
import dev.allotment.portal.brand.BrandPages;
import dev.allotment.portal.databases.DatabasePages;
import dev.allotment.portal.mail.PortalMail;
import dev.allotment.portal.oauth.OAuthPages;
import dev.allotment.portal.support.CustomerSupportPages;
import dev.allotment.portal.support.OperatorSupportPages;
import dev.allotment.portal.team.TeamPages;
import dev.allotment.portal.text.PortalTexts;
import dev.allotment.portal.web.Dispatcher;
import dev.allotment.portal.web.PortalSite;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.ThrottledMails;
import dev.allotment.servlet.TrustedProxies;
import dev.allotment.servlet.stream.Streams;
import dev.allotment.text.TextBundles;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Serves the portal's pages. Map it to each of {@link #urlPatterns}, or map a {@link PortalFilter} if the application
 * has pages at these paths of other hosts.
 *
 * <p>It answers requests for the host of the parameter {@code web.base.url} and for loopback addresses, and refuses all
 * others with status 421. Thread-safe. It starts no thread.
 */
public final class PortalServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Set<String> PATTERNS = Set.of(
            "",
            "/web/login/*",
            "/web/logout",
            "/web/session/logout",
            "/web/signup/*",
            "/web/reset_password/*",
            "/web/invitation/*",
            "/my/*",
            "/admin/*",
            "/portal/static/*");

    private static final Set<String> ALL_PATTERNS =
            Stream.concat(PATTERNS.stream(), OAuthPages.urlPatterns().stream()).collect(Collectors.toUnmodifiableSet());

    private final transient Dispatcher dispatcher;
    private final transient Streams streams;
    private final transient Routes routes;

    private PortalServlet(Builder builder) {
        PortalSite site = new PortalSite(builder.saas, builder.proxies, builder.clock, builder.texts);
        routes = new Routes();
        streams = new Streams(builder.scheduler);
        ThrottledMails outbox = new ThrottledMails(builder.mail, builder.mailExecutor, builder.clock);
        AccountMessages messages = new AccountMessages(site, outbox);
        AccountPages.add(routes, messages);
        TeamPages.add(routes, site, outbox);
        CustomerSupportPages.add(routes);
        OperatorSupportPages.add(routes);
        DatabasePages.add(routes, streams);
        AdminPages.add(routes, messages);
        BrandPages.add(routes, outbox);
        OAuthPages.add(routes);
        dispatcher = new Dispatcher(site, routes);
    }

    /**
     * Creates a servlet with the defaults that the methods of {@link Builder} name.
     *
     * @param saas the control plane with all rights, as its builder returned it
     */
    public static PortalServlet of(Saas saas) {
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

    /** Returns the URL patterns to map this servlet to. */
    public Set<String> urlPatterns() {
        return ALL_PATTERNS;
    }

    /** Whether a request is for the portal's host, and for a path of {@link #urlPatterns}. */
    boolean serves(HttpServletRequest request) {
        String path = request.getRequestURI().substring(request.getContextPath().length());
        return urlPatterns().stream().anyMatch(pattern -> contains(pattern, path))
                && dispatcher.serves(request.getServerName());
    }

    private static boolean contains(String pattern, String path) {
        if (pattern.isEmpty()) {
            return path.isEmpty() || path.equals("/");
        }
        String folder = pattern.endsWith("/*") ? pattern.substring(0, pattern.length() - 2) : null;
        return folder == null ? path.equals(pattern) : path.equals(folder) || path.startsWith(folder + "/");
    }

    /** The paths that the portal's forms are sent to, with names in braces. */
    List<String> forms() {
        return routes.forms();
    }

    /** Ends the event streams of open pages, so that a server that stops does not wait for them. */
    public void endStreams() {
        streams.close();
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        dispatcher.dispatch(request, response);
    }

    /** Collects the settings of the servlet. Not thread-safe. */
    public static final class Builder {
        private final Saas saas;
        private TrustedProxies proxies = TrustedProxies.of(List.of());
        private Clock clock = Clock.systemUTC();
        private TextBundles texts = PortalTexts.STANDARD;
        private @Nullable PortalMail mail;
        private Executor mailExecutor = Runnable::run;
        private @Nullable ScheduledExecutorService scheduler;

        private Builder(Saas saas) {
            this.saas = Objects.requireNonNull(saas, "saas");
        }

        /**
         * Trusts what these proxies report about the client address and TLS. Default: no proxy is trusted.
         *
         * @param addresses addresses and networks in CIDR notation, such as {@code 10.0.0.0/8}; no names
         * @throws IllegalArgumentException naming every text that is neither
         */
        public Builder trustedProxies(Collection<String> addresses) {
            proxies = TrustedProxies.of(addresses);
            return this;
        }

        /** Sets the clock that remaining days are computed with. Default: the system's clock in UTC. */
        public Builder clock(Clock value) {
            clock = value;
            return this;
        }

        /**
         * Changes texts, and adds languages. The folder is read once, see {@link TextBundles#with}. Default: the texts
         * of this library.
         *
         * @throws dev.allotment.SaasException {@code setting.invalid} naming every file and key that is wrong
         */
        public Builder texts(Path folder) {
            texts = PortalTexts.STANDARD.with(folder);
            return this;
        }

        /**
         * Sends emails for password resets, confirmed sign-ups and changed addresses. Default: none are sent, so an
         * administrator has to set passwords, and sign-up with confirmation is closed.
         *
         * @param executor sends the emails after a request was answered; the embedder shuts it down
         */
        public Builder mail(PortalMail value, Executor executor) {
            mail = value;
            mailExecutor = executor;
            return this;
        }

        /**
         * Pushes the progress of operations to open pages. Register the servlet with support for asynchronous requests.
         * Default: pages poll every two seconds.
         *
         * @param value one thread is enough; the embedder shuts it down
         */
        public Builder progress(ScheduledExecutorService value) {
            scheduler = value;
            return this;
        }

        /** Builds the servlet. */
        public PortalServlet build() {
            return new PortalServlet(this);
        }
    }
}
