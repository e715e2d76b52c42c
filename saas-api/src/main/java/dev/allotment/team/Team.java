// SPDX-License-Identifier: Apache-2.0
package dev.allotment.team;

/**
 * A team that an account belongs to. Immutable.
 *
 * @param member the account's role in it, and the customer
 * @param customer the name of the customer
 * @param home whether it is the customer that the account acts for unless another one is chosen
 */
public record Team(TeamMember member, String customer, boolean home) {}
