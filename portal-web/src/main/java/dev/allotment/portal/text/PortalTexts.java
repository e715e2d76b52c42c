// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.text;

import dev.allotment.text.TextBundles;
import dev.allotment.text.Texts;

/** The texts of the pages of customers. Pages of operators are in English only. */
public final class PortalTexts {
    /** The texts of this library. */
    public static final TextBundles STANDARD = TextBundles.load("portal", PortalTexts.class::getResourceAsStream);

    /** The English texts, for the pages of operators. */
    public static final Texts ENGLISH = STANDARD.english();

    private PortalTexts() {}
}
