// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/**
 * A limit on the number of records of one model inside a client database.
 *
 * @param id 0 before it is stored
 * @param model such as {@code sale.order}
 * @param domain which records count, in Odoo's domain language, as text; {@code []}: all
 */
public record RecordQuota(long id, String model, String domain, int maxRecords) {}
