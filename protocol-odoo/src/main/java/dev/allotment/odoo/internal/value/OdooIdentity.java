// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.value;

/**
 * A user as it was authenticated. In another state of a tenant database, the number may be that of another person.
 *
 * @param uid its number
 * @param login its login
 */
public record OdooIdentity(long uid, String login) {}
