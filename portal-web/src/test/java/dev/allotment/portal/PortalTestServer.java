// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import dev.allotment.DatabaseActivity;
import dev.allotment.Event;
import dev.allotment.Filter;
import dev.allotment.Health;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.ServerId;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.brand.Brand;
import dev.allotment.brand.BrandAsset;
import dev.allotment.brand.BrandFile;
import dev.allotment.brand.BrandLink;
import dev.allotment.fleet.Node;
import dev.allotment.hook.DomainVerifier;
import dev.allotment.hook.Neutraliser;
import dev.allotment.hook.SaasListener;
import dev.allotment.hook.TenantTransaction;
import dev.allotment.portal.mail.PortalMail;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.ActivityReader;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.DatabaseExport;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.DatabaseSource;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.TransferFormat;
import dev.allotment.spi.backup.BackupStore;
import dev.allotment.spi.backup.StoredFile;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.MemoryBackend;
import dev.allotment.testing.MemoryBackupStore;
import dev.allotment.testing.SettableClock;
import dev.allotment.webhook.WebhookTargets;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;

/** A server with the portal's pages and nothing else, on a free port, with everything in memory. */
final class PortalTestServer implements AutoCloseable {
    static final String PASSWORD = "correct horse";
    /** What each database does, in the words of a hostile tenant. */
    private static final DatabaseActivity ACTIVITY = new DatabaseActivity(
            List.of(
                    new DatabaseActivity.Session(
                            17,
                            true,
                            "active",
                            Duration.ofSeconds(90),
                            Duration.ofMinutes(9),
                            "Lock: relation",
                            List.of(18L, 19L),
                            "UPDATE \"<evil-tag>\" SET a = 1"),
                    new DatabaseActivity.Session(18, false, "idle", null, null, null, List.of(), null)),
            List.of(new DatabaseActivity.Statement("SELECT '<evil-tag>'", 1200, Duration.ofMillis(40))),
            0.987,
            List.of(new DatabaseActivity.Table("public.<evil-tag>", 3L << 20, 5000, null)),
            2,
            20);

    /** The name of a backend of which only sources can be registered. */
    static final String PAST = "past";

    final SettableClock clock = SettableClock.at(Instant.parse("2026-03-01T12:00:00Z"));

    /** The TXT records that are published. */
    final Map<String, List<String>> dns = new ConcurrentHashMap<>();

    final BlockingQueue<SentEmail> emails = new LinkedBlockingQueue<>();
    final Saas saas;
    /** The ticker of a control plane with other backends. */
    final AtomicLong nanos = new AtomicLong();

    final MemoryBackupStore backups = new MemoryBackupStore(clock);
    /** Whether the store of the backups fails. */
    final AtomicBoolean storeFails = new AtomicBoolean();
    /** Whether the store takes no new files. */
    final AtomicBoolean storeIsFull = new AtomicBoolean();
    /** Whether an export fails in the middle. */
    final AtomicBoolean exportFails = new AtomicBoolean();
    /** Whether the backup before a deletion fails. */
    final AtomicBoolean backupFails = new AtomicBoolean();
    /** Whether the listener {@code billing} fails. */
    final AtomicBoolean listenerFails = new AtomicBoolean();
    /** The names of the copies that were neutralised. */
    final Set<String> neutralised = ConcurrentHashMap.newKeySet();
    /** The tenants that the action {@code clean} fails for. */
    final Set<String> broken = ConcurrentHashMap.newKeySet();
    /** The tasks of the control plane that wait for {@link #resume}. */
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    private final ScheduledExecutorService threads = new ScheduledThreadPoolExecutor(2);
    private final MemoryBackend backend;
    private final Server server;
    private final PortalServlet servlet;
    private final URI base;

