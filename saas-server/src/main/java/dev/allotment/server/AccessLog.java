// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.spi.protocol.FailureReference;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.handler.EventsHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs one line for each request, without what follows the path: it may be a token. What load balancers ask every few
 * seconds has no line.
 */
final class AccessLog extends EventsHandler {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);

    private final ClientNetworks networks;

    AccessLog(Handler handler, ClientNetworks networks) {
        super(handler);
        this.networks = networks;
    }

    @Override
    protected void onComplete(Request request, int status, @Nullable HttpFields headers, @Nullable Throwable failure) {
        if (OperatorPages.PATHS.contains(Request.getPathInContext(request))) {
            return;
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - request.getBeginNanoTime());
        RequestIds.run(request, () -> {
            Object tenant = request.getAttribute(FailureReference.TENANT_KEY);
            Runnable back = LogContext.put(FailureReference.TENANT_KEY, tenant == null ? null : tenant.toString());
            try {
                LOG.info(
                        "{} {} status={} millis={} host={} clientAddress={}{}",
                        request.getMethod(),
                        request.getHttpURI().getPath(),
                        status,
                        millis,
                        Request.getServerName(request),
                        networks.address(request),
                        failure == null ? "" : " aborted");
            } finally {
                back.run();
            }
        });
    }
}
