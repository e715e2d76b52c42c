// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.tenant.CurrentTenant;
import java.util.Map;
import javax.sql.DataSource;
import org.hibernate.cfg.AvailableSettings;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;

/**
 * Sets up each persistence unit on the data source of the current tenant, unless the application has: sessions belong
 * to a tenant, and nothing is read from a database while the application starts.
 */
final class TenantPersistence implements BeanPostProcessor {
    /** What the databases call themselves, by which Hibernate selects its dialect. */
    private static final Map<String, String> PRODUCTS = Map.of("h2", "H2", "postgres", "PostgreSQL");

    private final ObjectProvider<DataSource> source;
    private final ObjectProvider<CurrentTenant> current;
    private final ObjectProvider<AllotmentProperties> properties;

    TenantPersistence(
            ObjectProvider<DataSource> source,
            ObjectProvider<CurrentTenant> current,
            ObjectProvider<AllotmentProperties> properties) {
        this.source = source;
        this.current = current;
        this.properties = properties;
    }

    @Override
    public Object postProcessBeforeInitialization(Object bean, String name) {
        if (bean instanceof LocalContainerEntityManagerFactoryBean unit) {
            DataSource ours = source.getIfAvailable();
            if (ours != null && ours.equals(unit.getDataSource())) {
                setUp(unit.getJpaPropertyMap(), ours);
            }
        }
        return bean;
    }

    private void setUp(Map<String, Object> settings, DataSource ours) {
        CurrentTenant tenant = current.getObject();
        settings.putIfAbsent(
                AvailableSettings.MULTI_TENANT_CONNECTION_PROVIDER, new TenantConnectionProvider(ours, tenant));
        settings.putIfAbsent(AvailableSettings.MULTI_TENANT_IDENTIFIER_RESOLVER, new TenantIdentifierResolver(tenant));
        settings.putIfAbsent("hibernate.boot.allow_jdbc_metadata_access", "false");
        String product = PRODUCTS.get(String.valueOf(properties.getObject().backend()));
        if (product != null && !settings.containsKey(AvailableSettings.DIALECT)) {
            settings.putIfAbsent(AvailableSettings.JAKARTA_HBM2DDL_DB_NAME, product);
        }
    }
}