    private PortalTestServer(
            String contextPath,
            boolean mail,
            boolean paused,
            @Nullable DomainVerifier verifier,
            @Nullable Path texts,
            BackendProvider... providers)
            throws Exception {
        server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        server.addConnector(connector);
        connector.open();
        base = URI.create("http://localhost:" + connector.getLocalPort() + contextPath);
        backend = MemoryBackend.withServers("<evil-tag>");
        SaasBuilder core = Saas.builder();
        List.of(providers).forEach(core::provider);
        core.provider(new Past());
        if (providers.length > 0) {
            core.databasesPerServer(1, 2).ticker(nanos::get);
        }
        if (verifier == null) {
            core.backupStore(new Store());
        } else {
            core.domainVerifier(verifier);
        }
        saas = core.backend(new Exporting(backend))
                .webhookTargets(
                        WebhookTargets.publicAddresses().network("127.0.0.0/8").plainHttp())
                .identityTargets(
                        WebhookTargets.publicAddresses().network("127.0.0.0/8").plainHttp())
                .txtRecords(name -> dns.getOrDefault(name, List.of()))
                .secretKey("a key of the tests")
                .mainDatabase("portal.localhost")
                .baseUrl("http://localhost:" + connector.getLocalPort())
                .administrator("admin", PASSWORD)
                .passwordIterations(1)
                .clock(clock)
                .executor(paused ? waiting::add : threads)
                .addons(() -> DemoAddon.ALL)
                .neutraliser(new Neutraliser() {
                    @Override
                    public String name() {
                        return "recorded";
                    }

                    @Override
                    public void neutralise(Tenant copy, TenantTransaction transaction) {
                        neutralised.add(copy.name());
                    }
                })
                .listener(new SaasListener() {
                    @Override
                    public String name() {
                        return "billing";
                    }

                    @Override
                    public void on(Event event) {
                        if (listenerFails.get()) {
                            throw new IllegalStateException("No answer");
                        }
                    }
                })
                .tenantAction("clean", (acting, tenant) -> {
                    if (broken.contains(tenant.name())) {
                        throw new IllegalStateException("This database is broken");
                    }
                })
                .preDeletionBackup(tenant -> {
                    if (backupFails.get()) {
                        throw new IllegalStateException("no room");
                    }
                    return "";
                })
                .brand(Brand.builder()
                        .name("Sprout & Co")
                        .file(
                                BrandAsset.LOGO,
                                BrandFile.of(
                                        "<svg xmlns='http://www.w3.org/2000/svg'/>".getBytes(StandardCharsets.UTF_8)))
                        .support("help@example.com")
                        .link(BrandLink.Kind.TERMS, "Agreement", "https://example.com/agreement?a=1&b=2")
                        .link(BrandLink.Kind.OTHER, "Terms", "https://example.com/terms?a=1&b=2")
                        .build())
                .brandStylesheet("body{letter-spacing:0}")
                .open();
        saas.parameters().set(Parameter.RETENTION_DAYS, "0");
        PortalServlet.Builder builder = PortalServlet.builder(saas)
                .clock(clock)
                .trustedProxies(List.of("127.0.0.1"))
                .progress(threads);
        if (mail) {
            builder.mail(new Mailbox(emails), paused ? waiting::add : threads);
        }
        if (texts != null) {
            builder.texts(texts);
        }
        servlet = builder.build();
        ServletContextHandler filtered = new ServletContextHandler("/filtered");
        FilterHolder filter = new FilterHolder(PortalFilter.of(servlet));
        filter.setAsyncSupported(true);
        filtered.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
        filtered.addServlet(new ServletHolder(new Application()), "/*");
        ServletContextHandler context = new ServletContextHandler(contextPath.isEmpty() ? "/" : contextPath);
        ServletHolder holder = new ServletHolder(servlet);
        holder.setAsyncSupported(true);
        servlet.urlPatterns().forEach(pattern -> context.addServlet(holder, pattern));
        server.setHandler(new ContextHandlerCollection(context, filtered));
        server.start();
    }

    static PortalTestServer open() throws Exception {
        return new PortalTestServer("", false, false, null, null);
    }

    static PortalTestServer openWithMail() throws Exception {
        return new PortalTestServer("", true, false, null, null);
    }

    static PortalTestServer openUnder(String contextPath) throws Exception {
        return new PortalTestServer(contextPath, false, false, null, null);
    }

    /** Opens a server with emails, and with the texts of a folder. */
    static PortalTestServer openWithTexts(Path texts) throws Exception {
        return new PortalTestServer("", true, false, null, texts);
    }

    /** Opens a server with other backends for database servers, each with a capacity of two databases. */
    static PortalTestServer openWith(BackendProvider... providers) throws Exception {
        return new PortalTestServer("", false, false, null, null, providers);
    }

    /** Opens a server that verifies the domains of customers, and has no store for backups. */
    static PortalTestServer openVerifying(DomainVerifier verifier) throws Exception {
        return new PortalTestServer("", false, false, verifier, null);
    }

    /** Opens a server whose background tasks wait for {@link #resume}. */
    static PortalTestServer openPaused() throws Exception {
        return new PortalTestServer("", false, true, null, null);
    }

    /** Like {@link #openPaused}, with emails, which wait too. */
    static PortalTestServer openWithPausedMail() throws Exception {
        return new PortalTestServer("", true, true, null, null);
    }

