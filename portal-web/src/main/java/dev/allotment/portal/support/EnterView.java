// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.support;

/**
 * The content of the page from which an operator enters a database.
 *
 * @param address of the link, which works once
 * @param seconds how long the link works
 * @param looks whether the operator cannot change anything there
 */
public record EnterView(String database, String address, long seconds, boolean looks) {}
