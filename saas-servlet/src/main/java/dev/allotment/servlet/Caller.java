// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet;

/**
 * Who calls, as far as it can be trusted.
 *
 * @param address in its shortest usual form
 * @param secure whether the caller sees TLS
 */
public record Caller(String address, boolean secure) {}
