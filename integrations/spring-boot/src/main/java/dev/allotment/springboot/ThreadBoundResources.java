// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.Tenant;
import dev.allotment.tenant.TenantDataSources;
import java.util.Map;
import java.util.function.Function;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Keeps work for a tenant from using sessions and connections of the tenant that the thread worked for before. A
 * transaction cannot be suspended here, so it is refused. It guards all {@link TenantDataSources} of the application
 * context, also those that the application has built.
 */
final class ThreadBoundResources implements Function<Tenant, Runnable>, BeanPostProcessor {
    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof TenantDataSources sources) {
            sources.currentTenant().onSwitch(this);
        }
        return bean;
    }

    @Override
    public Runnable apply(Tenant tenant) {
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            throw new IllegalStateException("The thread is in a transaction, so it cannot work for tenant "
                    + tenant.name() + ". Call runAs outside of the transaction; the work can start one.");
        }
        Map<Object, Object> bound = TransactionSynchronizationManager.getResourceMap();
        Map<Object, Object> before = Map.copyOf(bound);
        before.keySet().forEach(TransactionSynchronizationManager::unbindResource);
        return () -> before.forEach(TransactionSynchronizationManager::bindResource);
    }
}
