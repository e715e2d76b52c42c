// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.Event;
import dev.allotment.Filter;
import dev.allotment.Health;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.access.Member;
import dev.allotment.backup.Backup;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.Server;
import dev.allotment.hook.AddonSource;
import dev.allotment.hook.Neutraliser;
import dev.allotment.hook.PasswordPolicy;
import dev.allotment.hook.SaasListener;
import dev.allotment.hook.TenantAction;
import dev.allotment.hook.TenantSchema;
import dev.allotment.hook.TenantTransaction;
import dev.allotment.portal.PortalFilter;
import dev.allotment.portal.PortalServlet;
import dev.allotment.servlet.SaasServlet;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backup.BackupStore;
import dev.allotment.springboot.app.InvoiceApplication;
import dev.allotment.tenant.CurrentTenant;
import dev.allotment.tenant.TenantContext;
import dev.allotment.tenant.TenantDataSources;
import dev.allotment.tenant.TenantFilter;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.MemoryBackend;
import dev.allotment.testing.MemoryBackupStore;
import dev.allotment.testing.SettableClock;
import io.micrometer.context.ContextRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.session.SqlSessionFactory;
import org.apache.ibatis.session.SqlSessionFactoryBuilder;
import org.apache.ibatis.transaction.jdbc.JdbcTransactionFactory;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.FilterChainProxy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AuthenticationConverter;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

final class AutoConfigurationTest {
    private static final AutoConfigurations ALL = AutoConfigurations.of(
            AllotmentAutoConfiguration.class,
            AllotmentDataSourceAutoConfiguration.class,
            AllotmentEndpointAutoConfiguration.class,
            AllotmentSecurityAutoConfiguration.class,
            AllotmentMetricsAutoConfiguration.class,
            AllotmentObservationAutoConfiguration.class,
            AllotmentWebAutoConfiguration.class);

    private final ApplicationContextRunner bare = new ApplicationContextRunner().withConfiguration(ALL);
    private final ApplicationContextRunner runner = bare.withPropertyValues("allotment.backend=memory");
    private final WebApplicationContextRunner web =
            new WebApplicationContextRunner().withConfiguration(ALL).withPropertyValues("allotment.backend=memory");

    @Test
    void opensAControlPlaneWithItsMaintenanceAndItsDataSource() {
        runner.withPropertyValues("allotment.main-database=main.example", "allotment.node=one", "server.port=9000")
                .run(context -> {
                    Saas saas = context.getBean(Saas.class);
                    assertThat(saas.mainDatabase()).isEqualTo("main.example");
                    assertThat(saas.parameters().value("web.base.url")).contains("http://portal.localhost:9000");
                    assertThat(Set.of(saas)).contains(saas);
                    assertThat(saas).hasToString("Saas of the application context");
                    assertThat(context).hasSingleBean(DataSource.class).hasSingleBean(TaskDecorator.class);
                    assertThat(context).doesNotHaveBean(TenantFilter.class);
                    ControlPlaneHealth health = context.getBean(ControlPlaneHealth.class);
                    assertThat(health.controlPlane().up()).isTrue();
                    context.getBean(MaintenanceLifecycle.class).stop();
                    assertThat(health.controlPlane().up()).isFalse();
                    assertThat(health.controlPlane().details())
                            .containsEntry("maintenance", "The maintenance of this node is not running.");
                    context.getSourceApplicationContext().close();
                    assertThatThrownBy(() -> saas.plans().count(Filter.all())).isInstanceOf(SaasException.class);
                });
    }

    @Test
    void saysWhatToDoIfNoBackendOrAnUnknownOneIsSet() {
        bare.run(context -> {
            FailureAnalysis analysis = new ControlPlaneFailureAnalyzer().analyze(context.getStartupFailure());
            assertThat(analysis.getDescription()).contains("setting.invalid", "Set allotment.backend");
        });
        bare.withPropertyValues("allotment.backend=h3").run(context -> {
            FailureAnalysis analysis = new ControlPlaneFailureAnalyzer().analyze(context.getStartupFailure());
            assertThat(analysis.getDescription()).contains("backend.unknown", "h3");
            assertThat(analysis.getAction()).contains("dev.allotment:backend-h2");
        });
        bare.withPropertyValues("allotment.backend=h2", "allotment.settings.pth=x")
                .run(context -> {
                    FailureAnalysis analysis = new ControlPlaneFailureAnalyzer().analyze(context.getStartupFailure());
                    assertThat(analysis.getDescription()).contains("pth");
                    assertThat(analysis.getAction()).contains("allotment.settings");
                });
    }

