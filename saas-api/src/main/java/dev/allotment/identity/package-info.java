// SPDX-License-Identifier: Apache-2.0
/** Signing in with identity providers, by OpenID Connect. */
@NullMarked
package dev.allotment.identity;

import org.jspecify.annotations.NullMarked;
