// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.identity;

/** A role with which people get an account from a provider. */
public record RoleChoice(String value, String text, boolean chosen) {}
