// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import javax.sql.DataSource;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.session.SqlSessionFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Switches off the second-level cache of MyBatis on the data source of the current tenant. Its keys do not contain the
 * tenant, so a tenant would get the rows of another.
 */
final class TenantMyBatis implements BeanPostProcessor {
    private final ObjectProvider<DataSource> source;

    TenantMyBatis(ObjectProvider<DataSource> source) {
        this.source = source;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof SqlSessionFactory factory) {
            Environment environment = factory.getConfiguration().getEnvironment();
            DataSource ours = source.getIfAvailable();
            if (ours != null && environment != null && ours.equals(environment.getDataSource())) {
                factory.getConfiguration().setCacheEnabled(false);
            }
        }
        return bean;
    }
}
