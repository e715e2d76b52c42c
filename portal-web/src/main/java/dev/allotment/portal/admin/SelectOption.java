// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

/** One of several values to choose from. */
public record SelectOption(String value, String text, boolean chosen) {}