    @Test
    void saysWhichPropertyIsInvalid() {
        for (String invalid : List.of(
                "allotment.datasource.max-connections=0",
                "allotment.branding.colour=green",
                "allotment.trusted-proxies=nowhere",
                "allotment.web.tenants.path-prefix=db")) {
            web.withPropertyValues(invalid).run(context -> {
                FailureAnalysis analysis = new ControlPlaneFailureAnalyzer().analyze(context.getStartupFailure());
                assertThat(analysis.getDescription())
                        .contains(invalid.replaceAll("\\.(max-connections|colour|path-prefix)=.*|=.*", ": "));
            });
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoSchemas extends Hooks {
        @Bean
        TenantSchema otherSchema() {
            return schema();
        }
    }

    @Test
    void saysWhatIsWrongWithTheBeansOfTheControlPlane() {
        assertThat(hookAnalysis(runner.withUserConfiguration(TwoSchemas.class)))
                .startsWith("There are several beans of the type TenantSchema")
                .contains("schema", "otherSchema", "@Primary");
        assertThat(hookAnalysis(runner.withUserConfiguration(Backups.class)))
                .startsWith("There is a BackupStore, but no secret key")
                .contains("allotment.secret-key");
        assertThat(hookAnalysis(runner.withUserConfiguration(HastyHook.class)))
                .startsWith("A hook uses the control plane before it is open.")
                .contains("Keep Saas in a field");
    }

    private static String hookAnalysis(ApplicationContextRunner failing) {
        List<String> found = new ArrayList<>();
        failing.run(context -> {
            FailureAnalysis analysis = new HookFailureAnalyzer().analyze(context.getStartupFailure());
            found.add(analysis.getDescription() + " " + analysis.getAction());
        });
        return found.get(0);
    }

    @Configuration(proxyBeanMethods = false)
    static class ConnectingAtStart {
        @Bean
        InitializingBean connecting(DataSource source) {
            return () -> source.getConnection().close();
        }
    }

    @Test
    void saysWhatToDoIfTheApplicationConnectsToATenantWhileItStarts() {
        runner.withUserConfiguration(ConnectingAtStart.class).run(context -> {
            FailureAnalysis analysis = new NoTenantFailureAnalyzer().analyze(context.getStartupFailure());
            assertThat(analysis.getAction()).contains("spring.flyway.enabled=false", "TenantSchema", "runAs");
        });
        Exception other = new SQLNonTransientConnectionException("refused");
        assertThat(new NoTenantFailureAnalyzer().analyze(other)).isNull();
    }

    @Test
    void refusesToLetHibernateMakeASchema() {
        SpringApplication application = new SpringApplication(InvoiceApplication.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setRegisterShutdownHook(false);
        application.setLogStartupInfo(false);
        assertThatThrownBy(() -> application.run(
                        "--allotment.backend=h2",
                        "--allotment.settings.memory=true",
                        "--spring.jpa.hibernate.ddl-auto=update",
                        "--spring.main.banner-mode=off",
                        "--logging.level.root=off"))
                .satisfies(failure -> {
                    FailureAnalysis analysis = new SchemaFailureAnalyzer().analyze(failure);
                    assertThat(analysis.getAction()).contains("spring.jpa.hibernate.ddl-auto");
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class Hooks {
        @Bean
        SaasListener listener(Saas saas) {
            return new SaasListener() {
                @Override
                public String name() {
                    return "needs the control plane";
                }

                @Override
                public void on(Event event) {
                    saas.mainDatabase();
                }
            };
        }

        @Bean
        Neutraliser neutraliser() {
            return new Neutraliser() {
                @Override
                public String name() {
                    return "quiet";
                }

                @Override
                public void neutralise(Tenant copy, TenantTransaction transaction) {
                    throw new UnsupportedOperationException();
                }
            };
        }

        @Bean
        TenantAction greet() {
            return (saas, tenant) -> {
                throw new UnsupportedOperationException();
            };
        }

        @Bean
        PasswordPolicy passwords() {
            return PasswordPolicy.minimumLength(6);
        }

        @Bean
        TenantSchema schema() {
            return new TenantSchema() {
                @Override
                public String version() {
                    return "1.7";
                }

                @Override
                public void migrate(DatabaseLogin login) {
                    throw new UnsupportedOperationException();
                }
            };
        }

        @Bean
        Clock clock() {
            return SettableClock.at(Instant.parse("2026-03-01T12:00:00Z"));
        }

        @Bean
        SaasBuilderCustomizer customizer() {
            return builder -> builder.mainDatabase("customized.example");
        }
    }

    @Test
    void givesTheHooksOfTheContextToTheControlPlane() {
        runner.withUserConfiguration(Hooks.class).run(context -> {
            Saas saas = context.getBean(Saas.class);
            assertThat(saas.maintenance().listeners()).containsExactly("needs the control plane");
            assertThat(saas.mainDatabase()).isEqualTo("customized.example");
            assertThat(saas.campaigns()
                            .count(Campaign.of(CampaignChange.action("greet")).build()))
                    .as("the action has the name of its bean")
                    .isZero();
            Plan plan = saas.plans().create(Plan.builder("Dated").build());
            assertThat(plan.createdAt()).isEqualTo(Instant.parse("2026-03-01T12:00:00Z"));
            assertThatThrownBy(() -> saas.accounts()
                            .signUp(SignUp.builder("client@example.com", "Client", "short")
                                    .build()))
                    .hasMessage("Choose a password of at least 6 characters.");
            assertThatThrownBy(() -> saas.tenants()
                            .create(CreateTenant.outsidePlans("shop", new CreateTenant.Administrator("boss", "secret"))
                                    .build()))
                    .as("the schema asks for the login of the new database")
                    .hasMessageContaining("have no logins");
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class Backups {
        @Bean
        BackupStore backups() {
            return new MemoryBackupStore(Clock.systemUTC());
        }
    }

    @Test
    void keepsBackupsInTheStoreOfTheContext() {
        runner.withUserConfiguration(Backups.class)
                .withPropertyValues("allotment.secret-key=a secret key for tests")
                .run(context -> {
                    Saas saas = context.getBean(Saas.class);
                    Tenant shop = saas.tenants()
                            .create(CreateTenant.outsidePlans("shop", new CreateTenant.Administrator("boss", "secret"))
                                    .build())
                            .tenant();
                    Backup made = saas.backups().create(shop.id(), null);
                    assertThat(saas.backups().list(shop.id())).containsExactly(made);
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class HastyHook {
        @Bean
        Neutraliser neutraliser(Saas saas) {
            assertThat(saas.mainDatabase()).isNotEmpty();
            throw new AssertionError("not reached");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class HastyAddons {
        @Bean
        AddonSource addons(Saas saas) {
            return () -> {
                saas.mainDatabase();
                return List.of();
            };
        }
    }

    @Test
    void refusesAHookThatUsesTheControlPlaneBeforeItIsOpen() {
        runner.withUserConfiguration(HastyHook.class)
                .run(context ->
                        assertThat(context).getFailure().hasStackTraceContaining("A hook uses the control plane"));
        runner.withUserConfiguration(HastyAddons.class)
                .run(context ->
                        assertThat(context).getFailure().hasStackTraceContaining("A hook uses the control plane"));
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnBeans {
        @Bean
        Saas saas() {
            return Saas.builder()
                    .backend("memory", Map.of())
                    .mainDatabase("own.example")
                    .open();
        }

        @Bean
        DataSource dataSource() {
            return new JdbcDataSource();
        }

        @Bean
        PortalServlet portal(Saas saas) {
            return PortalServlet.of(saas);
        }

        @Bean
        TenantFilter tenants(Saas saas, TenantDataSources sources) {
            return TenantFilter.builder(saas).dataSources(sources).build();
        }

        @Bean
        SaasServlet protocols() {
            return SaasServlet.builder().build();
        }
    }

    @Test
    void everyBeanCanBeReplaced() {
        web.withUserConfiguration(OwnBeans.class).run(context -> {
            assertThat(context.getBean(Saas.class).mainDatabase()).isEqualTo("own.example");
            assertThat(context).hasSingleBean(DataSource.class).doesNotHaveBean("tenantDataSource");
            assertThat(context.getBean(DataSource.class)).isInstanceOf(JdbcDataSource.class);
            assertThat(context).hasSingleBean(PortalServlet.class).hasSingleBean(TenantFilter.class);
            assertThat(context).hasSingleBean(SaasServlet.class).hasSingleBean(MaintenanceLifecycle.class);
        });
    }

    @Test
    void leavesOutWhatIsSwitchedOff() {
        web.withPropertyValues(
                        "allotment.maintenance.enabled=false",
                        "allotment.datasource.enabled=false",
                        "allotment.web.portal.enabled=false",
                        "allotment.web.tenants.enabled=false",
                        "allotment.web.protocols.enabled=false")
                .run(context -> {
                    assertThat(context)
                            .hasNotFailed()
                            .hasSingleBean(Saas.class)
                            .hasSingleBean(TenantDataSources.class)
                            .doesNotHaveBean(MaintenanceLifecycle.class)
                            .doesNotHaveBean(DataSource.class)
                            .doesNotHaveBean(PortalServlet.class)
                            .doesNotHaveBean(TenantFilter.class)
                            .doesNotHaveBean(SaasServlet.class);
                });
    }

    @Test
    void worksWithoutTheOptionalModules() {
        web.withClassLoader(new FilteredClassLoader(
                        "dev.allotment.portal",
                        "dev.allotment.tenant",
                        "org.hibernate",
                        "org.apache.ibatis",
                        "io.micrometer",
                        "dev.allotment.micrometer",
                        "org.springframework.boot.actuate",
                        "org.springframework.security",
                        "org.springframework.orm",
                        "org.springframework.transaction"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(Saas.class)
                        .hasSingleBean(SaasServlet.class)
                        .doesNotHaveBean(DataSource.class)
                        .doesNotHaveBean(MeterBinder.class));
        runner.withClassLoader(
                        new FilteredClassLoader("dev.allotment.servlet", "jakarta.servlet", "dev.allotment.tenant"))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(Saas.class));
    }

    @Configuration(proxyBeanMethods = false)
    static class SqlSessions {
        @Bean
        SqlSessionFactory toTenants(DataSource source) {
            return factory(source);
        }

        @Bean
        SqlSessionFactory toAnotherDatabase() {
            return factory(new JdbcDataSource());
        }

        private static SqlSessionFactory factory(DataSource source) {
            return new SqlSessionFactoryBuilder()
                    .build(new org.apache.ibatis.session.Configuration(
                            new Environment("test", new JdbcTransactionFactory(), source)));
        }
    }

    @Test
    void switchesTheCacheOfMyBatisOffForTenantsOnly() {
        runner.withUserConfiguration(SqlSessions.class).run(context -> {
            assertThat(context.getBean("toTenants", SqlSessionFactory.class)
                            .getConfiguration()
                            .isCacheEnabled())
                    .isFalse();
            assertThat(context.getBean("toAnotherDatabase", SqlSessionFactory.class)
                            .getConfiguration()
                            .isCacheEnabled())
                    .isTrue();
        });
    }

    @Test
    void exposesItsEndpointOnlyIfTheApplicationDoes() {
        web.run(context -> assertThat(context).doesNotHaveBean(AllotmentEndpoint.class));
        web.withPropertyValues("management.endpoints.web.exposure.include=allotment")
                .run(context -> {
                    AllotmentEndpoint endpoint = context.getBean(AllotmentEndpoint.class);
                    AllotmentEndpoint.Catalog catalog =
                            Objects.requireNonNull(endpoint.state().catalog());
                    assertThat(catalog.tenants()).containsEntry("open", 0L);
                    assertThat(catalog.servers())
                            .extracting(AllotmentEndpoint.ServerState::name)
                            .containsExactly(Server.DEFAULT_NAME);
                    context.getSourceApplicationContext().close();
                });
    }

    private WebApplicationContextRunner secured() throws ClassNotFoundException {
        return web.withConfiguration(AutoConfigurations.of(
                ofSpringBoot("security.autoconfigure.", "autoconfigure.security.servlet.", "SecurityAutoConfiguration"),
                ofSpringBoot(
                        "security.autoconfigure.",
                        "autoconfigure.security.servlet.",
                        "UserDetailsServiceAutoConfiguration"),
                // In version 3, a part of the first one.
                ofSpringBoot(
                        "security.autoconfigure.web.servlet.ServletWeb",
                        "autoconfigure.security.servlet.",
                        "SecurityAutoConfiguration")));
    }

    @Test
    void leavesTheOtherHostsToTheDefaultsOfSpringSecurity() throws ClassNotFoundException {
        WebApplicationContextRunner secured = secured();
        secured.run(context -> assertThat(context.getBeansOfType(SecurityFilterChain.class))
                .containsOnlyKeys("allotmentProtocolsSecurity", "defaultSecurityFilterChain"));
        secured.withPropertyValues("allotment.web.security.enabled=false")
                .run(context -> assertThat(context.getBeansOfType(SecurityFilterChain.class))
                        .containsOnlyKeys("defaultSecurityFilterChain"));
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnAuthentication {
        @Bean
        AuthenticationConverter tenantAuthenticationConverter() {
            return request -> new TestingAuthenticationToken(
                    TenantContext.of(request).member().orElseThrow().login(), "", "ROLE_OWN");
        }
    }

    @Test
    void authenticatesMembersAsTheApplicationSays() throws ClassNotFoundException {
        secured().withUserConfiguration(OwnAuthentication.class).run(context -> {
            Saas saas = context.getBean(Saas.class);
            String session = saas.access().openSession(tenant(saas, "shop").name(), Member.ADMINISTRATOR.value());
            MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");
            request.addHeader("Host", "shop.portal.localhost");
            request.addHeader("Cookie", "session_id=" + session);
            FilterChainProxy security =
                    new FilterChainProxy(context.getBean("defaultSecurityFilterChain", SecurityFilterChain.class));
            List<Object> seen = new ArrayList<>();
            context.getBean(TenantFilter.class)
                    .doFilter(
                            request,
                            new MockHttpServletResponse(),
                            (in, out) -> security.doFilter(
                                    in,
                                    out,
                                    (innermost, response) -> seen.add(
                                            SecurityContextHolder.getContext().getAuthentication())));
            assertThat(seen).singleElement().isInstanceOfSatisfying(TestingAuthenticationToken.class, member -> {
                assertThat(member.getName()).isEqualTo("boss");
                assertThat(member.isAuthenticated()).isTrue();
            });
        });
    }

    @Test
    void mapsThePortalBehindTheTenantsAndNoServletOverTheApplication() {
        web.run(context -> {
            Map<String, FilterRegistrationBean<?>> filters =
                    registrations(context.getBeansOfType(FilterRegistrationBean.class));
            FilterRegistrationBean<?> portal = filters.get("allotmentPortalRegistration");
            FilterRegistrationBean<?> tenants = filters.get("allotmentTenantFilterRegistration");
            assertThat(portal.getFilter()).isInstanceOf(PortalFilter.class);
            assertThat(portal.getOrder()).isGreaterThan(tenants.getOrder()).isLessThan(-100);
        });
    }

    @SuppressWarnings({"rawtypes", "unchecked"})
    private static Map<String, FilterRegistrationBean<?>> registrations(Map<String, FilterRegistrationBean> beans) {
        return (Map) beans;
    }

    @Test
    void refusesConnectionsWithoutATenantAndLimitsThem() {
        runner.withPropertyValues("allotment.datasource.max-connections=0")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessage("allotment.datasource: maxConnections must be at least 1, found 0."));
        runner.run(context -> assertThatThrownBy(
                        () -> context.getBean(DataSource.class).getConnection())
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("works for no tenant"));
    }

    /** Servers in memory that can be reached until a test says otherwise. */
    @Configuration(proxyBeanMethods = false)
    static class Servers {
        private final AtomicBoolean reachable = new AtomicBoolean(true);

        @Bean
        AtomicBoolean reachable() {
            return reachable;
        }

        @Bean
        BackendProvider far() {
            return new BackendProvider() {
                @Override
                public int spiVersion() {
                    return SPI_VERSION;
                }

                @Override
                public String name() {
                    return "far";
                }

                @Override
                public Backend open(Settings settings) {
                    throw new AssertionError("only opened as a server");
                }

                @Override
                public Backend openServer(Settings settings, UUID installation) {
                    return new DelegatingBackend(MemoryBackend.create()) {
                        @Override
                        public Health health() {
                            return reachable.get() ? super.health() : Health.down("no route to host");
                        }
                    };
                }
            };
        }
    }

    @Test
    void staysUpWhileOneDatabaseServerIsUp() {
        runner.withUserConfiguration(Servers.class)
                .withPropertyValues("allotment.maintenance.enabled=false")
                .run(context -> {
                    Saas saas = context.getBean(Saas.class);
                    ServerId far = saas.servers()
                            .create(Server.builder("far").backend("far").build())
                            .id();
                    ControlPlaneHealth health = context.getBean(ControlPlaneHealth.class);
                    context.getBean(AtomicBoolean.class).set(false);
                    assertThat(saas.servers().status(far).health().up()).isFalse();
                    assertThat(health.servers())
                            .isEqualTo(new ControlPlaneHealth.Result(
                                    true, Map.of(Server.DEFAULT_NAME, "up", "far", "no route to host")));
                    context.getSourceApplicationContext().close();
                    assertThat(health.servers().up()).isFalse();
                });
    }

    @Test
    void showsNoSecretInTheTextOfItsProperties() {
        runner.withPropertyValues(
                        "allotment.master-password=hidden-1",
                        "allotment.secret-key=hidden-key-of-16-characters",
                        "allotment.administrator.login=chief",
                        "allotment.administrator.password=hidden-2",
                        "allotment.settings.servers=hidden-3")
                .run(context -> assertThat(
                                context.getBean(AllotmentProperties.class).toString())
                        .contains("backend=memory", "settings=[servers]", "login=chief")
                        .doesNotContain("hidden"));
    }

    @Test
    void theNumberOfBackgroundThreadsIsASetting() {
        runner.withPropertyValues("allotment.background.threads=3").run(context -> {
            BackgroundThreads threads = context.getBean(BackgroundThreads.class);
            CountDownLatch atOnce = new CountDownLatch(3);
            CountDownLatch end = new CountDownLatch(1);
            for (int i = 0; i < 4; i++) {
                threads.workers().execute(() -> {
                    atOnce.countDown();
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
            }
            assertThat(atOnce.await(10, TimeUnit.SECONDS)).isTrue();
            end.countDown();
        });
        runner.withPropertyValues("allotment.background.threads=0")
                .run(context ->
                        assertThat(context).getFailure().rootCause().hasMessageContaining("at least 1, found 0"));
    }

    /** As a profile for production does with the setting of another backend. */
    @Test
    void anEmptyValueTakesASettingOfTheBackendAway() {
        runner.withPropertyValues("allotment.settings.path=")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void sendsTheEmailsThatWaitBeforeItStops() {
        runner.run(context -> {
            BackgroundThreads threads = context.getBean(BackgroundThreads.class);
            CountDownLatch progress = new CountDownLatch(1);
            List<String> sent = new CopyOnWriteArrayList<>();
            threads.emails().execute(() -> {
                try {
                    assertThat(progress.await(10, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                sent.add("slow");
            });
            threads.emails().execute(() -> sent.add("waiting"));
            threads.pages().execute(progress::countDown);
            context.getSourceApplicationContext().close();
            assertThat(sent).containsExactly("slow", "waiting");
        });
    }

    @Test
    void doesAsyncWorkAgainAfterAStopAndAStart() {
        runner.run(context -> {
            ConfigurableApplicationContext application = context.getSourceApplicationContext();
            application.stop();
            assertThat(context.getBean(BackgroundThreads.class).isRunning()).isFalse();
            application.start();
            Saas saas = context.getBean(Saas.class);
            Operation creation = saas.async()
                    .create(CreateTenant.outsidePlans("shop", new CreateTenant.Administrator("boss", "secret"))
                            .build());
            assertThat(saas.operations()
                            .await(creation.id(), Duration.ofSeconds(20))
                            .state())
                    .isEqualTo(OperationState.DONE);
        });
    }

    /** Returns a class of Spring Boot that moved to another package in version 4. */
    private static Class<?> ofSpringBoot(String name) throws ClassNotFoundException {
        return ofSpringBoot("jdbc.autoconfigure.", "autoconfigure.jdbc.", name);
    }

    private static Class<?> ofSpringBoot(String four, String three, String name) throws ClassNotFoundException {
        String root = "org.springframework.boot.";
        return ClassUtils.isPresent(root + four + name, null)
                ? Class.forName(root + four + name)
                : Class.forName(root + three + name);
    }

    private static <T> ApplicationContextRunner withConnectionDetails(
            ApplicationContextRunner runner, Class<T> type, String url) {
        Map<String, Object> values = Map.of(
                "getJdbcUrl", url,
                "getUsername", "sa",
                "getPassword", "theirs",
                "getDriverClassName", "org.h2.Driver",
                "hashCode", 1,
                "equals", false,
                "toString", "connection details");
        return runner.withBean(
                type,
                () -> type.cast(Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> values.get(method.getName()))));
    }

    @Test
    void leavesTheDataSourceToSpringBootIfTheApplicationConfiguresOne() throws ClassNotFoundException {
        ApplicationContextRunner both =
                runner.withConfiguration(AutoConfigurations.of(ofSpringBoot("DataSourceAutoConfiguration")));
        both.run(context -> assertThat(context).hasBean("tenantDataSource"));
        for (ApplicationContextRunner other : List.of(
                both.withPropertyValues("spring.datasource.url=jdbc:h2:mem:other"),
                withConnectionDetails(both, ofSpringBoot("JdbcConnectionDetails"), "jdbc:h2:mem:details"))) {
            other.run(context ->
                    assertThat(context).hasSingleBean(DataSource.class).doesNotHaveBean("tenantDataSource"));
            other.withPropertyValues("allotment.datasource.enabled=true")
                    .run(context ->
                            assertThat(context).hasSingleBean(DataSource.class).hasBean("tenantDataSource"));
        }
        runner.withPropertyValues("spring.datasource.jndi-name=java:jdbc/other")
                .run(context -> assertThat(context).doesNotHaveBean(DataSource.class));
    }

    /** Stands in for the backend of this name, and records where it is opened. */
    @Configuration(proxyBeanMethods = false)
    static class RecordingPostgres {
        private final List<String> opened = new CopyOnWriteArrayList<>();

        @Bean
        BackendProvider postgres() {
            return new BackendProvider() {
                @Override
                public int spiVersion() {
                    return SPI_VERSION;
                }

                @Override
                public String name() {
                    return "postgres";
                }

                @Override
                public Backend open(Settings settings) {
                    opened.add(settings.text("user", "no user") + " with " + settings.text("password", "none") + " at "
                            + settings.text("url", "nowhere"));
                    return MemoryBackend.create();
                }
            };
        }
    }

    @Test
    void theCatalogIsWhereTheConnectionDetailsSay() throws ClassNotFoundException {
        ApplicationContextRunner container = onService("jdbc:postgresql://details/portal");
        container.run(context -> {
            assertThat(context.getBean(RecordingPostgres.class).opened)
                    .containsExactly("sa with theirs at jdbc:postgresql://details/portal");
            assertThat(context).hasSingleBean(DataSource.class).hasBean("tenantDataSource");
        });
        container
                .withPropertyValues("allotment.settings.url=jdbc:other", "allotment.settings.user=me")
                .run(context -> {
                    assertThat(context.getBean(RecordingPostgres.class).opened)
                            .containsExactly("me with ours at jdbc:other");
                    assertThat(context).hasSingleBean(DataSource.class).doesNotHaveBean("tenantDataSource");
                });
        container
                .withBean(
                        AllotmentConnectionDetails.class,
                        () -> AllotmentConnectionDetails.of(() -> "jdbc:mine", () -> "mine", () -> null))
                .run(context -> {
                    assertThat(context.getBean(RecordingPostgres.class).opened)
                            .containsExactly("mine with none at jdbc:mine");
                    assertThat(context).hasSingleBean(DataSource.class).doesNotHaveBean("tenantDataSource");
                });
    }

    @Test
    void theCatalogIsNotInADatabaseOfTheApplication() throws ClassNotFoundException {
        ApplicationContextRunner other = onService("jdbc:h2:mem:details");
        other.run(context -> assertThat(context)
                .getFailure()
                .isInstanceOf(SaasException.class)
                .hasMessageContaining("allotment.settings.url"));
        other.withPropertyValues("spring.datasource.jndi-name=java:jdbc/other").run(context -> {
            assertThat(context.getBean(RecordingPostgres.class).opened).containsExactly("no user with ours at nowhere");
            assertThat(context).doesNotHaveBean("tenantDataSource");
        });
    }

    /** A catalog on PostgreSQL, and connection details as those of a container. */
    private ApplicationContextRunner onService(String url) throws ClassNotFoundException {
        return withConnectionDetails(
                        bare.withConfiguration(AutoConfigurations.of(
                                ofSpringBoot("DataSourceAutoConfiguration"), adaptingAutoConfiguration())),
                        ofSpringBoot("JdbcConnectionDetails"),
                        url)
                .withPropertyValues("allotment.backend=postgres", "allotment.settings.password=ours")
                .withUserConfiguration(RecordingPostgres.class);
    }

    private static Class<?> adaptingAutoConfiguration() throws ClassNotFoundException {
        String three = "dev.allotment.springboot3.AllotmentJdbcAutoConfiguration";
        return ClassUtils.isPresent(three, null) ? Class.forName(three) : AllotmentJdbcAutoConfiguration.class;
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnDataSources {
        @Bean
        TenantDataSources own(Saas saas) {
            return TenantDataSources.of(saas);
        }
    }

    @Test
    void refusesToSwitchTenantsInATransactionAlsoWithOwnDataSources() {
        runner.withUserConfiguration(OwnDataSources.class).run(context -> {
            Tenant shop = context.getBean(Saas.class)
                    .tenants()
                    .create(CreateTenant.outsidePlans("shop", new CreateTenant.Administrator("boss", "secret"))
                            .build())
                    .tenant();
            CurrentTenant current = context.getBean(CurrentTenant.class);
            TransactionSynchronizationManager.initSynchronization();
            try {
                assertThatThrownBy(() -> current.runAs(shop, () -> {}))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageStartingWith("The thread is in a transaction");
            } finally {
                TransactionSynchronizationManager.clearSynchronization();
            }
        });
    }

    @Test
    void contextPropagationCarriesTheTenant() {
        runner.run(context -> {
            CurrentTenant current = context.getBean(CurrentTenant.class);
            Tenant shop = tenant(context.getBean(Saas.class), "shop");
            Tenant other = tenant(context.getBean(Saas.class), "other");
            TaskDecorator carrying = new ContextPropagatingTaskDecorator();
            List<String> seen = new ArrayList<>();
            Runnable task = () -> seen.add(current.find().map(Tenant::name).orElse("none") + MDC.get("tenant"));
            Runnable[] tasks = new Runnable[1];
            current.runAs(shop, () -> tasks[0] = carrying.decorate(task));
            tasks[0].run();
            task.run();
            current.runAs(other, () -> {
                tasks[0].run();
                task.run();
            });
            assertThat(seen).containsExactly("shopshop", "nonenull", "shopshop", "otherother");
            ContextRegistry registry = ContextRegistry.getInstance();
            TenantThreadLocal ours = context.getBean(TenantThreadLocal.class);
            assertThat(registry.getThreadLocalAccessors()).anyMatch(each -> each == ours);
            context.getSourceApplicationContext().close();
            assertThat(registry.getThreadLocalAccessors()).noneMatch(each -> each == ours);
        });
    }

    private static Tenant tenant(Saas saas, String name) {
        return saas.tenants()
                .create(CreateTenant.outsidePlans(name, new CreateTenant.Administrator("boss", "secret"))
                        .build())
                .tenant();
    }

    @Test
    void handsTheTenantToOtherThreadsAndSuspendsWhatIsBoundToThisOne() {
        runner.run(context -> {
            CurrentTenant current = context.getBean(CurrentTenant.class);
            Saas saas = context.getBean(Saas.class);
            Tenant shop = saas.tenants()
                    .create(CreateTenant.outsidePlans("shop", new CreateTenant.Administrator("boss", "secret"))
                            .build())
                    .tenant();
            TransactionSynchronizationManager.bindResource("session", "of no tenant");
            try {
                current.runAs(shop, () -> {
                    assertThat(TransactionSynchronizationManager.getResource("session"))
                            .isNull();
                    Runnable decorated = context.getBean(TaskDecorator.class)
                            .decorate(() -> assertThat(current.get()).isEqualTo(shop));
                    Thread other = new Thread(decorated);
                    List<Throwable> failures = new CopyOnWriteArrayList<>();
                    other.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
                    other.start();
                    try {
                        other.join();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    assertThat(failures).isEmpty();
                });
                assertThat(Objects.requireNonNull(TransactionSynchronizationManager.getResource("session")))
                        .isEqualTo("of no tenant");
            } finally {
                TransactionSynchronizationManager.unbindResource("session");
            }
        });
    }
}
