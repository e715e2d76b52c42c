// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import dev.allotment.CreateTenant;
import dev.allotment.CreatedTenant;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.access.NewMember;
import dev.allotment.spi.backend.Backend;
import dev.allotment.test.Browser;
import dev.allotment.testing.MemoryBackend;
import dev.allotment.testing.SettableClock;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.eclipse.jetty.ee11.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * A server with the filter in front of an application that returns what it was given, on a control plane in memory
 * unless the test has another one.
 */
final class World implements AutoCloseable {
    static final String PASSWORD = "The portal's password";

    final SettableClock clock = SettableClock.at(Instant.parse("2026-03-01T12:00:00Z"));
    /** Moves the clock of the caches. */
    final AtomicLong nanos = new AtomicLong();

    final MemoryBackend backend = MemoryBackend.withServers("second");
    final Saas saas;
    final int port;
    private final TenantDataSources sources;
    private final TenantDataSources second;
    private final Server server = new Server();

    private World(UnaryOperator<TenantFilter.Builder> settings, UnaryOperator<SaasBuilder> storage) throws Exception {
        ServerConnector connector = new ServerConnector(server);
        connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        connector.open();
        server.addConnector(connector);
        port = connector.getLocalPort();
        saas = storage.apply(builder(backend)).open();
        sources = TenantDataSources.of(saas);
        second = TenantDataSources.of(saas);
        TenantFilter filter = settings.apply(
                        TenantFilter.builder(saas).dataSources(sources).ticker(nanos::get))
                .build();
        ServletContextHandler context = new ServletContextHandler("/");
        context.addFilter(
                new FilterHolder(filter),
                "/*",
                EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
        ServletHolder application = new ServletHolder(new Application(saas, sources, second));
        application.setAsyncSupported(true);
        context.addServlet(application, "/*");
        ErrorPageErrorHandler errors = new ErrorPageErrorHandler();
        errors.addErrorPage(HttpServletResponse.SC_INTERNAL_SERVER_ERROR, "/page");
        context.setErrorHandler(errors);
        server.setHandler(context);
        server.start();
    }

    /** Opens a control plane on the catalog of this one, or on a view of it. */
    Saas node(Backend over) {
        return builder(over).open();
    }

    private SaasBuilder builder(Backend over) {
        return Saas.builder()
                .backend(over)
                .administrator("admin", "admin")
                .baseUrl("http://portal.localhost:" + port)
                .baseDomain("localhost")
                .passwordIterations(1)
                .clock(clock)
                .ticker(nanos::get)
                .node(over == backend ? "node" : "other");
    }

    static World open() throws Exception {
        return open(builder -> builder);
    }

    static World open(UnaryOperator<TenantFilter.Builder> settings) throws Exception {
        return new World(settings, builder -> builder);
    }

    /** Opens a control plane on another backend, by the clock of the machine, which its server has, too. */
    static World on(String backend, Map<String, String> settings) throws Exception {
        return new World(
                builder -> builder.ticker(System::nanoTime),
                builder -> builder.backend(backend, settings)
                        .secretKey("a secret key for tests")
                        .clock(Clock.systemUTC())
                        .ticker(System::nanoTime));
    }

    Browser browser() {
        return new Browser(port);
    }

    /** Creates a tenant with an owner, and the owner's first sign-in link. */
    CreatedTenant create(String name) {
        User owner = saas.accounts()
                .signUp(SignUp.builder("owner@" + name, "Owner of " + name, PASSWORD)
                        .build());
        Plan plan = saas.plans().create(Plan.builder("Basic").build());
        return saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name(name).build());
    }

    /** Issues another sign-in link for the owner. */
    String url(Tenant tenant) {
        return saas.actingAs(Objects.requireNonNull(tenant.ownerId()))
                .access()
                .issue(tenant.id())
                .url()
                .toString();
    }

    String at(String host, String path) {
        return "http://" + host + ":" + port + path;
    }