    void resume() {
        for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
            next.run();
        }
    }

    /** The number of password resets that are open. */
    long resets() {
        return backend.catalog()
                .transact(tx -> tx.records(RecordTypes.PASSWORD_RESETS).count(Filter.all()));
    }

    /** Stores what another node would report. */
    void report(Node node) {
        backend.catalog().transact(tx -> tx.records(RecordTypes.NODES).insert(node));
    }

    /** The databases on the server that the main database is on. */
    Databases databases() {
        return backend.databases(saas.servers().get(new ServerId(1)));
    }

    List<String> forms() {
        return servlet.forms();
    }

    void endStreams() {
        servlet.endStreams();
    }

    URI base() {
        return base;
    }

    User signUp(String login, String name) {
        return saas.accounts().signUp(SignUp.builder(login, name, PASSWORD).build());
    }

    /** Creates a published plan. */
    Plan plan(String name) {
        return saas.plans()
                .create(Plan.builder(name)
                        .dbNameTemplate("client-%i.localhost")
                        .maxUsers(5)
                        .storageLimitMb(100)
                        .trialHours(24 * 14)
                        .published(true)
                        .build());
    }

    /** An email that would have been sent. */
    record SentEmail(String kind, PortalMail.Recipient to, URI link) {}

    private record Mailbox(BlockingQueue<SentEmail> emails) implements PortalMail {
        @Override
        public void choosePassword(Recipient to, URI link) {
            emails.add(new SentEmail("choose", to, link));
        }

        @Override
        public void invited(Recipient to, Invitation invitation) {
            emails.add(new SentEmail(
                    "invited to " + invitation.product() + " by " + invitation.inviter(), to, invitation.link()));
        }

        @Override
        public void alreadyRegistered(Recipient to, URI link) {
            emails.add(new SentEmail("already", to, link));
        }

        @Override
        public void resetPassword(Recipient to, URI link) {
            emails.add(new SentEmail("reset", to, link));
        }

        @Override
        public void invitedToTeam(Recipient to, TeamInvitation invitation) {
            emails.add(new SentEmail(
                    "team of " + invitation.customer() + " as " + invitation.role() + " by " + invitation.inviter(),
                    to,
                    invitation.link()));
        }

        @Override
        public void emailChanged(Recipient to) {
            emails.add(new SentEmail("email", to, URI.create("")));
        }

        @Override
        public void brandPreview(Recipient to, Brand brand) {
            emails.add(new SentEmail("preview of " + brand.name(), to, URI.create("")));
        }
    }

    int port() {
        return base.getPort();
    }

    @Override
    public void close() {
        servlet.endStreams();
        LifeCycle.stop(server);
        saas.close();
        backend.close();
        threads.shutdownNow();
    }

    /** A backend whose exports can fail. */
    private final class Exporting extends DelegatingBackend {
        Exporting(Backend delegate) {
            super(delegate);
        }

        @Override
        public Databases databases(dev.allotment.fleet.Server server) {
            return new DelegatingDatabases(super.databases(server)) {
                @Override
                public ActivityReader activityReader() {
                    return this;
                }

                @Override
                public DatabaseActivity activity(DatabaseRef database) {
                    return ACTIVITY;
                }

                @Override
                public void export(DatabaseRef database, DatabaseExport export) {
                    super.export(database, export);
                    if (exportFails.get()) {
                        byte[] rows = new byte[1 << 18];
                        new Random(1).nextBytes(rows);
                        export.file("rows.csv", new ByteArrayInputStream(rows));
                        throw new IllegalStateException("The database is broken");
                    }
                }
            };
        }
    }

    /** The provider of a source that has what the server has now. */
    private final class Past implements BackendProvider {
        @Override
        public int spiVersion() {
            return SPI_VERSION;
        }

        @Override
        public String name() {
            return PAST;
        }

        @Override
        public Backend open(Settings settings) {
            throw new AssertionError("This provider has sources only");
        }

        @Override
        public DatabaseSource openSource(Settings settings, UUID installation) {
            settings.check("the source");
            return new DatabaseSource() {
                @Override
                public Health health() {
                    return backend.health();
                }

                @Override
                public TransferFormat transferFormat() {
                    return databases().transfer().transferFormat();
                }

                @Override
                public @Nullable DatabaseRef find(UUID uuid) {
                    return databases().find(uuid);
                }

                @Override
                public void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
                    databases().transfer().send(database, receiver);
                }

                @Override
                public void close() {
                    // Its databases are those of the server.
                }
            };
        }
    }

    private final class Store implements BackupStore {
        private void check() throws IOException {
            if (storeFails.get()) {
                throw new IOException("/srv/backups is gone");
            }
        }

        @Override
        public void write(String name, InputStream content) throws IOException {
            check();
            if (storeIsFull.get()) {
                throw new IOException("No space left on device");
            }
            backups.write(name, content);
        }

        @Override
        public InputStream read(String name) throws IOException {
            check();
            return backups.read(name);
        }

        @Override
        public List<StoredFile> list(String prefix) throws IOException {
            check();
            return backups.list(prefix);
        }

        @Override
        public void delete(String name) throws IOException {
            check();
            backups.delete(name);
        }

        @Override
        public void tidy() throws IOException {
            check();
            backups.tidy();
        }
    }

    /** What the portal's filter passes requests on to. */
    private static final class Application extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getOutputStream().write("The application".getBytes(StandardCharsets.UTF_8));
        }
    }
}
