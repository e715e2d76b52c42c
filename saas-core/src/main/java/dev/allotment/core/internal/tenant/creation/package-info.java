// SPDX-License-Identifier: Apache-2.0
/** Makes tenants: new ones, copies, and those of a backup, a dump, or an adopted database. */
@NullMarked
package dev.allotment.core.internal.tenant.creation;

import org.jspecify.annotations.NullMarked;
