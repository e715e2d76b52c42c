// SPDX-License-Identifier: Apache-2.0
/**
 * A Spring Boot application whose members sign in with OpenID Connect at the hosts of their tenants: an example to read
 * and copy.
 */
@NullMarked
package dev.allotment.examples.openid;

import org.jspecify.annotations.NullMarked;
