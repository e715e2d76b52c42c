// SPDX-License-Identifier: Apache-2.0
package dev.allotment.access;

/**
 * A member as it was authenticated. In another state of the database, the number may be that of another person, so both
 * have to fit. Immutable.
 *
 * @param id its number
 * @param login its login
 */
public record MemberIdentity(MemberId id, String login) {}
