// SPDX-License-Identifier: Apache-2.0
/** The pages of teams and of invitations to them. Internal; for the portal only. */
@NullMarked
package dev.allotment.portal.team;

import org.jspecify.annotations.NullMarked;
