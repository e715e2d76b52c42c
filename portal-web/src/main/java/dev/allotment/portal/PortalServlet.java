// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import dev.allotment.Saas;
import dev.allotment.portal.account.AccountPages;
import dev.allotment.portal.admin.AdminPages;
import dev.allotment.portal.databases.DatabasePages;
import dev.allotment.portal.oauth.OAuthPages;
import dev.allotment.portal.web.Branding;
import dev.allotment.portal.web.Dispatcher;
import dev.allotment.portal.web.ThrottledMails;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.PortalSite;
import dev.allotment.portal.web.Streams;
import dev.allotment.servlet.TrustedProxies;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The portal's pages. Map it to each of {@link #urlPatterns}.
 *
 * <p>It answers under the host of the parameter {@code web.base.url} and under loopback addresses, and refuses all others with
 * 421. Thread-safe. It starts no thread.
 */
public final class PortalServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Set<String> PATTERNS = Set.of(
            "",
            "/web/login",
            "/web/logout",
            "/web/signup/*",
            "/web/reset_password/*",
            "/my/*",
            "/admin/*",
            "/portal/static/*");

    private final transient Dispatcher dispatcher;
    private final transient Streams streams;
    private final transient Routes routes;

    private PortalServlet(Builder builder) {
        PortalSite site = new PortalSite(builder.saas, builder.proxies, new Branding(builder.title, builder.colour), builder.clock);
        routes = new Routes();
        streams = new Streams(builder.scheduler);
        ThrottledMails outbox = new ThrottledMails(builder.mail, builder.mailExecutor, builder.clock);
        AccountPages.add(routes, site, outbox);
        DatabasePages.add(routes, streams);
        AdminPages.add(routes, outbox.possible());
        OAuthPages.add(routes);
        dispatcher = new Dispatcher(site, routes);
    }

    /** With defaults for everything but the control plane. */
    public static PortalServlet of(Saas saas) {
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

    /** What to map it to. */
    public Set<String> urlPatterns() {
        Set<String> patterns = new HashSet<>(OAuthPages.urlPatterns());
        patterns.addAll(PATTERNS);
        return Set.copyOf(patterns);
    }

    /** The paths that forms of ours are sent to, with names in braces. */
    List<String> forms() {
        return routes.forms();
    }

    /** Ends what pages are still being told, so that a host that stops need not wait for it. */
    public void endStreams() {
        streams.close();
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        dispatcher.dispatch(request, response);
    }

    /** Collects what the pages are made of; not safe for use by several threads. */
    public static final class Builder {
        private final Saas saas;
        private TrustedProxies proxies = TrustedProxies.of(List.of());
        private String title = "Allotment";
        private String colour = "#1f6f5c";
        private Clock clock = Clock.systemUTC();
        private @Nullable PortalMail mail;
        private Executor mailExecutor = Runnable::run;
        private @Nullable ScheduledExecutorService scheduler;

        private Builder(Saas saas) {
            this.saas = saas;
        }

        /** The name of the product, at the top of each page; 1 to 60 characters, by default Allotment. */
        public Builder title(String value) {
            title = value;
            return this;
        }

        /** The colour of what stands out, such as {@code #1f6f5c}, the default. */
        public Builder colour(String value) {
            colour = value;
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

        /** The clock that days left are counted by; by default the system's. */
        public Builder clock(Clock value) {
            clock = value;
            return this;
        }

        /**
         * Writes letters, to whoever has forgotten a password, signs up with confirmation, or has changed the address. Without
         * this there are no such letters: an administrator sets passwords, and nobody signs up with confirmation.
         *
         * @param executor sends them after a request was answered; the host's, who shuts it down
         */
        public Builder mail(PortalMail value, Executor executor) {
            mail = value;
            mailExecutor = executor;
            return this;
        }

        /**
         * Tells pages how something goes on while it does; the servlet has to be registered as one that supports asynchronous
         * requests. Without this, pages ask again every two seconds.
         *
         * @param value one thread of it is enough; the host's, who shuts it down
         */
        public Builder progress(ScheduledExecutorService value) {
            scheduler = value;
            return this;
        }

        /**
         * Makes the servlet.
         *
         * @throws IllegalArgumentException for a title or a colour that is none
         */
        public PortalServlet build() {
            return new PortalServlet(this);
        }
    }
}
