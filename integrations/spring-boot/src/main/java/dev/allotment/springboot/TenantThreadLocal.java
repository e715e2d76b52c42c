// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.Tenant;
import dev.allotment.tenant.CurrentTenant;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;

/** Makes Micrometer's context propagation carry the current tenant, while the application context is open. */
final class TenantThreadLocal implements ThreadLocalAccessor<Tenant>, InitializingBean, DisposableBean {
    private final CurrentTenant current;

    /** A string, since the context propagation of Spring Boot 3 removes nothing else. */
    private final String key = TenantThreadLocal.class.getName() + "." + UUID.randomUUID();

    TenantThreadLocal(CurrentTenant current) {
        this.current = current;
    }

    @Override
    public void afterPropertiesSet() {
        ContextRegistry.getInstance().registerThreadLocalAccessor(this);
    }

    @Override
    public void destroy() {
        ContextRegistry.getInstance().removeThreadLocalAccessor(key);
    }

    /** One for each control plane of the process, as the current tenant is. */
    @Override
    public Object key() {
        return key;
    }

    @Override
    public @Nullable Tenant getValue() {
        return current.find().orElse(null);
    }

    @Override
    public void setValue(Tenant tenant) {
        current.set(tenant);
    }

    @Override
    public void setValue() {
        current.set(null);
    }
}
