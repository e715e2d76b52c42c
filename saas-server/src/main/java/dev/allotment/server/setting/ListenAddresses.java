// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.setting;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where the server listens.
 *
 * @param address for callers
 * @param port for callers; 0 for any free port
 * @param metrics for Prometheus; null: the metrics are not served
 */
public record ListenAddresses(
        InetAddress address, int port, @Nullable InetSocketAddress metrics) {}
