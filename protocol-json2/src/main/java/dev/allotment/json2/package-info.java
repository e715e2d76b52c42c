// SPDX-License-Identifier: Apache-2.0
/** The JSON-2 codec of the Odoo protocol. It is found through the service loader; its classes are internal. */
@NullMarked
package dev.allotment.json2;

import org.jspecify.annotations.NullMarked;
