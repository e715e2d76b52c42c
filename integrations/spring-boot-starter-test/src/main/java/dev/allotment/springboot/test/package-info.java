// SPDX-License-Identifier: Apache-2.0
/**
 * Tests of Spring Boot applications: {@link dev.allotment.springboot.test.AutoConfigureAllotment} opens a control plane
 * for tests, and {@link dev.allotment.springboot.test.WithTenant} gives each test a tenant.
 */
@NullMarked
package dev.allotment.springboot.test;

import org.jspecify.annotations.NullMarked;
