// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.Saas;
import dev.allotment.mail.AccountMails;
import dev.allotment.mail.Mailer;
import dev.allotment.portal.PortalServlet;
import dev.allotment.server.setting.ServerConfiguration;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;

/** The portal, with its threads: one that sends progress to pages and programs, and one that sends emails. */
final class MountedPortal implements AutoCloseable {
    private final CarryingExecutor progress = new CarryingExecutor("portal");
    private final CarryingExecutor emails = new CarryingExecutor("portal-mail");
    private final PortalServlet servlet;

    MountedPortal(ServerConfiguration configuration, Saas saas, Metrics metrics, Clock clock) {
        PortalServlet.Builder builder = PortalServlet.builder(saas)
                .trustedProxies(configuration.trustedProxies())
                .clock(clock)
                .progress(progress);
        if (configuration.mail() != null && configuration.mailTexts() != null) {
            Mailer mailer = new Mailer(configuration.mail());
            builder.mail(
                    new PortalEmails(new AccountMails(mailer, configuration.mailTexts(), saas, clock), metrics),
                    emails);
        }
        if (configuration.texts() != null) {
            builder.texts(configuration.texts());
        }
        servlet = builder.build();
    }

    PortalServlet servlet() {
        return servlet;
    }

    /** The thread that sends progress to clients. */
    ScheduledExecutorService progress() {
        return progress;
    }

    void mount(ServletContextHandler context) {
        ServletHolder holder = new ServletHolder(servlet);
        holder.setAsyncSupported(true);
        servlet.urlPatterns().forEach(pattern -> context.addServlet(holder, pattern));
    }

    /** Ends the streams of progress, so that {@link WebServer#close} does not wait for them. */
    void endStreams() {
        servlet.endStreams();
    }

    @Override
    public void close() {
        progress.shutdownNow();
        emails.shutdown();
    }
}
