// SPDX-License-Identifier: Apache-2.0
/** At which host names tenants are reached, their own and their custom domains; used by access and tenants. */
@NullMarked
package dev.allotment.core.internal.host;

import org.jspecify.annotations.NullMarked;
