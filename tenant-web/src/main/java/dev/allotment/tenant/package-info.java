// SPDX-License-Identifier: Apache-2.0
/**
 * A filter for applications that serve many tenants: it finds the tenant of a request, signs members in, and gives the
 * application the tenant's database. For embedders; stable from 1.0.
 */
@NullMarked
package dev.allotment.tenant;

import org.jspecify.annotations.NullMarked;
