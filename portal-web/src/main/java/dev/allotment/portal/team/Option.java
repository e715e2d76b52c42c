// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.team;

/**
 * A value to choose.
 *
 * @param hint more about it; empty for nothing
 */
public record Option(String value, String text, String hint, boolean chosen) {}
