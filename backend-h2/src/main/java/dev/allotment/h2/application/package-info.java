// SPDX-License-Identifier: Apache-2.0
/**
 * The application of a tenant database as H2 sees it: its users, its password and its open sessions. Used by the rest
 * of this backend only.
 */
@NullMarked
package dev.allotment.h2.application;

import org.jspecify.annotations.NullMarked;
