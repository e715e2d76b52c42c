// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.Saas;
import dev.allotment.tenant.CurrentTenant;
import dev.allotment.tenant.TenantDataSources;
import javax.sql.DataSource;
import org.apache.ibatis.session.SqlSessionFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskDecorator;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The databases of tenants: the connections, the current tenant, and the data source of the current tenant. */
@AutoConfiguration(
        after = AllotmentAutoConfiguration.class,
        beforeName = {
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration"
        })
@ConditionalOnClass({TenantDataSources.class, DataSource.class})
public final class AllotmentDataSourceAutoConfiguration {
    /** The name of the data source of the current tenant. */
    public static final String DATA_SOURCE = "tenantDataSource";

    AllotmentDataSourceAutoConfiguration() {}

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    TenantDataSources tenantDataSources(Saas saas, AllotmentProperties properties) {
        return AllotmentProperties.valid("allotment.datasource", () -> sources(saas, properties.datasource()));
    }

    private static TenantDataSources sources(Saas saas, AllotmentProperties.Datasource limits) {
        TenantDataSources.Builder builder = TenantDataSources.builder(saas)
                .maxConnections(limits.maxConnections())
                .maxConnectionsPerTenant(limits.maxConnectionsPerTenant())
                .acquireTimeout(limits.acquireTimeout())
                .idleTimeout(limits.idleTimeout());
        Integer perServer = limits.maxConnectionsPerServer();
        if (perServer != null) {
            builder.maxConnectionsPerServer(perServer);
        }
        return builder.build();
    }

    @Bean
    @ConditionalOnMissingBean
    CurrentTenant currentTenant(TenantDataSources sources) {
        return sources.currentTenant();
    }

    /** The only data source, unless the application has one or has configured one. */
    @Bean(DATA_SOURCE)
    @ConditionalOnMissingBean(DataSource.class)
    @ConditionalOnProperty(name = "allotment.datasource.enabled", matchIfMissing = true)
    @Conditional(TenantDataSourceCondition.class)
    DataSource tenantDataSource(TenantDataSources sources) {
        return sources.current();
    }

    /** Lets {@code @Async} methods and asynchronous requests work for the tenant of the thread that started them. */
    @Bean
    @ConditionalOnMissingBean
    TaskDecorator allotmentTaskDecorator(CurrentTenant current) {
        return task -> current.find()
                .<Runnable>map(tenant -> () -> current.runAs(tenant, task))
                .orElse(task);
    }

    /** Transactions and sessions that are bound to threads. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(TransactionSynchronizationManager.class)
    static class Transactions {
        @Bean
        static ThreadBoundResources allotmentThreadBoundResources() {
            return new ThreadBoundResources();
        }
    }

    /** Hibernate on the data source of the current tenant. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(
            value = LocalContainerEntityManagerFactoryBean.class,
            name = "org.hibernate.engine.jdbc.connections.spi.MultiTenantConnectionProvider")
    static class Hibernate {
        @Bean
        static TenantPersistence allotmentTenantPersistence(
                @Qualifier(DATA_SOURCE) ObjectProvider<DataSource> source,
                ObjectProvider<CurrentTenant> current,
                ObjectProvider<AllotmentProperties> properties) {
            return new TenantPersistence(source, current, properties);
        }
    }

    /** MyBatis on the data source of the current tenant. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(SqlSessionFactory.class)
    static class MyBatis {
        @Bean
        static TenantMyBatis allotmentTenantMyBatis(@Qualifier(DATA_SOURCE) ObjectProvider<DataSource> source) {
            return new TenantMyBatis(source);
        }
    }
}
