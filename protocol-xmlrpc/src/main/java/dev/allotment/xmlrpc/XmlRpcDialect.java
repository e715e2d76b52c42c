// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import dev.allotment.odoo.fault.OdooFault;

/** The form of faults, which is the only difference between {@code /xmlrpc/2/…} and {@code /xmlrpc/…}. */
enum XmlRpcDialect {
    /** The current dialect of Odoo. */
    INTEGER_CODES {
        @Override
        Object code(OdooFault fault) {
            return fault.code();
        }

        @Override
        String message(OdooFault fault) {
            return fault.getMessage();
        }
    },
    /** The dialect of OpenERP 6 and older, which some clients still use. */
    STRING_CODES {
        @Override
        Object code(OdooFault fault) {
            return fault.legacyCode();
        }

        @Override
        String message(OdooFault fault) {
            return fault.legacyMessage();
        }
    };

    /** Returns the {@code faultCode}, an Integer or a String. */
    abstract Object code(OdooFault fault);

    /** Returns the {@code faultString}. */
    abstract String message(OdooFault fault);
}
