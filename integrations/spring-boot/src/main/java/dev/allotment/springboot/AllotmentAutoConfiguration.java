// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.ErrorCodes;
import dev.allotment.Health;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.brand.Brand;
import dev.allotment.brand.BrandLink;
import dev.allotment.brand.BrandProblem;
import dev.allotment.brand.Colour;
import dev.allotment.fleet.MaintenanceThreads;
import dev.allotment.hook.AddonSource;
import dev.allotment.hook.DomainVerifier;
import dev.allotment.hook.Fix;
import dev.allotment.hook.Neutraliser;
import dev.allotment.hook.PasswordPolicy;
import dev.allotment.hook.PreDeletionBackup;
import dev.allotment.hook.SaasListener;
import dev.allotment.hook.TenantAction;
import dev.allotment.hook.TenantFiles;
import dev.allotment.hook.TenantSchema;
import dev.allotment.hook.WorkObserver;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backup.BackupStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanCurrentlyInCreationException;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * The control plane and its maintenance. Beans of the hooks' types, such as {@link SaasListener}, are given to the
 * control plane, and may inject {@link Saas}.
 */
@AutoConfiguration
@EnableConfigurationProperties({AllotmentProperties.class, BackgroundProperties.class})
public final class AllotmentAutoConfiguration {
    AllotmentAutoConfiguration() {}

