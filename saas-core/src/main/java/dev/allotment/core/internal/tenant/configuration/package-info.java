// SPDX-License-Identifier: Apache-2.0
/** Changes what is inside of the database of a tenant: its configuration, schema, and plan. */
@NullMarked
package dev.allotment.core.internal.tenant.configuration;

import org.jspecify.annotations.NullMarked;
