// SPDX-License-Identifier: Apache-2.0
package dev.allotment.brand;

/** The fonts that every computer has, for the text of pages. */
public enum BrandFont {
    /** The font of the operating system. */
    SYSTEM("system-ui, \"Segoe UI\", Roboto, \"Helvetica Neue\", \"Liberation Sans\", \"DejaVu Sans\", sans-serif"),

    /** A plain sans-serif such as Arial. */
    GROTESQUE("Arial, \"Helvetica Neue\", Helvetica, \"Liberation Sans\", sans-serif"),

    /** A sans-serif with open shapes, such as Verdana. */
    HUMANIST("Verdana, \"Segoe UI\", Candara, \"DejaVu Sans\", sans-serif"),

    /** A serif such as Georgia. */
    SERIF("Georgia, Cambria, \"Times New Roman\", \"Liberation Serif\", \"DejaVu Serif\", serif"),

    /** A rounded sans-serif. */
    ROUNDED("ui-rounded, \"SF Pro Rounded\", \"Arial Rounded MT Bold\", Quicksand, \"Segoe UI\", sans-serif");

    private final String stack;

    BrandFont(String stack) {
        this.stack = stack;
    }

    /** Returns the value of the property {@code font-family} in a stylesheet. */
    public String stack() {
        return stack;
    }
}
