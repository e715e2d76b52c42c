// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.portal.web.Moment;

/**
 * A session of a user.
 *
 * @param present whether it is the one of this page
 */
public record SessionRow(long id, String browser, String address, Moment since, Moment used, boolean present) {}
