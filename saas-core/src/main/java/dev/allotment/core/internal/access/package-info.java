// SPDX-License-Identifier: Apache-2.0
/** Sign-in links, authorization codes, sessions and password resets; used by new tenants and from outside. */
@NullMarked
package dev.allotment.core.internal.access;

import org.jspecify.annotations.NullMarked;
