// SPDX-License-Identifier: Apache-2.0
package dev.allotment.access;

/**
 * The user of an API key that was checked just now, and what it may do with it. Immutable.
 *
 * @param key the number of the key
 * @param userId the id of the account or, in a tenant database, of the member
 * @param login its login
 * @param scope what it may do with this key
 */
public record ApiKeyHolder(ApiKeyId key, long userId, String login, ApiKeyScope scope) {}
