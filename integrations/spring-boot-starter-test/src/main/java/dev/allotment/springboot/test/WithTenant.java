// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs a test for a tenant, which is the current tenant of the test's thread, in {@code @BeforeEach} and
 * {@code @AfterEach} methods, too. A transaction of the test belongs to the tenant's database.
 *
 * <p>The tenant is created before each test and purged after it. A tenant of this name that exists before the test,
 * because the application has created it, is used and kept.
 *
 * <p>Requests of {@code MockMvc} without a host, or to {@code localhost}, are sent to the tenant's host, with a session
 * of its owner, or of its administrator if it has no owner. A request to another host, such as {@code
 * get("http://portal.localhost/")}, is not changed.
 *
 * <p>On a method, it replaces that of the class. It needs {@link AutoConfigureAllotment}. Tests that share an
 * application context and run at the same time need tenants of different names.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
public @interface WithTenant {
    /** Returns the name of the tenant. */
    String value();

    /**
     * Returns the name of the tenant's plan. Default: the only plan. If there are several, a test has to name one. If
     * there is none, the tenant is outside any plan, and has no owner.
     */
    String plan() default "";
}
