// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Parameter;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.micrometer.SaasMetrics;
import dev.allotment.server.setting.BackupPlace;
import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.Secret;
import dev.allotment.server.setting.ServerConfiguration;
import dev.allotment.server.setting.StartFailure;
import dev.allotment.servlet.SaasServlet;
import dev.allotment.servlet.TrustedProxies;
import dev.allotment.spi.backend.Backend;
import dev.allotment.tenant.TenantFilter;
import jakarta.servlet.DispatcherType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Handler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running server and its parts. */
final class RunningServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningServer.class);

    private final ServerConfiguration configuration;
    private final Backend backend;
    private final WebServer web;
    private final OpenedControlPlane controlPlane;
    private final Metrics metrics;
    private final MaintenanceScheduler maintenance;
    private final Tracing tracing;
    private final MountedPortal portal;
    private final OperatorPages operatorPages;
    private final SaasServlet protocols;
    private final @Nullable MetricsServer metricsServer;

    private RunningServer(
            ServerConfiguration configuration,
            Backend backend,
            WebServer web,
            @Nullable MetricsServer metricsServer,
            MaintenanceScheduler maintenance,
            OpenedControlPlane controlPlane,
            Tracing tracing,
            Clock clock)
            throws Exception {
        this.configuration = configuration;
        this.backend = backend;
        this.web = web;
        this.metricsServer = metricsServer;
        this.maintenance = maintenance;
        this.controlPlane = controlPlane;
        this.tracing = tracing;
        Saas saas = controlPlane.saas();
        metrics = new Metrics(new SaasMetrics(saas, clock));
        portal = new MountedPortal(configuration, saas, metrics, clock);
        operatorPages = new OperatorPages(saas::health);
        protocols = start(saas);
        metrics.watch(web);
        if (metricsServer != null) {
            metricsServer.start(metrics);
        }
        maintenance.start(saas);
        LOG.info(
                "Started: version={} address={} port={} backend={}",
                Saas.version(),
                configuration.listen().address().getHostAddress(),
                web.port(),
                configuration.storage());
    }

    /**
     * Binds the ports, opens the control plane, and starts to answer requests.
     *
     * @param backend is closed with the server, or if the start fails
     * @param clock the clock of all parts
     */
    static RunningServer start(ServerConfiguration configuration, Backend backend, Clock clock) throws StartFailure {
        WebServer web = null;
        MetricsServer metricsServer = null;
        MaintenanceScheduler maintenance = null;
        Tracing tracing = null;
        try {
            web = WebServer.bind(
                    configuration.listen().address(),
                    configuration.listen().port(),
                    configuration.work().stopDelay(),
                    configuration.work().stopTimeout());
            InetSocketAddress forMetrics = configuration.listen().metrics();
            metricsServer = forMetrics == null ? null : MetricsServer.bind(forMetrics);
            tracing = Tracing.to(configuration.traceReceiver(), OpenedControlPlane.node(configuration, web.port()));
            maintenance = new MaintenanceScheduler(configuration.work().backgroundThreads(), tracing);
            OpenedControlPlane controlPlane =
                    OpenedControlPlane.open(configuration, backend, web.port(), maintenance.executor(), tracing, clock);
            return new RunningServer(
                    configuration, backend, web, metricsServer, maintenance, controlPlane, tracing, clock);
        } catch (SaasException e) {
            release(web, metricsServer, maintenance, tracing, backend, configuration.backups());
            throw StartFailure.of(e, configuration.storage());
        } catch (StartFailure e) {
            release(web, metricsServer, maintenance, tracing, backend, configuration.backups());
            throw e;
        } catch (Exception e) {
            release(web, metricsServer, maintenance, tracing, backend, configuration.backups());
            throw new StartFailure(ExitCode.FAILED, "The web server cannot start: " + e.getMessage(), e);
        }
    }

    private static void release(
            @Nullable WebServer web,
            @Nullable MetricsServer metricsServer,
            @Nullable MaintenanceScheduler maintenance,
            @Nullable Tracing tracing,
            Backend backend,
            BackupPlace backups) {
        if (web != null) {
            web.close();
        }
        if (metricsServer != null) {
            metricsServer.close();
        }
        if (maintenance != null) {
            maintenance.close();
        }
        if (tracing != null) {
            tracing.close();
        }
        backend.close();
        backups.close();
    }

    private Map<String, String> protocolSettings() {
        Map<String, String> settings = new HashMap<>(configuration.protocolSettings());
        settings.put("max.body", Integer.toString(configuration.maxBodyBytes()));
        return settings;
    }

    private SaasServlet start(Saas saas) throws Exception {
        SaasServlet.Builder builder = SaasServlet.builder()
                .foundProtocols(saas, protocolSettings())
                .maxBodyBytes(configuration.maxBodyBytes())
                .failures(metrics::failed)
                .progress(portal.progress())
                .wrap(tracing.observations()::observed)
                .trustedProxies(configuration.trustedProxies());
        configuration.oldProtocols().applyTo(builder);
        SaasServlet servlet = builder.build();
        ServletContextHandler context = new ServletContextHandler("/");
        context.setErrorHandler(new PlainErrors());
        context.addServlet(new ServletHolder(new OtherPaths(servlet, portal.servlet())), "/*");
        TenantFilter.Builder tenants = TenantFilter.builder(saas)
                .trustedProxies(configuration.trustedProxies())
                .passOnUnknownHosts()
                .bypass(servlet.urlPatterns());
        if (configuration.clientsPath() != null) {
            tenants.pathPrefix(configuration.clientsPath());
        }
        if (configuration.texts() != null) {
            tenants.texts(configuration.texts());
        }
        context.addFilter(new FilterHolder(tenants.build()), "/*", EnumSet.of(DispatcherType.REQUEST));
        // Requests below the path of a tenant are forwarded.
        context.addFilter(
                new FilterHolder(new LandingPage(saas)),
                "/*",
                EnumSet.of(DispatcherType.REQUEST, DispatcherType.FORWARD));
        portal.mount(context);
        context.addEventListener(RequestIds.SCOPES);
        TrustedProxies proxies = TrustedProxies.of(configuration.trustedProxies());
        Set<String> counted = new HashSet<>(servlet.urlPatterns());
        counted.addAll(portal.servlet().urlPatterns());
        web.start(
                operatorPages,
                context,
                all -> new RequestIds(logged(new RequestMetrics(all, metrics, counted), proxies)),
                configuration.maxBodyBytes(),
                proxies);
        return servlet;
    }

    private Handler logged(Handler answers, TrustedProxies proxies) {
        return configuration.accessLog() ? new AccessLog(answers, new ClientNetworks(proxies)) : answers;
    }

    Saas saas() {
        return controlPlane.saas();
    }

    ServerConfiguration configuration() {
        return configuration;
    }

    InetAddress address() {
        return configuration.listen().address();
    }

    int port() {
        return web.port();
    }

    /** The port of the metrics; 0: they are not served. */
    int metricsPort() {
        return metricsServer == null ? 0 : metricsServer.port();
    }

    /** Returns the URL of the portal. */
    String baseUrl() {
        return saas().parameters().value(Parameter.BASE_URL).orElse("");
    }

    /** The login of the settings, if an active administrator has it; null otherwise. */
    @Nullable
    String administrator() {
        return controlPlane.administrator();
    }

    /** The generated password of the administrator, if this start created the account; null otherwise. */
    @Nullable
    Secret newPassword() {
        return controlPlane.newPassword();
    }

    /** Waits for running requests, then closes all parts. */
    @Override
    public void close() {
        // Before the server says that it is not ready: a balancer that knows it may rely on each connection ending.
        web.announceStop();
        operatorPages.announceStop();
        portal.endStreams();
        protocols.endStreams();
        LOG.debug("Stopping after the current requests");
        web.close();
        operatorPages.close();
        if (metricsServer != null) {
            metricsServer.close();
        }
        portal.close();
        maintenance.close();
        metrics.close();
        controlPlane.saas().close();
        backend.close();
        configuration.backups().close();
        tracing.close();
        LOG.info("Stopped");
    }
}