    Member member(Tenant tenant, String login, String password) {
        return saas.database(tenant.name())
                .members()
                .create(NewMember.builder(login, "Member <b>" + login + "</b>")
                        .password(password)
                        .build());
    }

    /** Returns a browser with the owner signed in. */
    Browser inside(CreatedTenant created) throws IOException {
        Browser browser = browser();
        browser.visit(created.signInLink().url().toString());
        return browser;
    }

    @Override
    public void close() {
        LifeCycle.stop(server);
        second.close();
        sources.close();
        saas.close();
    }

    /** Returns what it was given. */
    private static final class Application extends HttpServlet {
        private static final long serialVersionUID = 1L;
        /** A data source that is used after its request, which must fail. */
        private transient DataSource leaked;

        private final transient Saas saas;
        private final transient TenantDataSources sources;

        /** Those that an application has for itself. */
        private final transient TenantDataSources second;

        Application(Saas saas, TenantDataSources sources, TenantDataSources second) {
            this.saas = saas;
            this.sources = sources;
            this.second = second;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String text = TenantContext.find(request)
                    .map(context -> context.tenant().name() + " for "
                            + context.member().map(Member::login).orElse("a stranger") + " in " + context.groups()
                            + " at "
                            + context.path("/x") + " as " + request.getRemoteUser() + " "
                            + request.isUserInRole("base.group_user") + " path " + request.getPathInfo())
                    .orElse("no tenant at " + request.getPathInfo());
            try {
                text += switch (String.valueOf(request.getPathInfo())) {
                    case "/forgetful" -> forget(TenantContext.of(request).dataSource());
                    case "/late" -> String.valueOf(leaked.getConnection());
                    case "/page" -> page(request, response);
                    case "/broken" -> broken(request, response);
                    case "/async" -> async(request, response);
                    case "/headers" -> headers(request);
                    case "/sql" -> sql(request, TenantContext.of(request).dataSource());
                    case "/enter" -> enter(request);
                    case "/enter-late" -> {
                        response.flushBuffer();
                        yield enter(request);
                    }
                    default -> "";
                };
            } catch (SQLException | SaasException | IllegalStateException e) {
                text += ": " + e.getMessage();
            }
            if (response.getContentType() != null || request.isAsyncStarted()) {
                return;
            }
            response.setContentType("text/plain; charset=utf-8");
            response.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        }

        /** Sends a page in one of the ways in which applications do. */
        private static String page(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String page = "<!DOCTYPE html><html><head><title>é 😀</title></head><BODY data-x='a>b'>"
                    + TenantContext.of(request)
                            .impersonator()
                            .map(each -> each.access().operatorName() + " "
                                    + each.access().right())
                            .orElse("no impersonator")
                    + "<p>é 😀</p></body></html>";
            byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
            response.setContentType("text/html; charset=utf-8");
            response.setHeader("Cache-Control", "public, max-age=60");
            if ("bytes".equals(request.getParameter("by"))) {
                response.setContentLength(bytes.length);
                for (byte each : bytes) {
                    response.getOutputStream().write(each);
                }
            } else {
                for (int i = 0; i < page.length(); i++) {
                    response.getWriter().write(page.charAt(i));
                }
            }
            return "";
        }

