// SPDX-License-Identifier: Apache-2.0
/** Teams of customers: their members, and invitations to them; used from outside. */
@NullMarked
package dev.allotment.core.internal.team;

import org.jspecify.annotations.NullMarked;
