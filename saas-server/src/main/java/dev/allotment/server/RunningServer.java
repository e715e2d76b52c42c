// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Parameter;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.servlet.SaasServlet;
import dev.allotment.spi.backend.Backend;
import dev.allotment.tenant.TenantFilter;
import jakarta.servlet.DispatcherType;
import java.net.InetAddress;
import java.time.Clock;
import java.util.EnumSet;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Handler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server that answers, and all that it consists of. */
final class RunningServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningServer.class);

    private final ServerConfiguration configuration;
    private final Backend backend;
    private final WebServer web;
    private final OpenedControlPlane first;
    private final Metrics metrics;
    private final MaintenanceScheduler upkeep;
    private final MountedPortal portal;

    private RunningServer(
            ServerConfiguration configuration,
            Backend backend,
            WebServer web,
            MaintenanceScheduler upkeep,
            OpenedControlPlane first,
            Clock clock)
            throws Exception {
        this.configuration = configuration;
        this.backend = backend;
        this.web = web;
        this.upkeep = upkeep;
        this.first = first;
        Saas saas = first.saas();
        metrics = new Metrics(new DatabaseServerMetrics(saas));
        portal = new MountedPortal(configuration, saas, clock);
        web.start(handler(saas));
        upkeep.start(saas.maintenance());
    }

    /**
     * Takes the port, opens the control plane, and answers.
     *
     * @param backend closed with the server, also where this fails
     * @param clock says what time it is, to everything that has to know
     */
    static RunningServer start(ServerConfiguration configuration, Backend backend, Clock clock) throws StartFailure {
        WebServer web = null;
        MaintenanceScheduler upkeep = new MaintenanceScheduler();
        try {
            web = WebServer.bind(configuration.listen(), configuration.port(), configuration.stopTimeout());
            OpenedControlPlane first =
                    OpenedControlPlane.open(configuration, backend, web.port(), upkeep.executor(), clock);
            return new RunningServer(configuration, backend, web, upkeep, first, clock);
        } catch (SaasException e) {
            release(web, upkeep, backend);
            throw StartFailure.of(e, configuration.storage());
        } catch (StartFailure e) {
            release(web, upkeep, backend);
            throw e;
        } catch (Exception e) {
            release(web, upkeep, backend);
            throw new StartFailure(ExitCode.FAILED, "The web server cannot be started: " + e.getMessage(), e);
        }
    }

    private static void release(@Nullable WebServer web, MaintenanceScheduler upkeep, Backend backend) {
        if (web != null) {
            web.close();
        }
        upkeep.close();
        backend.close();
    }

    private Handler handler(Saas saas) {
        SaasServlet servlet = SaasServlet.builder()
                .foundProtocols(saas, configuration.protocolSettings())
                .maxBodyBytes(configuration.maxBodyBytes())
                .trustedProxies(configuration.trustedProxies())
                .build();
        ServletContextHandler context = new ServletContextHandler("/");
        context.setErrorHandler(new PlainErrors());
        context.addServlet(new ServletHolder(servlet), "/*");
        TenantFilter.Builder tenants = TenantFilter.builder(saas)
                .trustedProxies(configuration.trustedProxies())
                .bypass(servlet.urlPatterns());
        if (configuration.clientsPath() != null) {
            tenants.pathPrefix(configuration.clientsPath());
        }
        context.addFilter(new FilterHolder(tenants.build()), "/*", EnumSet.of(DispatcherType.REQUEST));
        // What is below a path of a client database is forwarded.
        context.addFilter(
                new FilterHolder(new LandingPage(saas)),
                "/*",
                EnumSet.of(DispatcherType.REQUEST, DispatcherType.FORWARD));
        portal.mount(context);
        Handler all = new Handler.Sequence(new OperatorPages(saas::health, metrics), context);
        return new RequestMetrics(all, metrics, servlet.urlPatterns());
    }

    Saas saas() {
        return first.saas();
    }

    ServerConfiguration configuration() {
        return configuration;
    }

    InetAddress address() {
        return configuration.listen();
    }

    int port() {
        return web.port();
    }

    /** Where people find the portal. */
    String baseUrl() {
        return saas().parameters().value(Parameter.BASE_URL).orElse("");
    }

    /** Of the administrator, where this start made one and chose its password; to be shown once. */
    @Nullable
    Secret newPassword() {
        return first.newPassword();
    }

    /** Lets requests end, and closes everything. */
    @Override
    public void close() {
        LOG.info("Stopping, after the requests that are being answered");
        portal.endStreams();
        web.close();
        portal.close();
        upkeep.close();
        first.saas().close();
        backend.close();
        metrics.close();
        LOG.info("Stopped");
    }
}