        /** Fails in one of the ways in which applications do, after it has begun a page. */
        private static String broken(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("text/html; charset=utf-8");
            response.getWriter().write("<html><body>half a page");
            if ("throw".equals(request.getParameter("how"))) {
                throw new UnsupportedOperationException("This page does not work.");
            }
            response.sendError(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
            return "";
        }

        /** Sends a page asynchronously, in one of the ways in which applications do. */
        private static String async(HttpServletRequest request, HttpServletResponse response) throws IOException {
            switch (String.valueOf(request.getParameter("how"))) {
                case "dispatch" -> request.startAsync().dispatch("/page?by=bytes");
                case "own" -> request.startAsync(request, response).dispatch("/page?by=text");
                case "later" -> {
                    response.setContentType("text/html; charset=utf-8");
                    response.getWriter().write("<html><body>half a page");
                    request.startAsync().dispatch("/page?by=text");
                }
                default -> {
                    AsyncContext context = request.startAsync();
                    context.start(() -> {
                        try {
                            page(request, (HttpServletResponse) context.getResponse());
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        } finally {
                            context.complete();
                        }
                    });
                }
            }
            return "";
        }

        /** Returns what a filter that compresses, or answers conditions and ranges, sees. */
        private static String headers(HttpServletRequest request) {
            return ": "
                    + Stream.of("Accept-Encoding", "If-None-Match", "Range")
                            .map(name -> name + "=" + request.getHeader(name) + " "
                                    + Collections.list(request.getHeaders(name)))
                            .collect(Collectors.joining(", "))
                    + " " + request.getDateHeader("If-Modified-Since") + " "
                    + Collections.list(request.getHeaderNames()).stream()
                            .anyMatch(name -> name.toLowerCase(Locale.ROOT).matches("if-.*|range"));
        }

        /** Executes a statement in one of the ways in which applications connect. */
        private String sql(HttpServletRequest request, DataSource source) throws SQLException {
            DataSource used = switch (String.valueOf(request.getParameter("by"))) {
                case "current" -> sources.current();
                case "object" -> sources.of(TenantContext.of(request).tenant());
                case "record" ->
                    sources.of(saas.tenants()
                            .get(TenantContext.of(request).tenant().id()));
                case "second" -> second.of(TenantContext.of(request).tenant());
                case "second record" ->
                    second.of(saas.tenants()
                            .get(TenantContext.of(request).tenant().id()));
                default -> source;
            };
            if ("nested".equals(request.getParameter("by"))) {
                return nested(request);
            }
            if ("thread".equals(request.getParameter("by"))) {
                return elsewhere(request);
            }
            return execute(used, request.getParameter("q"));
        }

        /** As a job that works for all tenants, one inside of another. */
        private String nested(HttpServletRequest request) {
            Tenant again = saas.tenants().get(TenantContext.of(request).tenant().id());
            Tenant other = again.toBuilder().uuid(new UUID(0, 1)).name("other").build();
            CurrentTenant current = sources.currentTenant();
            return current.callAs(
                    other,
                    () -> current.callAs(again, () -> {
                        try {
                            return execute(sources.current(), request.getParameter("q"));
                        } catch (SQLException e) {
                            return ": " + e.getMessage();
                        }
                    }));
        }

        /** As a framework carries the tenant to another thread. */
        private String elsewhere(HttpServletRequest request) {
            Tenant tenant = sources.currentTenant().get();
            String sql = request.getParameter("q");
            return CompletableFuture.supplyAsync(() -> sources.currentTenant().callAs(tenant, () -> {
                        try {
                            return execute(sources.current(), sql);
                        } catch (SQLException e) {
                            return ": " + e.getMessage();
                        }
                    }))
                    .join();
        }

        private static String execute(DataSource source, String sql) throws SQLException {
            try (Connection connection = source.getConnection();
                    Statement statement = connection.createStatement()) {
                try {
                    if (!statement.execute(sql)) {
                        return " done";
                    }
                    try (ResultSet rows = statement.getResultSet()) {
                        return rows.next() ? " value " + rows.getString(1) : " no value";
                    }
                } catch (SQLException e) {
                    if (connection.isValid(1)) {
                        // The statement may have started a transaction.
                        statement.execute("ROLLBACK");
                    }
                    throw e;
                }
            }
        }

        /** Signs in the member that the request names, as an application does that has authenticated the visitor. */
        private static String enter(HttpServletRequest request) {
            TenantContext.of(request).signIn(new MemberId(Long.parseLong(request.getParameter("member"))));
            return "";
        }

        private String forget(DataSource source) throws SQLException {
            leaked = source;
            return source.getConnection().getCatalog();
        }
    }
}
