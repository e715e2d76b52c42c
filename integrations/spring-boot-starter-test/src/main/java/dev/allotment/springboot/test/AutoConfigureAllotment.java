// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

/**
 * Opens a control plane for tests in the application context of a test class:
 *
 * <ul>
 *   <li>in memory, on the backend {@code h2} if it is on the class path, or else on {@code memory}, which has no SQL
 *   <li>with a {@link dev.allotment.testing.SettableClock}, which is also the primary {@code Clock} of the application
 *   <li>with cheap passwords, without limits of sign-ins and sign-ups, and without reserved names of deleted tenants
 *   <li>without the threads of the maintenance: a test calls {@code saas.maintenance().run()}
 * </ul>
 *
 * It fits {@code @SpringBootTest}, also with a few configuration classes only, and slices such as {@code @DataJpaTest}.
 * Beans of the type {@code SaasBuilderCustomizer} change what it sets, except for the backend that it replaces.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration
public @interface AutoConfigureAllotment {
    /** Returns whether the configured backend is replaced. If not, its catalog remains after the tests. */
    boolean replaceBackend() default true;

    /** Returns whether the scheduled work runs on its own threads, as in production. */
    boolean maintenance() default false;
}
