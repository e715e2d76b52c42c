// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

/**
 * The content of the page that asks whether to remove a domain.
 *
 * @param domains the path of the page about the database's domains
 */
public record RemoveDomainView(String domains, long id, String host, String database) {}
