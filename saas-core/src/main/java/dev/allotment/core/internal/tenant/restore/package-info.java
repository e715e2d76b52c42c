// SPDX-License-Identifier: Apache-2.0
/** Brings a tenant back to a backup. */
@NullMarked
package dev.allotment.core.internal.tenant.restore;

import org.jspecify.annotations.NullMarked;
