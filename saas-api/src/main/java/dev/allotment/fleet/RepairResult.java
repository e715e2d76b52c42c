// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

/**
 * What a repair did about a finding.
 *
 * <p>Immutable.
 *
 * @param finding the finding
 * @param repaired whether it was repaired
 * @param message what was done, or why nothing was
 */
public record RepairResult(Finding finding, boolean repaired, String message) {}
