// SPDX-License-Identifier: Apache-2.0
package dev.allotment.team;

import org.jspecify.annotations.Nullable;

/**
 * What the holder of an invitation's secret sees of it. Immutable.
 *
 * @param invitation the invitation, which is pending
 * @param customer the name of the customer
 * @param invitedBy the name of the person who sent it; null: the provider
 * @param emailed whether the secret was sent by email, so that its holder reads the emails of the address
 */
public record OpenedInvitation(
        Invitation invitation, String customer, @Nullable String invitedBy, boolean emailed) {}
