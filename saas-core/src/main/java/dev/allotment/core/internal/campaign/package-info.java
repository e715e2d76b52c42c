// SPDX-License-Identifier: Apache-2.0
/** Campaigns: bring many tenants to one state, each with a separate operation. */
@NullMarked
package dev.allotment.core.internal.campaign;

import org.jspecify.annotations.NullMarked;
