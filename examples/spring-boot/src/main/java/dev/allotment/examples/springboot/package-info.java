// SPDX-License-Identifier: Apache-2.0
/**
 * A Spring Boot application with a control plane in it: its calls, its portal, and what time asks of it. To be read and
 * copied.
 */
@NullMarked
package dev.allotment.examples.springboot;

import org.jspecify.annotations.NullMarked;
