// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet;

/**
 * The caller of a request, as far as the headers can be trusted.
 *
 * @param address the network address in its shortest usual form
 * @param secure whether the caller uses TLS
 */
public record Caller(String address, boolean secure) {}
