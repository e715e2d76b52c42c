// SPDX-License-Identifier: Apache-2.0
/**
 * Add-ons: where they come from, and how they are installed, updated and neutralised in a tenant database; used by the
 * packages that fill databases.
 */
@NullMarked
package dev.allotment.core.internal.addon;

import org.jspecify.annotations.NullMarked;
