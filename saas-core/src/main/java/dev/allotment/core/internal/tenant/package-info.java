// SPDX-License-Identifier: Apache-2.0
/**
 * The life of a tenant: new, changed, suspended, renamed, switched to another plan, deleted and restored; used by the
 * maintenance and from outside.
 */
@NullMarked
package dev.allotment.core.internal.tenant;

import org.jspecify.annotations.NullMarked;
