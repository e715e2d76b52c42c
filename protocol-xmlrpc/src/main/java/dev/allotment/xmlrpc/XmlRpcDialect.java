// SPDX-License-Identifier: Apache-2.0
package dev.allotment.xmlrpc;

import dev.allotment.odoo.fault.OdooFault;

/** How faults are written: the only difference between {@code /xmlrpc/2/…} and {@code /xmlrpc/…}. */
enum XmlRpcDialect {
    /** Odoo's present one. */
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
    /** The one of OpenERP 6 and older, which some clients still speak. */
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

    /** The {@code faultCode}: an Integer or a String. */
    abstract Object code(OdooFault fault);

    /** The {@code faultString}. */
    abstract String message(OdooFault fault);
}
