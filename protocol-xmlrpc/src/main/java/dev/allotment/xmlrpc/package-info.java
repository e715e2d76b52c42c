// SPDX-License-Identifier: Apache-2.0
/**
 * The XML-RPC codec of the Odoo protocol. It is found through the service loader; its classes are internal.
 */
@NullMarked
package dev.allotment.xmlrpc;

import org.jspecify.annotations.NullMarked;
