// SPDX-License-Identifier: Apache-2.0
/** The sessions of members at tenants. For this module only. */
@NullMarked
package dev.allotment.tenant.session;

import org.jspecify.annotations.NullMarked;
