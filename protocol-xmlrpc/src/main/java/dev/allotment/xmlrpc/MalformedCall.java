// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import dev.allotment.odoo.fault.OdooFault;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Locator;

/** Says what is wrong with a document, and where. */
final class MalformedCall {
    private static final int MESSAGE = 300;
    private static final int QUOTE = 60;

    private MalformedCall() {}

    /** A fault at the place that a parser has reached. */
    static OdooFault at(@Nullable Locator place, String problem) {
        return place == null ? at(-1, -1, problem) : at(place.getLineNumber(), place.getColumnNumber(), problem);
    }

    /** A fault at a place; numbers below one mean that it is not known. */
    static OdooFault at(int line, int column, String problem) {
        String where = line < 1 ? "" : " at line " + line + ", column " + column;
        return OdooFault.request("Malformed call" + where + ": " + shortened(problem, MESSAGE));
    }

    /** Something from the document, in quotes, cut so that an answer stays small whatever was sent. */
    static String quoted(String text) {
        return '"' + shown(text) + '"';
    }

    /** Something from the document, cut likewise. */
    static String shown(String text) {
        return shortened(text, QUOTE);
    }

    private static String shortened(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "…";
    }
}