    @Bean
    BackgroundThreads allotmentThreads(BackgroundProperties properties) {
        return new BackgroundThreads(properties.threads());
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    Saas saas(
            AllotmentProperties properties,
            Environment environment,
            ListableBeanFactory beans,
            BackgroundThreads threads) {
        return LazySaas.of(
                () -> builder(properties, environment, beans, threads).open());
    }

    /** Opens the control plane with the application context, so that wrong settings end the start. */
    @Bean
    SmartInitializingSingleton allotmentOpening(Saas saas) {
        return saas::mainDatabase;
    }

    @Bean
    @ConditionalOnMissingBean({MaintenanceThreads.class, MaintenanceLifecycle.class})
    @ConditionalOnProperty(name = "allotment.maintenance.enabled", matchIfMissing = true)
    MaintenanceLifecycle allotmentMaintenance(Saas saas) {
        return new MaintenanceLifecycle(saas);
    }

    @Bean
    ControlPlaneHealth allotmentHealth(
            Saas saas, ObjectProvider<MaintenanceLifecycle> lifecycle, ObjectProvider<MaintenanceThreads> maintenance) {
        MaintenanceLifecycle ours = lifecycle.getIfAvailable();
        MaintenanceThreads theirs = maintenance.getIfAvailable();
        Supplier<Health> check = theirs == null ? null : theirs::health;
        return new ControlPlaneHealth(saas, ours == null ? check : ours::health);
    }

    private static SaasBuilder builder(
            AllotmentProperties properties,
            Environment environment,
            ListableBeanFactory beans,
            BackgroundThreads threads) {
        String backend = properties.backend();
        if (backend == null) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID,
                    "No backend is set. Set allotment.backend to h2 or postgres, and its settings below"
                            + " allotment.settings.");
        }
        SaasBuilder builder = Saas.builder()
                .backend(backend, settings(properties, beans))
                .executor(threads.workers())
                .baseUrl(baseUrl(properties, environment));
        set(properties.mainDatabase(), builder::mainDatabase);
        set(properties.baseDomain(), builder::baseDomain);
        set(properties.node(), builder::node);
        set(properties.masterPassword(), builder::masterPassword);
        set(properties.secretKey(), builder::secretKey);
        String login = properties.administrator().login();
        set(properties.administrator().password(), password -> builder.administrator(login, password));
        properties.addons().forEach(folder -> builder.addons(Path.of(folder)));
        builder.brand(beans.getBeanProvider(Brand.class).getIfAvailable(() -> brand(properties.branding())));
        try {
            addHooks(builder, beans);
            addBackups(builder, beans, properties);
        } catch (BeanCurrentlyInCreationException e) {
            throw HookException.tooEarly(e);
        }
        beans.getBeanProvider(SaasBuilderCustomizer.class)
                .orderedStream()
                .forEach(customizer -> customizer.customize(builder));
        return builder;
    }

    private static Brand brand(AllotmentProperties.Appearance appearance) {
        return AllotmentProperties.valid("allotment.branding", () -> {
            try {
                return checked(appearance);
            } catch (SaasException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        });
    }

    private static Brand checked(AllotmentProperties.Appearance appearance) {
        Brand.Builder brand = Brand.builder();
        set(appearance.title(), brand::name);
        set(appearance.colour(), colour -> brand.accent(Colour.of(colour)));
        set(appearance.support(), brand::support);
        set(appearance.terms(), terms -> brand.link(BrandLink.Kind.TERMS, "Terms", terms));
        Brand built = brand.build();
        if (!built.problems().isEmpty()) {
            throw new IllegalArgumentException(
                    built.problems().stream().map(BrandProblem::text).collect(Collectors.joining(" ")));
        }
        return built;
    }

    private static Map<String, String> settings(AllotmentProperties properties, ListableBeanFactory beans) {
        Map<String, String> settings = new LinkedHashMap<>(properties.settings());
        // A profile cannot take a key away from a map. An empty value does.
        settings.values().removeIf(String::isEmpty);
        beans.getBeanProvider(AllotmentConnectionDetails.class).ifAvailable(details -> {
            settings.put("url", details.getJdbcUrl());
            put(settings, "user", details.getUsername());
            put(settings, "password", details.getPassword());
        });
        return settings;
    }

    private static void put(Map<String, String> settings, String name, @Nullable String value) {
        if (value == null) {
            settings.remove(name);
        } else {
            settings.put(name, value);
        }
    }

    private static void set(@Nullable String value, Consumer<String> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }

    private static String baseUrl(AllotmentProperties properties, Environment environment) {
        String url = properties.baseUrl();
        if (url != null) {
            return url;
        }
        Integer port = environment.getProperty("local.server.port", Integer.class);
        if (port == null) {
            port = environment.getProperty("server.port", Integer.class, 8080);
        }
        return "http://portal.localhost:" + (port == 0 ? 8080 : port);
    }

    private static void addHooks(SaasBuilder builder, ListableBeanFactory beans) {
        beans.getBeanProvider(BackendProvider.class).orderedStream().forEach(builder::provider);
        beans.getBeanProvider(AddonSource.class).orderedStream().forEach(builder::addons);
        beans.getBeanProvider(SaasListener.class).orderedStream().forEach(builder::listener);
        beans.getBeanProvider(WorkObserver.class).orderedStream().forEach(builder::observer);
        beans.getBeanProvider(Neutraliser.class).orderedStream().forEach(builder::neutraliser);
        beans.getBeansOfType(Fix.class).forEach(builder::fix);
        beans.getBeansOfType(TenantAction.class).forEach(builder::tenantAction);
        addOne(beans, PreDeletionBackup.class, builder::preDeletionBackup);
        addOne(beans, DomainVerifier.class, builder::domainVerifier);
        addOne(beans, PasswordPolicy.class, builder::passwordPolicy);
        addOne(beans, TenantSchema.class, builder::tenantSchema);
        addOne(beans, TenantFiles.class, builder::tenantFiles);
        // Applications have clocks for other purposes.
        beans.getBeanProvider(Clock.class).ifUnique(builder::clock);
    }

    /** Refuses several beans: without one of them, customers would lose data. */
    private static <T> void addOne(ListableBeanFactory beans, Class<T> type, Consumer<T> setter) {
        try {
            beans.getBeanProvider(type).ifAvailable(setter);
        } catch (NoUniqueBeanDefinitionException e) {
            Collection<String> found = e.getBeanNamesFound();
            throw new HookException(
                    "There are several beans of the type " + type.getSimpleName() + ", but the control plane uses one: "
                            + (found == null ? "" : String.join(", ", found)),
                    "Remove all but one, or mark one with @Primary.",
                    e);
        }
    }

    private static void addBackups(SaasBuilder builder, ListableBeanFactory beans, AllotmentProperties properties) {
        addOne(beans, BackupStore.class, builder::backupStore);
        if (properties.secretKey() == null
                && beans.getBeanNamesForType(BackupStore.class).length > 0
                && beans.getBeanNamesForType(SaasBuilderCustomizer.class).length == 0) {
            throw new HookException(
                    "There is a BackupStore, but no secret key that backups are encrypted with.",
                    "Set allotment.secret-key to at least 16 random characters, and keep a copy of it: without it,"
                            + " backups cannot be read.",
                    null);
        }
    }
}
