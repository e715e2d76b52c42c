// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.test;

import dev.allotment.Saas;
import dev.allotment.tenant.CurrentTenant;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.support.AbstractTestExecutionListener;

/** Makes the tenant of {@link WithTenant} the current one, around the transaction of the test. */
final class TenantTestExecutionListener extends AbstractTestExecutionListener {
    /** After the dependencies were injected (2000), and before a transaction starts (4000). */
    static final int ORDER = 3500;

    private static final String END = TenantTestExecutionListener.class.getName();

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public void beforeTestMethod(TestContext test) {
        WithTenant wanted = wanted(test);
        if (wanted != null) {
            ApplicationContext beans = test.getApplicationContext();
            Saas saas = bean(beans, Saas.class);
            CurrentTenant current = bean(beans, CurrentTenant.class);
            TestTenant ours = TestTenant.open(saas, wanted);
            test.setAttribute(END, end(current, ours, saas));
        }
    }

    /** Makes the tenant current. What this returns undoes that, and the creation of the tenant. */
    private static Runnable end(CurrentTenant current, TestTenant ours, Saas saas) {
        Runnable back;
        try {
            back = current.switchTo(ours.tenant());
        } catch (RuntimeException | Error e) {
            ours.end(saas);
            throw e;
        }
        return () -> {
            try {
                back.run();
            } finally {
                ours.end(saas);
            }
        };
    }

    @Override
    public void afterTestMethod(TestContext test) {
        if (test.removeAttribute(END) instanceof Runnable end) {
            end.run();
        }
    }

    private static @Nullable WithTenant wanted(TestContext test) {
        WithTenant ofMethod = AnnotatedElementUtils.findMergedAnnotation(test.getTestMethod(), WithTenant.class);
        return ofMethod != null
                ? ofMethod
                : TestContextAnnotationUtils.findMergedAnnotation(test.getTestClass(), WithTenant.class);
    }

    private static <T> T bean(ApplicationContext beans, Class<T> type) {
        try {
            return beans.getBean(type);
        } catch (NoSuchBeanDefinitionException e) {
            throw new IllegalStateException(
                    "@WithTenant needs a bean of the type " + type.getSimpleName()
                            + ", and the application context has none. Add @AutoConfigureAllotment to the test class.",
                    e);
        }
    }
}
