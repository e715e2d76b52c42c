// SPDX-License-Identifier: Apache-2.0
/** The parts of the auto-configuration whose types have other names in Spring Boot 3. */
@NullMarked
package dev.allotment.springboot3;

import org.jspecify.annotations.NullMarked;
