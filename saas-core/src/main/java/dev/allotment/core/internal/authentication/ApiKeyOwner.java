// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.authentication;

/**
 * An account or a member that may have API keys.
 *
 * @param administrator whether its keys may be valid for any time
 */
public record ApiKeyOwner<U>(U user, long id, String login, boolean active, boolean administrator) {}
