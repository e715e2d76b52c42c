// SPDX-License-Identifier: Apache-2.0
/** The pages for signing in with identity providers, and for managing them. */
@NullMarked
package dev.allotment.portal.identity;

import org.jspecify.annotations.NullMarked;
