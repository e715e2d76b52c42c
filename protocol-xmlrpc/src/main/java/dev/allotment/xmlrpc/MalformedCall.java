// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import dev.allotment.odoo.fault.OdooFault;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Locator;

/** Faults that say what is wrong with a document, and where. */
final class MalformedCall {
    private static final int MESSAGE = 300;
    private static final int QUOTE = 60;

    private MalformedCall() {}

    /** Returns a fault at the position that a parser has reached. */
    static OdooFault at(@Nullable Locator locator, String problem) {
        return locator == null ? at(-1, -1, problem) : at(locator.getLineNumber(), locator.getColumnNumber(), problem);
    }

    /** Returns a fault at a position. A number below one means that the position is not known. */
    static OdooFault at(int line, int column, String problem) {
        String where = line < 1 ? "" : " at line " + line + ", column " + column;
        return OdooFault.request("Malformed call" + where + ": " + shortened(problem, MESSAGE));
    }

    /**
     * Returns text from the document in quotes, shortened so that an answer stays small for any document.
     */
    static String quoted(String text) {
        return '"' + abbreviated(text) + '"';
    }

    /** Returns text from the document, shortened in the same way. */
    static String abbreviated(String text) {
        return shortened(text, QUOTE);
    }

    private static String shortened(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "…";
    }
}
