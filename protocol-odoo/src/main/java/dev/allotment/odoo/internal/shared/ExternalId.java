// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.shared;

/**
 * An XML id: a name for a record, for scripts.
 *
 * @param xmlId module and name, joined by a dot
 * @param model of the record
 * @param resId the id of the record
 */
public record ExternalId(long id, String xmlId, String module, String name, String model, long resId) {
    static ExternalId of(long id, String xmlId, String model, long resId) {
        int dot = xmlId.indexOf('.');
        return new ExternalId(id, xmlId, xmlId.substring(0, Math.max(0, dot)), xmlId.substring(dot + 1), model, resId);
    }
}
