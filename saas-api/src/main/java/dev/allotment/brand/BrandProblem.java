// SPDX-License-Identifier: Apache-2.0
package dev.allotment.brand;

/**
 * What is wrong with a part of a brand.
 *
 * @param part such as {@code accent}, {@code logo-dark}, {@code link-terms} or {@code text-sign-in}
 * @param text a sentence that says what was found and what is expected
 */
public record BrandProblem(String part, String text) {}
