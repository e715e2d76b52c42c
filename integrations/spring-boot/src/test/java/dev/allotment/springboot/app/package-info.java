// SPDX-License-Identifier: Apache-2.0
/** A Spring Boot application as a reader of the guide writes it. */
@NullMarked
package dev.allotment.springboot.app;

import org.jspecify.annotations.NullMarked;
