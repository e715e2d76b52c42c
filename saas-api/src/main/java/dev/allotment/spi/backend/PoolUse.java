// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

/**
 * How much of a pool of connections is in use.
 *
 * @param pool a word of a fixed set, such as {@code catalog}
 * @param busy connections that callers have
 * @param idle open connections that no caller has
 * @param waiting callers that wait for a connection
 * @param max connections that may be open at once
 */
public record PoolUse(String pool, int busy, int idle, int waiting, int max) {}
