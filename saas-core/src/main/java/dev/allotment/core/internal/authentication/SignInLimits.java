// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.authentication;

/**
 * How many failed attempts are allowed within a minute before further ones are refused.
 *
 * @param perLogin for one login, from one client network
 * @param perClientAddress from one client network, for all logins
 */
public record SignInLimits(int perLogin, int perClientAddress) {}
