// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/** Makes a text that a tenant may have written safe to show. No promised API; stateless. */
@Internal
public final class PlainText {
    private PlainText() {}

    /**
     * Returns the start of a text. Control characters and those that change the direction of text become spaces.
     *
     * @param length how many characters of the text are kept
     */
    public static String of(String text, int length) {
        return text.substring(0, Math.min(length, text.length()))
                .replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]+", " ")
                .strip();
    }
}
