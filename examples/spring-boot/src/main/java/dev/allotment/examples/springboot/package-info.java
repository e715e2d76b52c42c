// SPDX-License-Identifier: Apache-2.0
/**
 * A Spring Boot application that embeds a control plane, with its API, its portal and its maintenance: an example to
 * read and copy.
 */
@NullMarked
package dev.allotment.examples.springboot;

import org.jspecify.annotations.NullMarked;
