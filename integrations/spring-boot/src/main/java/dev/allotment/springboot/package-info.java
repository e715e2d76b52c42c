// SPDX-License-Identifier: Apache-2.0
/**
 * Auto-configuration of a control plane in a Spring Boot application. Applications use its properties, replace its
 * beans, and implement {@link dev.allotment.springboot.SaasBuilderCustomizer}.
 */
@NullMarked
package dev.allotment.springboot;

import org.jspecify.annotations.NullMarked;
